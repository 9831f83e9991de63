package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/google/shlex"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// aboutCommands looks at what each target with the project runs: command, entrypoint,
// health check and prepare.
func aboutCommands(p *pyproject.Project, look func(plan.Target, []string) string) []finding {
	var all []finding
	for _, t := range appTargets(p) {
		for _, c := range commandsOf(t) {
			if message := look(t, c.Args); message != "" {
				all = append(all, finding{c.At, message})
			}
		}
	}
	return once(all)
}

// commandsOf lists the commands of a target that are not empty.
func commandsOf(t plan.Target) []*pyproject.Command {
	all := []*pyproject.Command{t.Image.Command, t.Image.Entrypoint}
	if h := t.Image.Healthcheck; h != nil {
		all = append(all, &pyproject.Command{Args: h.Command, Stripped: h.Stripped, At: h.At})
	}
	if t.Prepare != nil {
		all = append(all, t.Prepare.Command)
	}
	return slices.DeleteFunc(all, func(c *pyproject.Command) bool { return c == nil || len(c.Args) == 0 && c.Stripped == "" })
}

var poetryRun = Rule{
	Name:        "PoetryRun",
	Description: "the image has no Poetry and no .venv: commands should run programs directly",
	find: func(p *pyproject.Project, l *lockfile.Lock) []finding {
		var all []finding
		for _, t := range appTargets(p) {
			for _, c := range commandsOf(t) {
				if c.Stripped != "" {
					all = append(all, finding{c.At, c.StrippedMessage()})
				} else if call := toolCall(p, l, innerScript(c.Args)); call != "" {
					all = append(all, finding{c.At, "the script calls `" + call + "`, which the image does not have: call the program directly"})
				}
			}
		}
		return once(all)
	},
}

// innerScript returns what a shell is given with -c, "" for another command.
func innerScript(args []string) string {
	i := slices.IndexFunc(args, func(a string) bool {
		return strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, "c")
	})
	if i < 0 || i+1 >= len(args) || !strings.HasSuffix(args[0], "sh") {
		return ""
	}
	return args[i+1]
}

var commandNotInstalled = Rule{
	Name:        "CommandNotInstalled",
	Description: "a command should run a program that its target installs",
	find: func(p *pyproject.Project, l *lockfile.Lock) []finding {
		return aboutCommands(p, func(t plan.Target, args []string) string {
			name := program(args)
			if name == "" || isScript(p, name) {
				return ""
			}
			for _, pkg := range l.Packages {
				if pkg.Name == pep508.CanonicalName(packageOf(name)) {
					return missing(p, l, t, pkg)
				}
			}
			switch {
			case slices.Contains(t.Apt, name) || !plan.IsOfficialPython(p.Quatrain.Base.Value):
			case name == "pip" || name == "pip3":
				return "target " + t.Name + " does not install pip, because the image already has all packages: remove pip from the command, or add it as a dependency"
			case slices.Contains(tools, name):
				return "target " + t.Name + " does not install " + name + ", because the image already has all packages: run the program directly"
			case slices.Contains(programs, packageOf(name)):
				return "target " + t.Name + " does not install " + name + ", which its command runs: add it as a dependency"
			}
			if near := source.Nearest(name, scriptNames(p)); near != "" {
				return "the project has no script " + name + ": did you mean " + near + "?"
			}
			return ""
		})
	},
}

// program returns what a command runs: "uvicorn", also for python -m uvicorn, and behind a
// program that only starts another; "" for a file that is named by its path.
func program(args []string) string {
	args = unwrapped(args)
	if len(args) == 0 {
		return ""
	}
	if len(args) > 2 && strings.HasPrefix(args[0], "python") && args[1] == "-m" {
		module, _, _ := strings.Cut(args[2], ".")
		return module
	}
	if name := path.Base(args[0]); name == args[0] || path.IsAbs(args[0]) && slices.Contains(tools, name) {
		return name
	}
	return ""
}

// wrappers start another program, the options of each that have a value.
var wrappers = map[string][]string{
	"tini": {"-p", "-e"}, "dumb-init": {"-r", "--rewrite"}, "catatonit": nil, "exec": {"-a"},
	"env": {"-u", "--unset", "-C", "--chdir"}, "nice": {"-n"}, "stdbuf": {"-i", "-o", "-e"}, "setpriv": nil,
}

// unwrapped returns a command without the programs that only start it.
func unwrapped(args []string) []string {
	for len(args) > 0 {
		name := path.Base(args[0])
		withValue, is := wrappers[name]
		if !is {
			return args
		}
		args = args[1:]
		for len(args) > 0 && (strings.HasPrefix(args[0], "-") || name == "env" && strings.Contains(args[0], "=")) {
			n := 1
			if slices.Contains(withValue, args[0]) {
				n = 2
			}
			args = args[min(n, len(args)):]
		}
	}
	return nil
}

// tools are programs that people take over from a Dockerfile. What the base has of them
// does not know the image's environment.
var tools = []string{"poetry", "uv", "uvx", "pipenv", "pdm", "hatch", "rye", "pipx"}

