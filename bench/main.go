// Command bench measures Quatrain against Dockerfiles for uv and for Poetry: seconds to
// a pushed image, operations, bytes pushed, the image's size, the service's start.
//
//	make bench ARGS='-runs 5'          # all cases but arm64, byte code on and off
//	make bench ARGS='-cases cold -sides quatrain,uv -runs 1 -out /tmp/try.jsonl'
//	go run ./bench -report             # docs/benchmarks.md and .svg of bench/results
//
// Each result is written when it is there: what is interrupted is gone on with by
// asking for the cases and runs that miss.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/quatrain-build/quatrain/test/orders"
)

type options struct {
	runs         int
	cases, sides []string
	compressions []string
	bytecode     []bool
	out          string
}

func main() {
	log.SetFlags(0)
	var o options
	flag.IntVar(&o.runs, "runs", 1, "how often")
	cases := flag.String("cases", "", "comma-separated; default: all but arm64. cold and what follows it on one daemon: noop, edit, version, dependency, base; export; registry-cache, registry-bump; arm64")
	names := flag.String("sides", "quatrain,uv,poetry", "comma-separated")
	compression := flag.String("compression", "gzip", "gzip, zstd or gzip,zstd")
	bytecode := flag.String("bytecode", "on,off", "on, off or on,off")
	flag.StringVar(&o.out, "out", "", "the file of results; default: a new one in bench/results")
	report := flag.Bool("report", false, "measure nothing; write docs/benchmarks.md, docs/benchmarks.svg and a table in README.md")
	results := flag.String("results", "bench/results", "what -report reads")
	flag.Parse()
	if *report {
		if err := writeReport(*results, "."); err != nil {
			log.Fatalf("bench: %v", err)
		}
		return
	}
	o.cases, o.sides, o.compressions = list(*cases), list(*names), list(*compression)
	if len(o.cases) == 0 {
		for _, c := range caseTitles() {
			if c.name != arm64Case {
				o.cases = append(o.cases, c.name)
			}
		}
	}
	for _, word := range list(*bytecode) {
		o.bytecode = append(o.bytecode, word == "on")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, o); err != nil {
		log.Fatalf("bench: %v", err)
	}
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// bench goes through the sides in turn, so that what the machine does meanwhile meets
// all of them.
func bench(ctx context.Context, o options) error {
	if err := o.check(); err != nil {
		return err
	}
	if load := loadAverage(); load > 0.5 {
		fmt.Printf("the machine is busy: load average %.2f\n", load)
	}
	s, err := newSession(o.out)
	if err != nil {
		return err
	}
	l, err := newLab(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	var failed error
	for run := range o.runs {
		for _, compression := range o.compressions {
			for _, bytecode := range o.bytecode {
				for i := range sides {
					side := sides[(i+run)%len(sides)]
					if !slices.Contains(o.sides, side.name) {
						continue
					}
					r := &round{lab: l, session: s, side: side, cases: o.cases, run: run, setup: setup{bytecode, compression, os.Getenv("QUATRAIN_CA")}}
					if err := r.all(ctx); err != nil {
						failed = errors.Join(failed, fmt.Errorf("%s, run %d: %w", side.name, run, err))
						log.Print(err)
					}
					if ctx.Err() != nil {
						return ctx.Err()
					}
				}
			}
		}
	}
	return failed
}

func (o *options) check() error {
	var known, names []string
	for _, c := range caseTitles() {
		known = append(known, c.name)
	}
	for _, s := range sides {
		names = append(names, s.name)
	}
	for _, check := range []struct{ given, known []string }{{o.cases, known}, {o.sides, names}, {o.compressions, []string{"gzip", "zstd"}}} {
		for _, word := range check.given {
			if !slices.Contains(check.known, word) {
				return fmt.Errorf("%q is none of %s", word, strings.Join(check.known, ", "))
			}
		}
	}
	return nil
}

// round is all cases of one side, once.
type round struct {
	lab     *lab
	session *session
	side    side
	setup   setup
	cases   []string
	run     int
}

func (r *round) wants(name string) bool { return slices.Contains(r.cases, name) }

func (r *round) all(ctx context.Context) error {
	cache := r.lab.registry + "/" + r.repository("cache") + ":cache"
	alone := []string{arm64Case, exportCase} // those that need no build before them
	if slices.ContainsFunc(r.cases, func(c string) bool { return !slices.Contains(alone, c) }) {
		if err := r.chain(ctx, cache); err != nil {
			return err
		}
	}
	if r.wants(exportCase) {
		if err := r.export(ctx); err != nil {
			return err
		}
	}
	from := []string{"--cache-from", "type=registry,registry.insecure=true,ref=" + cache}
	unchanged := func(string) error { return nil }
	for _, c := range []struct {
		name, platform string
		change         func(project string) error
		flags          []string
	}{
		{registryCase, "", unchanged, from},
		{bumpCase, "", r.side.bumpDependency, from},
		{arm64Case, "linux/arm64", unchanged, nil},
	} {
		if !r.wants(c.name) {
			continue
		}
		if err := r.cold(ctx, c.name, c.platform, c.change, c.flags); err != nil {
			return err
		}
	}
	return nil
}

// on runs builds of a fresh copy of the project on an empty daemon.
func (r *round) on(ctx context.Context, name, platform string, do func(*builds) error) (err error) {
	if err := r.lab.useBase("original"); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(r.lab.dir, "project-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	project := filepath.Join(dir, "orders")
	if err := os.CopyFS(project, os.DirFS("examples/orders")); err != nil {
		return err
	}
	if err := r.side.prepare(project, r.setup); err != nil {
		return err
	}
	d, err := r.lab.newDaemon(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	return do(&builds{lab: r.lab, side: r.side, setup: r.setup, project: project, repository: r.repository(name), platform: platform, pushed: orders.Blobs{}})
}

// repository is a new name: what others hold need not be pushed.
func (r *round) repository(name string) string {
	return fmt.Sprintf("bench/%s-%s-%d", r.side.name, name, time.Now().UnixNano())
}

// cold is a build of a changed project on an empty daemon.
func (r *round) cold(ctx context.Context, name, platform string, change func(project string) error, flags []string) error {
	return r.on(ctx, name, platform, func(b *builds) error {
		if err := change(b.project); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		res, err := b.build(ctx, flags...)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return r.note(name, res)
	})
}

// export is what remains of a cold build when all of it is made: layers are compressed
// and pushed. No cold build is faster, whoever makes what is in them.
func (r *round) export(ctx context.Context) error {
	return r.on(ctx, exportCase, "", func(b *builds) error {
		if err := b.cacheOnly(ctx); err != nil {
			return fmt.Errorf("%s: %w", exportCase, err)
		}
		res, err := b.build(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", exportCase, err)
		}
		return r.note(exportCase, res)
	})
}

// chain is a cold build and, on the same daemon, what a person does after.
func (r *round) chain(ctx context.Context, cache string) error {
	return r.on(ctx, coldCase, "", func(b *builds) error {
		res, err := b.build(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", coldCase, err)
		}
		if res.Starts, err = startTimes(ctx, b.image()); err != nil {
			return err
		}
		if r.wants(coldCase) {
			if err := r.note(coldCase, res); err != nil {
				return err
			}
		}
		if r.wants(registryCase) || r.wants(bumpCase) {
			if _, err := b.build(ctx, "--cache-to", "type=registry,mode=max,registry.insecure=true,ref="+cache+",compression="+r.setup.compression); err != nil {
				return fmt.Errorf("cache to the registry: %w", err)
			}
		}
		return r.after(ctx, b)
	})
}

func (r *round) after(ctx context.Context, b *builds) error {
	for _, w := range warmCases {
		if !r.wants(w.name) {
			continue
		}
		for range w.times {
			if err := w.change(r.side, r.lab, b.project); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			res, err := b.build(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			if err := r.note(w.name, res); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *round) note(name string, res *result) error {
	res.Case, res.Run = name, r.run
	fmt.Printf("%-8s %-14s %s byte code %-5t %7.2f s  %5.1f CPU s  %3d operations  %6.1f MB pushed  %6.1f MB\n",
		res.Side, name, res.Compression, res.Bytecode, res.Seconds, res.CPU, res.Operations, float64(res.Pushed)/1e6, float64(res.Size)/1e6)
	return r.session.write(res)
}
