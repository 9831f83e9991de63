package step

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// field is one flag of a command. Writing and reading go over the same list of
// fields, so that a flag cannot exist on one side only.
type field struct {
	flag     string
	value    *string
	optional bool
}

func (s *Facts) fields() []field {
	return append([]field{
		{"--root", &s.Root, false},
		{"--path", &s.Path, true},
		{"--python", &s.Python, true},
	}, outField(&s.Out))
}
func (s *Locate) fields() []field { return indexFields(&s.Index, &s.Out) }
func (s *Fetch) fields() []field  { return indexFields(&s.Index, &s.Out) }
func (s *Install) fields() []field {
	return append(venvFields(&s.Python, &s.Venv), outField(&s.Out))
}
func (s *Overlaps) fields() []field {
	return append(venvFields(&s.Python, &s.Venv), outField(&s.Out))
}
func (s *Settle) fields() []field {
	return append(venvFields(&s.Python, &s.Venv), outField(&s.Out))
}
func (s *Apt) fields() []field   { return nil }
func (s *Modes) fields() []field { return []field{outField(&s.Out)} }

func (s *Test) fields() []field    { return commandFields(&s.User, &s.Dir, &s.Out) }
func (s *Prepare) fields() []field { return commandFields(&s.User, &s.Dir, &s.Out) }

func (s *Requirements) fields() []field {
	return append(sourceFields(&s.Package, &s.Version, &s.Source, &s.SHA256, &s.Subdirectory),
		field{"--tried", &s.Tried, true},
		field{"--interpreter", &s.Interpreter, false},
		field{"--pip", &s.Pip, false},
		outField(&s.Out))
}

func (s *Build) fields() []field {
	return append(sourceFields(&s.Package, &s.Version, &s.Source, &s.SHA256, &s.Subdirectory),
		field{"--needed", &s.Needed, false},
		field{"--tried", &s.Tried, true},
		field{"--interpreter", &s.Interpreter, false},
		field{"--python", &s.Python, false},
		field{"--pip", &s.Pip, false},
		outField(&s.Out))
}

func (s *Venv) fields() []field {
	return append(append(venvFields(&s.Python, &s.Venv),
		field{"--version", &s.Version, false},
		field{"--interpreter", &s.Interpreter, false}),
		outField(&s.Out))
}

func (s *Compile) fields() []field {
	return append([]field{
		{"--interpreter", &s.Interpreter, false},
		{"--kind", &s.Kind, false},
		{"--in", &s.In, false},
	}, outField(&s.Out))
}

func indexFields(index *Index, out *string) []field {
	return append([]field{
		{"--index", &index.Name, false},
		{"--url", &index.URL, false},
		{"--login", &index.Login, true},
		{"--others", &index.Others, true},
	}, outField(out))
}

// sourceFields returns the flags that say of which source a wheel is made.
func sourceFields(pkg, version, source, sha256, subdirectory *string) []field {
	return []field{
		{"--package", pkg, false},
		{"--version", version, false},
		{"--source", source, false},
		{"--sha256", sha256, true},
		{"--subdirectory", subdirectory, true},
	}
}

func venvFields(python, venv *string) []field {
	return []field{{"--python", python, false}, {"--venv", venv, false}}
}

func commandFields(user, dir, out *string) []field {
	return append([]field{{"--user", user, false}, {"--dir", dir, false}}, outField(out))
}

func outField(out *string) field { return field{"--out", out, false} }

// Args returns the command line: facts --root … --path … --python … --out ….
func (s Facts) Args() []string { return encode("facts", s.fields(), nil) }

// Args returns the command line: locate --index … --url … --out … -- package/sha256/name….
// An argument /sha256/name is about what may take the place of the file before it. The
// other indexes, if any, are a JSON list in --else.
func (s Locate) Args() []string { return s.args("locate") }

// Args returns the command line of the Locate with another command: forget ….
func (s Forget) Args() []string { return Locate(s).args("forget") }

func (s Locate) args(command string) []string {
	fields := withAddresses(s.fields(), s.Files)
	if len(s.Else) > 0 {
		b, _ := json.Marshal(s.Else) // structs of strings cannot fail
		v := string(b)
		fields = append(fields, field{"--else", &v, true})
	}
	return encode(command, fields, encodeFiles(s.Files))
}

// Args returns the command line: fetch --index … --url … --out … -- package/sha256/name….
// Files whose address is known have it in --addresses, a JSON object from the
// file's position to its address.
func (s Fetch) Args() []string {
	return encode("fetch", withAddresses(s.fields(), s.Files), encodeFiles(s.Files))
}

// Args returns the command line: sequence <n> <n arguments of the first step> <m> <m arguments>….
func (s Sequence) Args() []string {
	all := []string{"sequence"}
	for _, one := range s {
		args := one.Args()
		all = append(append(all, strconv.Itoa(len(args))), args...)
	}
	return all
}

// Args returns the command line: requirements --package … --source … --options {…}.
func (s Requirements) Args() []string {
	return encode("requirements", withOptions(s.fields(), s.Options), nil)
}