// programs are of packages that have the program's name. The base images of Python have
// none of them.
var programs = []string{
	"gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress", "uwsgi", "flask", "django", "fastapi",
	"celery", "alembic", "pytest", "streamlit", "scrapy", "honcho", "supervisor", "dramatiq", "huey", "rq", "tox", "nox",
}

// packageOf returns the package that has a program, where its name is another one.
func packageOf(program string) string {
	switch program {
	case "django-admin":
		return "django"
	case "waitress-serve":
		return "waitress"
	case "supervisord":
		return "supervisor"
	}
	return program
}

func scriptNames(p *pyproject.Project) []string {
	var names []string
	for _, s := range p.Scripts {
		names = append(names, s.Name)
	}
	return names
}

func isScript(p *pyproject.Project, name string) bool { return slices.Contains(scriptNames(p), name) }

// missing says that a locked package is in none of the target's groups.
func missing(p *pyproject.Project, l *lockfile.Lock, t plan.Target, pkg *lockfile.Package) string {
	if !l.HasGroups() {
		return ""
	}
	installed := installedGroups(p, t)
	for _, g := range pkg.Groups {
		if slices.Contains(installed, pep508.CanonicalName(g)) {
			return ""
		}
	}
	return "target " + t.Name + " does not install " + pkg.Name + ", which its command runs: it is only in " + groupList(pkg.Groups)
}

// groupList returns the names of one or more groups: "the group dev", "the groups dev, test".
func groupList(names []string) string {
	if len(names) == 1 {
		return "the group " + names[0]
	}
	return "the groups " + strings.Join(names, ", ")
}

// shellSyntaxOf are words and beginnings that only a shell understands.
var shellSyntaxOf = regexp.MustCompile("^(&&|\\|\\|?|;|\\d?>>?.*|<<?|&|&>.*|~|~/.*)$|\\$\\{?[A-Za-z_]|\\$\\(|`.*`")

var shellSyntax = Rule{
	Name:        "ShellSyntax",
	Description: "no shell runs a command, so the program gets variables and operators unchanged",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		return aboutCommands(p, func(_ plan.Target, args []string) string {
			if slices.ContainsFunc(args, isCodeOption) { // code, of a shell or another interpreter
				return ""
			}
			for _, a := range args {
				if shellSyntaxOf.MatchString(a) {
					return "no shell interprets " + a + ": use [\"sh\", \"-c\", \"…\"] or a script of the project"
				}
			}
			return ""
		})
	},
}

// aboutServers looks at what the image of each target with the project starts.
func aboutServers(p *pyproject.Project, find func(plan.Target, []string) string) []finding {
	look := func(t plan.Target, args []string) string {
		if script := innerScript(args); script != "" {
			inShell := strings.NewReplacer(`", "`, " ", `"`, "") // how a message writes arguments
			return inShell.Replace(find(t, lastCommand(script)))
		}
		return find(t, args)
	}
	var all []finding
	for _, t := range appTargets(p) {
		command, entrypoint := t.Image.Command, t.Image.Entrypoint
		var message string
		if command != nil {
			message = look(t, command.Args)
		}
		if entrypoint != nil && message == "" {
			args := entrypoint.Args
			if command != nil {
				args = slices.Concat(args, command.Args)
			} else {
				command = entrypoint
			}
			message = look(t, args)
		}
		if message != "" {
			all = append(all, finding{command.At, message})
		}
	}
	return once(all)
}

// lastCommand returns the command that a shell script ends with: what the container runs
// once the others are done. It is nil where a shell's means hide what that is.
func lastCommand(script string) []string {
	parts := commandEnds.Split(strings.TrimSpace(script), -1)
	args, err := shlex.Split(parts[len(parts)-1])
	if err != nil || len(args) == 0 || strings.Contains(args[0], "=") {
		return nil
	}
	for i, a := range args {
		hidden := strings.HasPrefix(a, "$") && !strings.HasPrefix(args[max(i-1, 0)], "-")
		if hidden || strings.ContainsAny(a, "(){}|`") && !strings.HasPrefix(a, "$") {
			return nil
		}
	}
	return args
}

var commandEnds = regexp.MustCompile(`&&|;|\n`)

// isCodeOption reports whether an option is followed by code: -c, -ec, -lc.
func isCodeOption(arg string) bool { return codeOption.MatchString(arg) }

var codeOption = regexp.MustCompile(`^-[a-z]{0,3}c$`)

// expandedOf is what a shell or a Dockerfile would replace in a value.
var expandedOf = regexp.MustCompile("\\$[A-Za-z_]|\\$\\{|\\$\\(|`.+`|^~(/|$)|:~/")

