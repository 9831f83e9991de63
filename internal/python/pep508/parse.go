package pep508

import (
	"fmt"
	"strings"
)

// maxLength bounds a marker. Poetry's longest, of locks with many groups, have kilobytes.
const maxLength = 64 << 10

// ParseMarker reads a marker (grammar: PEP 508, as poetry-core's markers.lark).
// "" and "*" hold always, "<empty>" never.
func ParseMarker(s string) (Marker, error) {
	switch s {
	case "", "*":
		return Marker{}, nil
	case "<empty>":
		return Marker{root: never{}}, nil
	}
	if len(s) > maxLength {
		return Marker{}, fmt.Errorf("a marker of %d bytes is too long", len(s))
	}
	tokens, err := scan(s)
	if err != nil {
		return Marker{}, fmt.Errorf("marker %q: %w", s, err)
	}
	p := &markerParser{tokens: tokens}
	root, err := p.or(0)
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", p.tokens[0].text)
	}
	if err != nil {
		return Marker{}, fmt.Errorf("marker %q: %w", s, err)
	}
	return Marker{root: root}, nil
}

// token is a word, an operator, a parenthesis, or a quoted string.
type token struct {
	text   string
	quoted bool
}

func scan(s string) ([]token, error) {
	var all []token
	for len(s) > 0 {
		c := s[0]
		switch {
		case c == ' ' || c == '\t':
			s = s[1:]
		case c == '"' || c == '\'':
			end := quoteEnd(s)
			if end < 0 {
				return nil, fmt.Errorf("a quote is not closed")
			}
			all = append(all, token{s[1:end], true})
			s = s[end+1:]
		case notIn(s):
			all = append(all, token{s[:len("not in")], false})
			s = s[len("not in"):]
		case c == '(' || c == ')':
			all = append(all, token{s[:1], false})
			s = s[1:]
		case strings.IndexByte("<>=!~", c) >= 0:
			n := 1
			for n < len(s) && n < 3 && s[n] == '=' {
				n++
			}
			all = append(all, token{s[:n], false})
			s = s[n:]
		default:
			n := strings.IndexAny(s, wordEnd)
			switch n {
			case 0:
				return nil, fmt.Errorf("unexpected %q", c)
			case -1:
				n = len(s)
			}
			all = append(all, token{s[:n], false})
			s = s[n:]
		}
	}
	return all, nil
}

// quoteEnd is where the string that s starts with ends, -1 where it does not. A backslash
// before a double quote keeps it in the string, and stays there itself.
func quoteEnd(s string) int {
	double, escaped := s[0] == '"', false
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0] && !escaped:
			return i
		case s[i] == '\n':
			return -1
		}
		escaped = double && s[i] == '\\' && !escaped
	}
	return -1
}

// notIn reports whether s starts with that operator: two words, one space.
func notIn(s string) bool {
	rest, ok := strings.CutPrefix(s, "not in")
	return ok && (rest == "" || strings.IndexByte(wordEnd, rest[0]) >= 0)
}

const wordEnd = " \t\r\n\"'()<>=!~"

type markerParser struct{ tokens []token }

func (p *markerParser) peek() string {
	if len(p.tokens) == 0 || p.tokens[0].quoted {
		return ""
	}
	return p.tokens[0].text
}

func (p *markerParser) next() (token, error) {
	if len(p.tokens) == 0 {
		return token{}, fmt.Errorf("it ends unexpectedly")
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t, nil
}

// Parentheses nest no deeper than this: markers are hostile input.
const maxDepth = 100

func (p *markerParser) or(depth int) (node, error) {
	var all orNode
	for {
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if p.peek() != "or" {
			break
		}
		p.tokens = p.tokens[1:]
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func (p *markerParser) and(depth int) (node, error) {
	var all andNode
	for {
		n, err := p.item(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if p.peek() != "and" {
			break
		}
		p.tokens = p.tokens[1:]
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func (p *markerParser) item(depth int) (node, error) {
	if p.peek() != "(" {
		return p.comparison()
	}
	if depth >= maxDepth {
		return nil, fmt.Errorf("parentheses nest too deep")
	}
	p.tokens = p.tokens[1:]
	n, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.peek() != ")" {
		return nil, fmt.Errorf("a parenthesis is not closed")
	}
	p.tokens = p.tokens[1:]
	return n, nil
}

func (p *markerParser) comparison() (node, error) {
	left, err := p.next()
	if err != nil {
		return nil, err
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	right, err := p.next()
	if err != nil {
		return nil, err
	}
	switch {
	case !left.quoted && right.quoted:
		return newComparison(left.text, op, right.text, false)
	case left.quoted && !right.quoted:
		return newComparison(right.text, op, left.text, true)
	}
	return nil, fmt.Errorf("a comparison needs one variable and one quoted value")
}

func (p *markerParser) operator() (string, error) {
	t, err := p.next()
	if err != nil || t.quoted {
		return "", fmt.Errorf("an operator is missing")
	}
	switch t.text {
	case "not in", "in", "==", "!=", "===", "<", "<=", ">", ">=", "~=":
		return t.text, nil
	}
	return "", fmt.Errorf("%q is not an operator", t.text)
}
