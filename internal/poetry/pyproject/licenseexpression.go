package pyproject

import (
	_ "embed"
	"errors"
	"regexp"
	"strings"
)

// spdxText has the identifiers of SPDX's list, those of exceptions behind a "+".
//
//go:embed spdx.txt
var spdxText string

// spdx are the identifiers as SPDX spells them, by their lower case.
var spdx = func() map[string]string {
	all := map[string]string{}
	for _, id := range strings.Fields(spdxText) {
		all[strings.ToLower(id)] = id
	}
	return all
}()

var errNoExpression = errors.New("not a license expression")

// licenseExpression writes an SPDX expression in its normal form (packaging,
// licenses/__init__.py, canonicalize_license_expression).
func licenseExpression(text string) (string, error) {
	p := &licenseParser{tokens: strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))}
	if !p.expression() || len(p.tokens) > 0 {
		return "", errNoExpression
	}
	written := strings.Join(p.written, " ")
	return strings.NewReplacer("( ", "(", " )", ")").Replace(written), nil
}

// licenseParser reads tokens, and writes them as it goes.
type licenseParser struct{ tokens, written []string }

// word takes the next token when it is this one.
func (p *licenseParser) word(w string) bool {
	if len(p.tokens) == 0 || !strings.EqualFold(p.tokens[0], w) {
		return false
	}
	p.tokens, p.written = p.tokens[1:], append(p.written, w)
	return true
}

func (p *licenseParser) expression() bool {
	for {
		if p.word("(") {
			if !p.expression() || !p.word(")") {
				return false
			}
		} else if !p.license() {
			return false
		}
		if !p.word("AND") && !p.word("OR") {
			return true
		}
	}
}

// license parses an identifier, with or without an exception.
func (p *licenseParser) license() bool {
	return p.identifier("") && (!p.word("WITH") || p.identifier("+"))
}

var licenseRef = regexp.MustCompile(`^(?i:LicenseRef-)([A-Za-z0-9.-]+)$`)

func (p *licenseParser) identifier(kind string) bool {
	if len(p.tokens) == 0 {
		return false
	}
	token := p.tokens[0]
	p.tokens = p.tokens[1:]
	if m := licenseRef.FindStringSubmatch(token); m != nil && kind == "" {
		p.written = append(p.written, "LicenseRef-"+m[1])
		return true
	}
	name, later := token, ""
	if kind == "" && strings.HasSuffix(token, "+") {
		name, later = token[:len(token)-1], "+"
	}
	id, ok := spdx[kind+strings.ToLower(name)]
	p.written = append(p.written, strings.TrimPrefix(id, kind)+later)
	return ok
}