// Args returns the command line: build --package … --source … --options {…}.
func (s Build) Args() []string { return encode("build", withOptions(s.fields(), s.Options), nil) }

func withOptions(fields []field, options any) []field {
	b, _ := json.Marshal(options) // structs of strings cannot fail
	v := string(b)
	return append(fields, field{"--options", &v, false})
}

// Args returns the command line: venv --python … --venv … --version … --interpreter … --out ….
func (s Venv) Args() []string { return encode("venv", s.fields(), nil) }

// Args returns the command line: overlaps --python … --venv … --out … -- records….
func (s Overlaps) Args() []string { return encode("overlaps", s.fields(), s.Records) }

// Args returns the command line: settle --python … --venv … --out … -- tree….
func (s Settle) Args() []string { return encode("settle", s.fields(), s.Trees) }

// Args returns the command line: compile --interpreter … --kind … --in … --out ….
func (s Compile) Args() []string { return encode("compile", s.fields(), nil) }

// Args returns the command line: modes --out ….
func (s Modes) Args() []string { return encode("modes", s.fields(), nil) }

// Args returns the command line: test --user … --dir … --out … -- command….
func (s Test) Args() []string { return encode("test", s.fields(), s.Command) }

// Args returns the command line: prepare --user … --dir … --out … -- command….
func (s Prepare) Args() []string { return encode("prepare", s.fields(), s.Command) }

// Args returns the command line: apt -- package….
func (s Apt) Args() []string { return encode("apt", s.fields(), s.Packages) }

// Args returns the command line: install --python … --venv … --out … -- path…. Wheels
// that did not come from an index are described by --direct-urls, a JSON object
// from the wheel's position to the contents of direct_url.json; those that are to
// be verified, by --hashes in the same way.
func (s Install) Args() []string {
	var paths []string
	urls, hashes := map[int]string{}, map[int]string{}
	for i, w := range s.Wheels {
		paths = append(paths, w.Path)
		put(urls, i, w.DirectURL)
		put(hashes, i, w.SHA256)
	}
	fields := append(withJSON(s.fields(), "--direct-urls", urls), withJSON(nil, "--hashes", hashes)...)
	return encode("install", fields, paths)
}

func withAddresses(fields []field, files []File) []field {
	addresses := map[int]string{}
	for i, f := range files {
		put(addresses, i, f.URL)
	}
	return withJSON(fields, "--addresses", addresses)
}

func put(byPosition map[int]string, i int, value string) {
	if value != "" {
		byPosition[i] = value
	}
}

// withJSON adds a flag for what only some of the positional arguments have.
func withJSON(fields []field, flag string, byPosition map[int]string) []field {
	if len(byPosition) == 0 {
		return fields
	}
	b, _ := json.Marshal(byPosition) // sorts keys; a map of strings cannot fail
	v := string(b)
	return append(fields, field{flag, &v, true})
}

// Parse reads what Args wrote, without the binary's name. The step is one of
// [Facts], [Locate], [Forget], [Fetch], [Requirements], [Build], [Install], [Overlaps], [Settle], [Venv], [Compile],
// [Modes], [Test], [Prepare] and [Apt], or a [Sequence] of them, by value.
func Parse(args []string) (parsed Step, err error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("no command: want facts, locate, forget, fetch, requirements, build, install, overlaps, settle, venv, compile, modes, test, prepare, apt or a sequence")
	}
	command, args := args[0], args[1:]
	switch command {
	case "sequence":
		return parseSequence(args)
	case "facts":
		var s Facts
		rest, err := decode(command, args, s.fields())
		return s, nothingLeft(command, rest, err)
	case "locate":
		s, err := parseLocate(command, args)
		return s, err
	case "forget":
		s, err := parseLocate(command, args)
		return Forget(s), err
	case "fetch":
		var s Fetch
		s.Files, err = decodeFiles(command, args, s.fields())
		return s, err
	case "requirements":
		var s Requirements
		err = decodeWithOptions(command, args, s.fields(), &s.Options)
		return s, err
	case "build":
		var s Build
		err = decodeWithOptions(command, args, s.fields(), &s.Options)
		return s, err
	case "install":
		var s Install
		s.Wheels, err = decodeWheels(args, s.fields())
		return s, err
	case "overlaps":
		var s Overlaps
		s.Records, err = decode(command, args, s.fields())
		return s, err
	case "settle":
		var s Settle
		s.Trees, err = decode(command, args, s.fields())
		return s, err
	case "venv":
		var s Venv
		rest, err := decode(command, args, s.fields())
		return s, nothingLeft(command, rest, err)
	case "compile":
		var s Compile
		rest, err := decode(command, args, s.fields())
		return s, nothingLeft(command, rest, err)
	case "modes":
		var s Modes
		rest, err := decode(command, args, s.fields())
		return s, nothingLeft(command, rest, err)
	case "test":
		var s Test
		s.Command, err = decodeCommand(command, args, s.fields())
		return s, err
	case "prepare":
		var s Prepare
		s.Command, err = decodeCommand(command, args, s.fields())
		return s, err
	case "apt":
		var s Apt
		s.Packages, err = decode(command, args, s.fields())
		return s, err
	}
	return nil, fmt.Errorf("unknown command %q", command)
}

