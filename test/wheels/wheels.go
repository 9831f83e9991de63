// Package wheels holds the wheel installer against Poetry's own, on wheels from
// PyPI and on wheels that no one should publish: `make wheels-diff`.
package wheels

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/internal/helper/index"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// list.txt has a line for each wheel, "<sha256>  <file name>", the few that run
// in `make test` first: those above the line "# more".
//
//go:embed list.txt
var list string

// published are the wheels of list.txt, all or only the first part.
func published(all bool) ([]step.File, error) {
	var files []step.File
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "# more" && !all {
			return files, nil
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		hash, name, ok := strings.Cut(line, "  ")
		if !ok {
			return nil, fmt.Errorf("list.txt: cannot read %q", line)
		}
		files = append(files, step.File{Package: project(name), Name: name, SHA256: hash})
	}
	return files, nil
}

var separators = regexp.MustCompile(`[-_.]+`)

// project is the canonical name of a wheel's project.
func project(wheel string) string {
	name, _, _ := strings.Cut(wheel, "-")
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// cache is the folder with what was downloaded before.
func cache(name string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "quatrain", name)
	return dir, os.MkdirAll(dir, 0o755)
}

// download brings the wheels that are not in the cache, with Quatrain's own index
// client, and returns the path of each. All are verified, those in the cache too.
func download(ctx context.Context, files []step.File) ([]string, error) {
	dir, err := cache("wheels")
	if err != nil {
		return nil, err
	}
	var paths []string
	var missing []step.File
	for _, f := range files {
		path := filepath.Join(dir, f.SHA256, f.Name)
		paths = append(paths, path)
		if hash, err := hashFile(path); err != nil || hash != f.SHA256 {
			missing = append(missing, f)
		}
	}
	if len(missing) == 0 {
		return paths, nil
	}
	fetch := step.Fetch{Index: step.Index(plan.PyPI), Files: missing, Out: dir}
	return paths, index.FetchWith(ctx, fetch, index.Options{
		Transport: http.DefaultTransport, Getenv: os.LookupEnv,
		Tries: 3, Backoff: time.Second, Stall: time.Minute,
	})
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
