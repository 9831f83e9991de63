// Command write writes the reference page and the JSON schema: write PYPROJECT-PACKAGE DOCS.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/reference"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: write PYPROJECT-PACKAGE DOCS")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}

func write(source, docs string) error {
	tables, err := reference.Tables(source)
	if err != nil {
		return err
	}
	page, errPage := reference.Page(tables)
	schema, errSchema := reference.Schema(tables)
	if err := errors.Join(errPage, errSchema); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(docs, reference.PageFile), page, 0o644),
		os.WriteFile(filepath.Join(docs, reference.SchemaFile), schema, 0o644))
}
