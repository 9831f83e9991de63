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

func (s *Locate) fields() []field { return indexFields(&s.Index, &s.Out, &s.Report) }
func (s *Fetch) fields() []field  { return indexFields(&s.Index, &s.Out, &s.Report) }
func (s *Install) fields() []field {
	return append(venvFields(&s.Python, &s.Venv), outFields(&s.Out, &s.Report)...)
}
func (s *Apt) fields() []field { return []field{{"--report", &s.Report, true}} }

func (s *Venv) fields() []field {
	return append(append(venvFields(&s.Python, &s.Venv),
		field{"--version", &s.Version, false},
		field{"--interpreter", &s.Interpreter, false}),
		outFields(&s.Out, &s.Report)...)
}

func (s *Compile) fields() []field {
	return append([]field{
		{"--interpreter", &s.Interpreter, false},
		{"--in", &s.In, false},
	}, outFields(&s.Out, &s.Report)...)
}

func indexFields(index *Index, out, report *string) []field {
	return append([]field{
		{"--index", &index.Name, false},
		{"--url", &index.URL, false},
	}, outFields(out, report)...)
}

func venvFields(python, venv *string) []field {
	return []field{{"--python", python, false}, {"--venv", venv, false}}
}

func outFields(out, report *string) []field {
	return []field{{"--out", out, false}, {"--report", report, true}}
}

// Args is the command line: locate --index … --url … --out … -- package/sha256/name….
func (s Locate) Args() []string { return encode("locate", s.fields(), encodeFiles(s.Files)) }

// Args is the command line: fetch --index … --url … --out … -- package/sha256/name….
func (s Fetch) Args() []string { return encode("fetch", s.fields(), encodeFiles(s.Files)) }

// Args is the command line: venv --python … --venv … --version … --interpreter … --out ….
func (s Venv) Args() []string { return encode("venv", s.fields(), nil) }

// Args is the command line: compile --interpreter … --in … --out ….
func (s Compile) Args() []string { return encode("compile", s.fields(), nil) }

// Args is the command line: apt -- package….
func (s Apt) Args() []string { return encode("apt", s.fields(), s.Packages) }

// Args is the command line: install --python … --venv … --out … -- path…. Wheels
// that did not come from an index are described by --direct-urls, a JSON object
// from the wheel's position to the contents of direct_url.json.
func (s Install) Args() []string {
	var paths []string
	urls := map[int]string{}
	for i, w := range s.Wheels {
		paths = append(paths, w.Path)
		if w.DirectURL != "" {
			urls[i] = w.DirectURL
		}
	}
	fields := s.fields()
	if len(urls) > 0 {
		b, _ := json.Marshal(urls) // sorts keys; a map of strings cannot fail
		v := string(b)
		fields = append(fields, field{"--direct-urls", &v, true})
	}
	return encode("install", fields, paths)
}

// Parse reads what Args wrote, without the binary's name. The step is one of
// [Locate], [Fetch], [Install], [Venv], [Compile] and [Apt], by value.
func Parse(args []string) (Step any, err error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("no command: want locate, fetch, install, venv, compile or apt")
	}
	command, args := args[0], args[1:]
	switch command {
	case "locate":
		var s Locate
		rest, err := decode(command, args, s.fields())
		if err != nil {
			return nil, err
		}
		s.Files, err = decodeFiles(rest)
		return s, err
	case "fetch":
		var s Fetch
		rest, err := decode(command, args, s.fields())
		if err != nil {
			return nil, err
		}
		s.Files, err = decodeFiles(rest)
		return s, err
	case "install":
		var s Install
		var urls string
		rest, err := decode(command, args, append(s.fields(), field{"--direct-urls", &urls, true}))
		if err != nil {
			return nil, err
		}
		s.Wheels, err = decodeWheels(rest, urls)
		return s, err
	case "venv":
		var s Venv
		rest, err := decode(command, args, s.fields())
		return s, nothingLeft(command, rest, err)
	case "compile":
		var s Compile
		rest, err := decode(command, args, s.fields())
		return s, nothingLeft(command, rest, err)
	case "apt":
		var s Apt
		s.Packages, err = decode(command, args, s.fields())
		return s, err
	}
	return nil, fmt.Errorf("unknown command %q", command)
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
	}
	return args
}

func decodeFiles(args []string) ([]File, error) {
	var files []File
	for _, a := range args {
		parts := strings.SplitN(a, "/", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("%q is not package/sha256/name", a)
		}
		files = append(files, File{Package: parts[0], SHA256: parts[1], Name: parts[2]})
	}
	return files, nil
}

func decodeWheels(paths []string, directURLs string) ([]Wheel, error) {
	var wheels []Wheel
	for _, p := range paths {
		wheels = append(wheels, Wheel{Path: p})
	}
	if directURLs == "" {
		return wheels, nil
	}
	var urls map[string]string
	if err := json.Unmarshal([]byte(directURLs), &urls); err != nil {
		return nil, fmt.Errorf("install: --direct-urls: %w", err)
	}
	for key, u := range urls {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(wheels) {
			return nil, fmt.Errorf("install: --direct-urls: there is no wheel %q", key)
		}
		wheels[i].DirectURL = u
	}
	return wheels, nil
}