var envNotExpanded = Rule{
	Name:        "EnvNotExpanded",
	Description: "variables in values of `env` and `labels` are not replaced",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		look := func(table string, pairs []pyproject.Pair) {
			for _, e := range pairs {
				if found := expandedOf.FindString(e.Value); found != "" {
					all = append(all, finding{e.At, table + " " + e.Name + ": nothing expands " + e.Value + ": write the value itself, or set it when the container starts"})
				}
			}
		}
		for _, t := range appTargets(p) {
			look("env", t.Image.Env)
			look("labels", t.Image.Labels)
			if t.Prepare != nil {
				look("prepare env", t.Prepare.Env)
			}
		}
		look("build env", p.Quatrain.Build.Env)
		return once(all)
	},
}

// listensOn are the options of servers that name an address.
var listensOn = []string{"--host", "--bind", "-b", "-h", "-i", "--interface", "--address", "--ip", "--server.address"}

// server is one that listens on 127.0.0.1 where no address is given.
type server struct {
	options []string // any of them gives an address, or something other than one
	env     string   // a variable that gives it, "" for none
	add     string   // what to add
}

var servers = map[string]server{
	"uvicorn":          {[]string{"--host", "--uds", "--fd"}, "UVICORN_HOST", `"--host", "0.0.0.0"`},
	"gunicorn":         {[]string{"--bind", "-b", "--config", "-c"}, "GUNICORN_CMD_ARGS", `"--bind", "0.0.0.0:8000"`},
	"hypercorn":        {[]string{"--bind", "-b", "--config", "-c", "--insecure-bind", "--quic-bind"}, "", `"--bind", "0.0.0.0:8000"`},
	"daphne":           {[]string{"--bind", "-b", "--unix-socket", "-u", "--fd", "--endpoint", "-e"}, "", `"-b", "0.0.0.0"`},
	"granian":          {[]string{"--host", "--uds"}, "GRANIAN_HOST", `"--host", "0.0.0.0"`},
	"flask run":        {[]string{"--host", "-h"}, "FLASK_RUN_HOST", `"--host", "0.0.0.0"`},
	"quart run":        {[]string{"--host", "-h"}, "", `"--host", "0.0.0.0"`},
	"fastapi dev":      {[]string{"--host"}, "", `"--host", "0.0.0.0"`},
	"jupyter lab":      {[]string{"--ip", "--ServerApp.ip", "--NotebookApp.ip"}, "", `"--ip", "0.0.0.0"`},
	"jupyter notebook": {[]string{"--ip", "--ServerApp.ip", "--NotebookApp.ip"}, "", `"--ip", "0.0.0.0"`},
	"mkdocs serve":     {[]string{"--dev-addr", "-a"}, "", `"--dev-addr", "0.0.0.0:8000"`},
}

// silentServer returns the server that a command starts, where nothing gives its address.
func silentServer(t plan.Target, args []string) (name string, s server, silent bool) {
	name = program(args)
	s, known := servers[name]
	if !known {
		for _, a := range args {
			if s, known = servers[name+" "+a]; known {
				name += " " + a
				break
			}
		}
	}
	set := func(option string) bool {
		return slices.ContainsFunc(args, func(a string) bool {
			short := len(option) == 2 && strings.HasPrefix(a, option) // -b0.0.0.0:80
			return short || a == option || strings.HasPrefix(a, option+"=")
		})
	}
	return name, s, known && !slices.ContainsFunc(s.options, set) && (s.env == "" || !hasEnv(t, s.env))
}

// runsDjango reports whether a command is `manage.py runserver` without an address.
func runsDjango(args []string) bool {
	i := slices.Index(args, "runserver")
	if i < 1 || path.Base(args[i-1]) != "manage.py" && args[i-1] != "django-admin" && args[i-1] != "django" {
		return false
	}
	for _, a := range args[i+1:] {
		if strings.HasPrefix(a, "-") {
			continue
		}
		host, _, two := strings.Cut(a, ":")
		return !two || isLoopback(host)
	}
	return true
}

var loopbackHost = Rule{
	Name:        "LoopbackHost",
	Description: "a server that listens on 127.0.0.1 cannot be reached from outside the container",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		return aboutServers(p, func(t plan.Target, args []string) string {
			for i, a := range args {
				option, value, joined := strings.Cut(a, "=")
				if !joined && i+1 < len(args) {
					value = args[i+1]
				}
				if slices.Contains(listensOn, option) && isLoopback(value) {
					return option + " " + value + " can only be reached from inside the container: use 0.0.0.0"
				}
			}
			if name, s, silent := silentServer(t, args); silent {
				return name + " listens on 127.0.0.1 by default: add " + s.add
			}
			if runsDjango(args) {
				return "runserver listens on 127.0.0.1 by default: add \"0.0.0.0:8000\""
			}
			return ""
		})
	},
}

func isLoopback(address string) bool {
	for _, own := range []string{"127.0.0.1", "localhost", "[::1]", "::1"} {
		if address == own || strings.HasPrefix(address, own+":") {
			return true
		}
	}
	return false
}

func hasEnv(t plan.Target, name string) bool {
	return slices.ContainsFunc(t.Image.Env, func(e pyproject.Pair) bool { return e.Name == name })
}
