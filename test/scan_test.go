package test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scan is everything that builds have left, in plain: name → text.
type scan map[string]string

// archive adds an image's archive: layers, configs, attestations.
func (s scan) archive(t *testing.T, place, file string) {
	t.Helper()
	for name, data := range readArchive(t, file) {
		s.add(t, place, name, data)
	}
}

// folder adds what is in a folder.
func (s scan) folder(t *testing.T, place, dir string) {
	t.Helper()
	files := os.DirFS(dir)
	must(t, fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		s.add(t, place, name, data)
		return err
	}))
}

// add adds a file; a blob that another place has too is looked at once.
func (s scan) add(t *testing.T, place, name string, data []byte) {
	t.Helper()
	if strings.HasPrefix(name, "blobs/") {
		for known := range s {
			if strings.HasSuffix(known, ": "+name) {
				return
			}
		}
	}
	var plain strings.Builder
	must(t, unpack(&plain, data))
	s[place+": "+name] = plain.String()
}

// unpack writes all that is in a file, also in the archives in it: layers hold wheels
// and sdists.
func unpack(to *strings.Builder, data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		gz, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return err
		}
		inner, err := io.ReadAll(gz)
		if err != nil {
			return fmt.Errorf("gzip: %w", err)
		}
		return unpack(to, inner)
	case len(data) > 262 && string(data[257:262]) == "ustar":
		for r := tar.NewReader(bytes.NewReader(data)); ; {
			h, err := r.Next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			inner, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			fmt.Fprintf(to, "%s %s %v\n", h.Name, h.Linkname, h.PAXRecords)
			if err := unpackInner(to, inner); err != nil {
				return err
			}
		}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return unzip(to, data)
	case bytes.HasPrefix(data, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return fmt.Errorf("zstd, which this cannot read")
	}
	to.Write(data)
	return nil
}

// unpackInner takes what only looks like an archive as it is: a base image has such.
func unpackInner(to *strings.Builder, data []byte) error {
	var plain strings.Builder
	if unpack(&plain, data) == nil {
		to.WriteString(plain.String())
		return nil
	}
	_, err := to.Write(data)
	return err
}

func unzip(to *strings.Builder, data []byte) error {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return err
		}
		inner, err := io.ReadAll(in)
		in.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(to, "%s\n", f.Name)
		if err := unpackInner(to, inner); err != nil {
			return err
		}
	}
	return nil
}

// hits are the places where a secret stands in any form, sorted.
func (s scan) hits(secret string) []string {
	var all []string
	for form, text := range forms(secret) {
		text = text[:min(len(text), 40)] // what is long goes in pieces, and costs more
		for place, plain := range s {
			if strings.Contains(plain, text) {
				all = append(all, place+" ("+form+")")
			}
		}
	}
	slices.Sort(all)
	return all
}

// forms are the texts that give a secret away: as it is, escaped, and in base64, where
// it looks different at each of three places of what it is a part of.
func forms(secret string) map[string]string {
	all := map[string]string{"plain": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret)}
	for before := range 3 {
		text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + secret))
		first := (before*8 + 5) / 6            // the one before also holds bits of what stands before
		last := (before + len(secret)) * 8 / 6 // the one after, of what stands behind
		all[fmt.Sprint("base64, ", before)] = text[first:last]
		all[fmt.Sprint("base64 for URLs, ", before)] = strings.NewReplacer("+", "-", "/", "_").Replace(text[first:last])
	}
	return all
}

// shape is what keys or tokens of one sort look like, whoever's they are.
type shape struct {
	what    string
	like    *regexp.Regexp
	planted string // one that nobody has
}

var shapes = []shape{
	{"a private key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\\nr]+[A-Za-z0-9+/]{40}`),
		"-----BEGIN OPENSSH " + "PRIVATE KEY-----\n" + strings.Repeat("quatrain", 5)},
	{"a token of GitHub", regexp.MustCompile(`gh[pousr]_[A-Za-z0-9]{36}`), "ghp_" + strings.Repeat("quatrain0", 4)},
	{"a token of GitLab", regexp.MustCompile(`glpat-[A-Za-z0-9_-]{20}`), "glpat-" + strings.Repeat("quatrain00", 2)},
	{"a token of PyPI", regexp.MustCompile(`pypi-AgEI[A-Za-z0-9_-]{40}`), "pypi-AgEI" + strings.Repeat("quatrain", 5)},
	{"a key of AWS", regexp.MustCompile(`AKIA[A-Z0-9]{16}`), "AKIA" + strings.Repeat("QUATRAIN", 2)},
}

// shaped are the texts of a shape, and a place of each.
func (s scan) shaped(x shape) map[string]string {
	all := map[string]string{}
	for place, plain := range s {
		for _, text := range x.like.FindAllString(plain, -1) {
			all[text] = place
		}
	}
	return all
}
