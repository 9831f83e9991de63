package step

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxArgument = 100 << 10 // bytes of one argument; Linux takes 128 KiB (MAX_ARG_STRLEN)
	maxDocument = 2 << 20   // bytes of a step; what Linux takes of all arguments with the usual stack
)

// args returns a command and its document, in several arguments if it is too long for one.
func args(command string, s Step) []string {
	all, document := []string{command}, write(s)
	for len(document) > maxArgument {
		end := maxArgument
		for !utf8.RuneStart(document[end]) {
			end--
		}
		all, document = append(all, document[:end]), document[end:]
	}
	return append(all, document)
}

// Parse reads what Args wrote, without the binary's name. The step is one of this
// package's types, by value.
func Parse(args []string) (Step, error) {
	if len(args) == 0 {
		return nil, errors.New("no command")
	}
	command, document := args[0], strings.Join(args[1:], "")
	if len(document) > maxDocument {
		return nil, fmt.Errorf("%s: a step of %d bytes is too long: want at most %d", command, len(document), maxDocument)
	}
	s, err := parse(command, document)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(s.Args(), args) { // a field is not there, or twice, or something follows
		return nil, fmt.Errorf("%s: the step is not as the frontend writes it", command)
	}
	return s, nil
}

func parse(command, document string) (Step, error) {
	read := steps[command]
	if read == nil {
		return nil, fmt.Errorf("unknown command %q", command)
	}
	s, err := read(document)
	if err != nil {
		err = fmt.Errorf("%s: %w", command, err)
	}
	return s, err
}

// part is a step of a sequence.
type part struct {
	Command string          `json:"command"`
	Step    json.RawMessage `json:"step"`
}

// MarshalJSON writes a list of commands with their documents.
func (s Sequence) MarshalJSON() ([]byte, error) {
	parts := []part{}
	for _, one := range s {
		parts = append(parts, part{one.Args()[0], json.RawMessage(write(one))})
	}
	return []byte(write(parts)), nil
}

// UnmarshalJSON reads such a list.
func (s *Sequence) UnmarshalJSON(document []byte) error {
	var parts []part
	if err := decode(string(document), &parts); err != nil {
		return err
	}
	for _, p := range parts {
		if p.Command == "sequence" {
			return errors.New("a sequence in a sequence")
		}
		one, err := parse(p.Command, string(p.Step))
		if err != nil {
			return err
		}
		*s = append(*s, one)
	}
	if len(*s) == 0 {
		return errors.New("no step")
	}
	return nil
}

func read[S Step](document string) (Step, error) {
	var s S
	err := decode(document, &s)
	return s, err
}

func decode(document string, into any) error {
	d := json.NewDecoder(strings.NewReader(document))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func write(v any) string {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // lists and structs of strings cannot fail
	return strings.TrimSuffix(text.String(), "\n")
}
