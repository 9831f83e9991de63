package test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// needing is a package that is built with some requirements. Its backend asks for others,
// by the body of its hook, and imports modules to build.
func needing(t *testing.T, name, requires, hook, imports string) pindex.Sdist {
	files := library(t, name, "1.0")
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], "requires = []", "requires = ["+requires+"]", 1)
	if hook != "" {
		files["backend.py"] += "\n\ndef get_requires_for_build_wheel(config_settings=None):\n    " + hook + "\n"
	}
	if imports != "" {
		files["backend.py"] = strings.Replace(files["backend.py"], "    project = tomllib", "    import "+imports+"\n    project = tomllib", 1)
	}
	return unseen(t, name, files)
}

// module is a wheel with one module.
func module(name, version string, requires ...string) pindex.Wheel {
	return pindex.Wheel{Name: name, Version: version, Files: map[string]string{name + ".py": "version = '" + version + "'\n"}, Requires: requires}
}

// Build requirements that are known at once and such that are not: those of the backend,
// of sdists, and of what sdists turn out to depend on.
func TestBuildRequirements(t *testing.T) {
	p := newGitProject(t, "")
	p.index.Set(pindex.Options{Username: "me", Password: hunter})
	extra := pindex.Wheel{Name: "extra", Version: "1.0", Files: map[string]string{"extra.py": ""}, Requires: []string{"module; extra == 'more'"}, Extras: []string{"more"}}
	p.index.Add(module("tool", "1.0"), module("tool", "2.0"), module("module", "1.0"), module("hidden", "1.0"), extra,
		needing(t, "outer", `"inner"`, "", "inner"),                           // an sdist that an sdist needs
		needing(t, "inner", `"tool"`, "return ['module']", "tool, module"),    // and that asks for more
		unseen(t, "secretive", library(t, "secretive", "1.0", "hidden>=1.0"))) // its PKG-INFO names nothing
	builds := map[string]pindex.Sdist{
		"named":    needing(t, "named", `"tool", "nothing; python_version < '3'"`, "", "tool"),
		"asking":   needing(t, "asking", "", "return ['tool<2', 'module']", "tool, module"),
		"both":     needing(t, "both", `"tool"`, "import tool; return ['tool', 'module']", "tool, module"),
		"extras":   needing(t, "extras", `"extra[more]"`, "", "extra, module"),
		"askextra": needing(t, "askextra", `"extra"`, "return ['extra[more]']", "extra, module"),
		"nested":   needing(t, "nested", `"outer"`, "return ['tool']", "outer, tool"),
		"revealed": needing(t, "revealed", `"secretive"`, "", "secretive, hidden"),
	}
	for _, d := range builds {
		p.addFiles(t, d)
	}
	p.write(t)
	r := request{dir: p.dir, secrets: map[string][]byte{
		"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte(hunter),
	}}
	o := build(t, inProcess, r)
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	for name := range builds {
		if o.image.files[site+name+".py"] == nil {
			t.Errorf("%s is not installed", name)
		}
	}
	p.index.Close()
	if o := build(t, inProcess, request{dir: p.dir}); o.err != nil || len(o.ran) > 0 {
		t.Errorf("the second build ran %q: %v", o.ran, o.err)
	}
}

// What cannot be had is said, with the package and what it needs.
func TestBuildRequirementsFail(t *testing.T) {
	p := newGitProject(t, "")
	p.index.Add(module("tool", "1.0"), needing(t, "hen", `"egg"`, "", ""), needing(t, "egg", `"hen"`, "", ""))
	for name, c := range map[string]struct {
		d    pindex.Sdist
		want []string
	}{
		"circle":   {needing(t, "circle", `"hen"`, "", ""), []string{"the build requirements need one another to be built: hen-1.0.tar.gz needs egg-1.0.tar.gz needs hen-1.0.tar.gz"}},
		"late":     {needing(t, "late", "", "import importlib.util as u; return ['tool'] if u.find_spec('tool') is None else ['more']", ""), []string{"the build needs more, but did not list it at first"}},
		"git":      {needing(t, "git", `"tool @ git+https://git.test/tool.git"`, "", ""), []string{"'tool @ git+https://git.test/tool.git' is not a file on the web"}},
		"local":    {needing(t, "local", `"tool @ file:///etc"`, "", ""), []string{"'tool @ file:///etc' is not a file on the web"}},
		"path":     {needing(t, "path", "", "return ['./tool']", ""), []string{"a build requirement cannot be read"}},
		"option":   {needing(t, "option", `"--index-url=http://evil.test/"`, "", ""), []string{"cannot be read"}},
		"unknown":  {needing(t, "unknown", "", "return ['no-such-thing']", ""), []string{"No matching distribution found for no-such-thing", "Check [tool.poetry.build-constraints], and that the project's primary or supplemental sources have the build requirement."}},
		"unsolved": {needing(t, "unsolved", `"tool<1"`, "", ""), []string{"No matching distribution found for tool<1"}},
	} {
		t.Run(name, func(t *testing.T) {
			one := *p
			one.dir, one.locks = "", p.locks[:1:1]
			one.addFiles(t, c.d)
			o := build(t, inProcess, request{dir: one.write(t).dir, noImage: true})
			fails(t, o, append(c.want, fmt.Sprintf(">>> name = %q", name), "building "+name+" 1.0")...)
		})
	}
}

// A requirement with a direct address is downloaded by pip alone, which tries again.
func TestBuildRequirementAtAddress(t *testing.T) {
	tool := module("tool", "1.0")
	x := newIndex(t, tool)
	x.Fail("/files/"+tool.Filename(), pindex.Fault{Status: http.StatusServiceUnavailable, Times: 2})
	p := newGitProject(t, "")
	p.addFiles(t, needing(t, "direct", fmt.Sprintf("%q", "tool @ "+x.URL+"/files/"+tool.Filename()), "", "tool"))
	o := build(t, inProcess, request{dir: p.write(t).dir})
	if o.err != nil || o.image.files[site+"direct.py"] == nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if n := x.Count("/files/" + tool.Filename()); n < 3 {
		t.Errorf("asked %d times", n)
	}
}

// Where the first source does not answer for a name, a supplemental one is not taken at
// its word: that may be somebody else's package.
func TestBuildRequirementOfSilentIndex(t *testing.T) {
	other := newIndex(t, module("tool", "9.0"))
	p := newGitProject(t, fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"other\"\nurl = \"%s/simple/\"\npriority = \"supplemental\"\n", other.URL))
	p.index.Add(module("tool", "1.0"))
	p.addFiles(t, needing(t, "careful", `"tool"`, "", "tool; assert tool.version == '1.0'"))
	p.index.Fail("/simple/tool/", pindex.Fault{Status: http.StatusServiceUnavailable})
	p.write(t)
	fails(t, build(t, inProcess, request{dir: p.dir, noImage: true}), "the build requirements cannot be downloaded: local answers 503", `>>> name = "careful"`)
	if n := other.Count("/simple/tool/"); n > 0 {
		t.Errorf("the other source was asked %d times", n)
	}
	p.index.Heal()
	if o := build(t, inProcess, request{dir: p.dir, noImage: true}); o.err != nil {
		t.Errorf("%s\n%s", printed(o.err), o.log)
	}
}
