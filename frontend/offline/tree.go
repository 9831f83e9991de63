package offline

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/step"
)

// tree returns the file system of the graph's result. Local folders are read, images are what
// the client's Base says, and the results of steps are invented.
func (r *reference) tree() fs.FS {
	g := graph{client: r.client, ops: map[string]*pb.Op{}}
	head := readOps(r.def, g.ops)
	if head == nil || len(head.Inputs) == 0 {
		return empty
	}
	return g.tree(head.Inputs[0])
}

var empty = fstest.MapFS{}

type graph struct {
	client *Client
	ops    map[string]*pb.Op
}

func (g graph) tree(in *pb.Input) fs.FS {
	op := g.ops[in.Digest]
	switch {
	case op.GetSource() != nil:
		return g.source(op.GetSource().Identifier)
	case op.GetMerge() != nil:
		return g.tree(op.Inputs[0])
	case op.GetFile() != nil:
		return g.file(op)
	case op.GetExec() != nil:
		return g.exec(op, in.Index)
	}
	return empty
}

func (g graph) source(id string) fs.FS {
	if ref, ok := strings.CutPrefix(id, "docker-image://"); ok {
		return g.client.root(ref)
	}
	if name, ok := strings.CutPrefix(id, "local://"); ok {
		return g.client.folder(name)
	}
	if g.client.isContext(id) {
		return os.DirFS(g.client.Dir)
	}
	return empty
}

// folder returns a local source of this machine.
func (c *Client) folder(name string) fs.FS {
	switch dir, ok := c.Folders[name]; {
	case ok:
		return os.DirFS(dir)
	case name == "dockerfile":
		return os.DirFS(cmp.Or(c.EntryDir, c.Dir))
	case name == "context":
		return os.DirFS(c.Dir)
	}
	return empty
}

// file returns the tree that a file operation's first copy makes. Patterns are not applied.
func (g graph) file(op *pb.Op) fs.FS {
	for _, a := range op.GetFile().Actions {
		if c := a.GetCopy(); c != nil && int(a.SecondaryInput) < len(op.Inputs) {
			sub, err := fs.Sub(g.tree(op.Inputs[a.SecondaryInput]), local(c.Src))
			if err == nil {
				return moved{sub, local(c.Dest)}
			}
		}
	}
	return empty
}

// moved is a tree that stands in a folder.
type moved struct {
	tree fs.FS
	dir  string
}

func (m moved) Open(name string) (fs.File, error) {
	if name != m.dir && (name == "." || strings.HasPrefix(m.dir, name+"/")) {
		return fstest.MapFS{m.dir: {Mode: fs.ModeDir | 0o755}}.Open(name) // on the way to the folder
	}
	return m.tree.Open(m.rest(name))
}

func (m moved) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(m.tree, m.rest(name)) }
func (m moved) ReadLink(name string) (string, error)   { return fs.ReadLink(m.tree, m.rest(name)) }

// rest returns a path relative to the folder, or an impossible one for a path outside.
func (m moved) rest(name string) string {
	if m.dir == "." {
		return name
	}
	rest, ok := strings.CutPrefix(name+"/", m.dir+"/")
	if !ok {
		return "outside/" + m.dir
	}
	return path.Clean(rest)
}

func (g graph) exec(op *pb.Op, index int64) fs.FS {
	args := op.GetExec().Meta.Args
	if s, err := step.Parse(args[1:]); err == nil {
		switch s := s.(type) {
		case step.Facts:
			return g.facts(op, s)
		case step.Locate:
			return g.locations(s)
		case step.Overlaps:
			return jsonFile("overlaps.json", step.OverlapList{Overlaps: []step.Overlap{}})
		}
	}
	for _, m := range op.GetExec().Mounts {
		if m.Output == index && m.Input >= 0 {
			return g.tree(op.Inputs[m.Input])
		}
	}
	return empty
}

// facts reads the facts of the image that the step mounts.
func (g graph) facts(op *pb.Op, s step.Facts) fs.FS {
	for _, m := range op.GetExec().Mounts {
		if m.Dest != s.Root {
			continue
		}
		facts, err := base.Read(image{g.tree(op.Inputs[m.Input])}, []string{"PATH=" + s.Path, "PYTHON_VERSION=" + s.Python})
		if err == nil {
			return jsonFile(base.FactsFile, facts)
		}
	}
	return empty
}

// image is a tree as package base reads it.
type image struct{ fs.FS }

func (i image) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(i.FS, name) }
func (i image) ReadLink(name string) (string, error)   { return fs.ReadLink(i.FS, name) }

// locations invents what an index would say.
func (g graph) locations(s step.Locate) fs.FS {
	found := step.Locations{Step: slices.Contains(g.client.Logins, s.Index.Name)}
	for _, f := range s.Files {
		found.Files = append(found.Files, step.Location{
			Package: f.Package, Name: f.Name, SHA256: f.SHA256,
			URL: cmp.Or(f.URL, "https://"+s.Index.Name+".invalid/"+f.Name),
		})
	}
	return jsonFile("locations.json", found)
}

func jsonFile(name string, v any) fs.FS {
	data, err := json.Marshal(v)
	if err != nil {
		return empty
	}
	return fstest.MapFS{name: {Data: data, Mode: 0o644}}
}

// readOps fills ops by digest and returns the last operation, which points at the result.
func readOps(def *pb.Definition, ops map[string]*pb.Op) (head *pb.Op) {
	for _, data := range def.Def {
		op := &pb.Op{}
		if op.UnmarshalVT(data) == nil {
			ops[digest.FromBytes(data).String()], head = op, op
		}
	}
	return head
}

// headName returns the name of a graph's last vertex.
func headName(def *pb.Definition) string {
	head := readOps(def, map[string]*pb.Op{})
	if head == nil || len(head.Inputs) == 0 {
		return ""
	}
	return def.Metadata[head.Inputs[0].Digest].GetDescription()["llb.customname"]
}
