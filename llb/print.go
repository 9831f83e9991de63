package llb

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Print writes definitions as text, for people and for reviews: each vertex once,
// inputs first. A vertex is referred to by its name, and digests of vertices and of
// sessions are left out, so that a change shows where it happens and nowhere else.
func Print(w io.Writer, definitions ...*pb.Definition) error {
	p := &printer{labels: map[string]string{}, printed: map[string]string{}, used: map[string]int{}}
	for _, def := range definitions {
		for _, data := range def.Def {
			var op pb.Op
			if err := op.UnmarshalVT(data); err != nil {
				return fmt.Errorf("reading a vertex: %w", err)
			}
			if op.Op == nil {
				continue // the last one of a definition only points at its result
			}
			id := digest.FromBytes(data).String()
			name := vertexName(&op, def.Metadata[id])
			text := p.vertex(&op, def.Metadata[id])
			label, seen := p.printed[name+text]
			if !seen {
				label = p.label(name)
				p.printed[name+text] = label
				if _, err := io.WriteString(w, strings.Replace(label, short(name), name, 1)+"\n"+text); err != nil {
					return err
				}
			}
			p.labels[id] = label
		}
	}
	return nil
}

type printer struct {
	labels  map[string]string // digest → label
	printed map[string]string // name and text → label
	used    map[string]int    // short name → how often
	text    strings.Builder
}

// label returns the short form of a name. A second vertex with that name gets a number.
func (p *printer) label(name string) string {
	label := short(name)
	p.used[label]++
	if n := p.used[label]; n > 1 {
		return fmt.Sprintf("%s (%d)", label, n)
	}
	return label
}

// short cuts a list of packages behind the first.
func short(name string) string {
	if first, _, more := strings.Cut(name, ", "); more {
		return first + ", …"
	}
	return name
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.text, "    "+format+"\n", args...) }

func (p *printer) vertex(op *pb.Op, meta *pb.OpMetadata) string {
	p.text.Reset()
	p.line("%s", head(op, meta))
	switch {
	case op.GetSource() != nil:
		p.source(op.GetSource())
	case op.GetExec() != nil:
		p.exec(op)
	case op.GetFile() != nil:
		p.file(op)
	default:
		for i := range op.Inputs {
			p.line("%s", p.ref(op, int64(i)))
		}
	}
	return hashes.ReplaceAllString(p.text.String(), "$1")
}

// hashes of files are shortened to what a person compares.
var hashes = regexp.MustCompile(`\b([0-9a-f]{12})[0-9a-f]{52}\b`)

func vertexName(op *pb.Op, meta *pb.OpMetadata) string {
	if name := meta.GetDescription()["llb.customname"]; name != "" {
		return hashes.ReplaceAllString(name, "$1")
	}
	return kind(op)
}