func parseLocate(command string, args []string) (s Locate, err error) {
	var others string
	s.Files, err = decodeFiles(command, args, append(s.fields(), field{"--else", &others, true}))
	if err == nil && others != "" {
		err = json.Unmarshal([]byte(others), &s.Else)
	}
	return s, err
}

func parseSequence(args []string) (all Sequence, err error) {
	for len(args) > 0 {
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 1 || n >= len(args) {
			return nil, fmt.Errorf("sequence: %q is not the number of a step's arguments", args[0])
		}
		one, err := Parse(args[1 : 1+n])
		if err != nil {
			return nil, err
		}
		all, args = append(all, one), args[1+n:]
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("sequence: no step")
	}
	return all, nil
}

func encode(command string, fields []field, positional []string) []string {
	args := []string{command}
	for _, f := range fields {
		if *f.value != "" {
			args = append(args, f.flag, *f.value)
		}
	}
	if len(positional) > 0 {
		args = append(append(args, "--"), positional...)
	}
	return args
}

// decode fills the fields and returns the positional arguments.
func decode(command string, args []string, fields []field) ([]string, error) {
	for len(args) > 0 && args[0] != "--" {
		i := slices.IndexFunc(fields, func(f field) bool { return f.flag == args[0] })
		switch {
		case i < 0:
			return nil, fmt.Errorf("%s: unknown flag %q", command, args[0])
		case len(args) < 2:
			return nil, fmt.Errorf("%s: %s needs a value", command, args[0])
		case *fields[i].value != "":
			return nil, fmt.Errorf("%s: %s is given twice", command, args[0])
		}
		*fields[i].value = args[1]
		args = args[2:]
	}
	for _, f := range fields {
		if *f.value == "" && !f.optional {
			return nil, fmt.Errorf("%s: %s is missing", command, f.flag)
		}
	}
	if len(args) == 0 {
		return nil, nil
	}
	return args[1:], nil
}

func decodeWithOptions(command string, args []string, fields []field, options any) error {
	var text string
	rest, err := decode(command, args, append(fields, field{"--options", &text, false}))
	if err == nil {
		err = json.Unmarshal([]byte(text), options)
	}
	return nothingLeft(command, rest, err)
}

func nothingLeft(command string, rest []string, err error) error {
	if err == nil && len(rest) > 0 {
		return fmt.Errorf("%s: unexpected argument %q", command, rest[0])
	}
	return err
}

func encodeFiles(files []File) []string {
	var args []string
	for _, f := range files {
		args = append(args, f.Package+"/"+f.SHA256+"/"+f.Name)
		for _, other := range f.Others {
			args = append(args, "/"+other.SHA256+"/"+other.Name)
		}
	}
	return args
}

func decodeFiles(command string, args []string, fields []field) ([]File, error) {
	var addresses string
	rest, err := decode(command, args, append(fields, field{"--addresses", &addresses, true}))
	if err != nil {
		return nil, err
	}
	var files []File
	for _, a := range rest {
		parts := strings.SplitN(a, "/", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("%q is not package/sha256/name", a)
		}
		f := File{Package: parts[0], SHA256: parts[1], Name: parts[2]}
		switch {
		case f.Package != "":
			files = append(files, f)
		case len(files) == 0:
			return nil, fmt.Errorf("%q takes the place of nothing", a)
		default:
			last := &files[len(files)-1]
			last.Others = append(last.Others, f)
		}
	}
	return files, byPosition(command+": --addresses", addresses, len(files), func(i int, v string) { files[i].URL = v })
}

func decodeCommand(command string, args []string, fields []field) ([]string, error) {
	argv, err := decode(command, args, fields)
	if err == nil && len(argv) == 0 {
		err = fmt.Errorf("%s: no command", command)
	}
	return argv, err
}

func decodeWheels(args []string, fields []field) ([]Wheel, error) {
	var urls, hashes string
	paths, err := decode("install", args, append(fields, field{"--direct-urls", &urls, true}, field{"--hashes", &hashes, true}))
	if err != nil {
		return nil, err
	}
	var wheels []Wheel
	for _, p := range paths {
		wheels = append(wheels, Wheel{Path: p})
	}
	err = byPosition("install: --direct-urls", urls, len(wheels), func(i int, v string) { wheels[i].DirectURL = v })
	if err == nil {
		err = byPosition("install: --hashes", hashes, len(wheels), func(i int, v string) { wheels[i].SHA256 = v })
	}
	return wheels, err
}

// byPosition reads what withJSON wrote.
func byPosition(what, text string, n int, set func(int, string)) error {
	if text == "" {
		return nil
	}
	var values map[int]string
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	for i, v := range values {
		if i < 0 || i >= n {
			return fmt.Errorf("%s: no argument %d", what, i)
		}
		set(i, v)
	}
	return nil
}