// kind returns what a vertex does, or the address of a source.
func kind(op *pb.Op) string {
	if s := op.GetSource(); s != nil {
		return s.Identifier
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", op.Op), "*pb.Op_"))
}

// head returns the kind of a vertex, and the platform if it matters.
func head(op *pb.Op, meta *pb.OpMetadata) string {
	words := []string{kind(op)}
	if platform := op.Platform; platform != nil && (op.GetExec() != nil || op.GetSource() != nil) {
		words = append(words, strings.TrimSuffix(platform.OS+"/"+platform.Architecture+"/"+platform.Variant, "/"))
	}
	if meta.GetIgnoreCache() {
		words = append(words, "no-cache")
	}
	return strings.Join(words, " ")
}

// ref returns the name of an input: "<name>", "<name>.1" for its second output, "scratch" for
// none.
func (p *printer) ref(op *pb.Op, input int64) string {
	if input < 0 || int(input) >= len(op.Inputs) {
		return "scratch"
	}
	in := op.Inputs[input]
	if in.Index == 0 {
		return "<" + p.labels[in.Digest] + ">"
	}
	return fmt.Sprintf("<%s>.%d", p.labels[in.Digest], in.Index)
}

// Attributes that say nothing about what is built: sessions, and hints for the
// transfer of local files.
var hiddenAttrs = []string{pb.AttrLocalSessionID, pb.AttrLocalUniqueID, pb.AttrSharedKeyHint, pb.AttrLocalDiffer}

func (p *printer) source(s *pb.SourceOp) {
	var attrs []string
	for _, key := range slices.Sorted(maps.Keys(s.Attrs)) {
		if !slices.Contains(hiddenAttrs, key) {
			value := s.Attrs[key]
			if strings.Contains(value, "\n") {
				value = contents([]byte(value))
			}
			attrs = append(attrs, key+" "+value)
		}
	}
	if len(attrs) > 0 {
		p.line("%s", strings.Join(attrs, ", "))
	}
}

func (p *printer) exec(op *pb.Op) {
	e := op.GetExec()
	p.command(e.Meta.Args)
	for _, env := range e.Meta.Env {
		p.line("env %s", env)
	}
	for _, s := range e.Secretenv {
		p.line("env %s = secret %s%s", s.Name, s.ID, optional(s.Optional))
	}
	if x := e.Meta.ProxyEnv; x != nil {
		p.line("proxy http=%s https=%s ftp=%s no=%s all=%s",
			address.Public(x.HttpProxy), address.Public(x.HttpsProxy), address.Public(x.FtpProxy), x.NoProxy, address.Public(x.AllProxy))
	}
	for _, h := range e.Meta.ExtraHosts {
		p.line("host %s %s", h.Host, h.IP)
	}
	for _, u := range e.Meta.Ulimit {
		p.line("ulimit %s %d:%d", u.Name, u.Soft, u.Hard)
	}
	if e.Meta.CgroupParent != "" {
		p.line("cgroup %s", e.Meta.CgroupParent)
	}
	if e.Network != pb.NetMode_UNSET {
		p.line("network %s", strings.ToLower(e.Network.String()))
	}
	for _, m := range e.Mounts {
		p.line("%s", p.mount(op, m))
	}
}

// command prints a command line, and of a step the document, which can be long.
func (p *printer) command(args []string) {
	if len(args) > 0 && args[0] == step.Helper {
		if s, err := step.Parse(args[1:]); err == nil {
			p.step(s)
			return
		}
	}
	p.line("$ %s", strings.Join(args, " "))
}

func (p *printer) step(s step.Step) {
	if sequence, ok := s.(step.Sequence); ok {
		for _, one := range sequence {
			p.step(one)
		}
		return
	}
	args := s.Args()
	p.line("$ %s %s", step.Helper, args[0])
	p.document(strings.Join(args[1:], ""))
}

// document prints an object of JSON: each field on a line, and each entry of a list.
func (p *printer) document(text string) {
	d := json.NewDecoder(strings.NewReader(text))
	_, err := d.Token() // {
	for err == nil && d.More() {
		var name json.Token
		if name, err = d.Token(); err == nil {
			var value json.RawMessage
			err = d.Decode(&value)
			p.field(name, value)
		}
	}
}

func (p *printer) field(name json.Token, value json.RawMessage) {
	var entries []json.RawMessage
	if json.Unmarshal(value, &entries) != nil {
		p.line("  %s: %s", name, value)
		return
	}
	p.line("  %s:", name)
	for _, entry := range entries {
		p.line("    %s", entry)
	}
}

func (p *printer) mount(op *pb.Op, m *pb.Mount) string {
	var from string
	switch m.MountType {
	case pb.MountType_SECRET:
		return fmt.Sprintf("%s = secret %s%s", m.Dest, m.SecretOpt.ID, optional(m.SecretOpt.Optional))
	case pb.MountType_SSH:
		return fmt.Sprintf("%s = ssh %s%s", m.Dest, m.SSHOpt.ID, optional(m.SSHOpt.Optional))
	case pb.MountType_TMPFS:
		return strings.TrimSuffix(fmt.Sprintf("%s = tmpfs %d", m.Dest, m.GetTmpfsOpt().GetSize()), " 0")
	case pb.MountType_CACHE:
		return fmt.Sprintf("%s = cache %s %s", m.Dest, m.CacheOpt.ID, strings.ToLower(m.CacheOpt.Sharing.String()))
	default:
		from = p.ref(op, m.Input) + m.Selector
	}
	if m.Readonly {
		from += " read-only"
	}
	if m.ContentCache != pb.MountContentCache_DEFAULT {
		from += " content-cache=" + strings.ToLower(m.ContentCache.String())
	}
	if m.Output > 0 {
		from += fmt.Sprintf(" -> .%d", m.Output)
	}
	return m.Dest + " = " + from
}

func optional(is bool) string {
	if is {
		return " (optional)"
	}
	return ""
}
