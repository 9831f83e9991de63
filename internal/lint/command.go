package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// aboutCommands looks at the command of each target that has the project.
func aboutCommands(p *pyproject.Project, look func(plan.Target, []string) string) []finding {
	var all []finding
	for _, t := range appTargets(p) {
		c := t.Image.Command
		if c == nil || len(c.Args) == 0 {
			continue
		}
		if message := look(t, c.Args); message != "" {
			all = append(all, finding{c.At, message})
		}
	}
	return once(all)
}

var commandNotInstalled = Rule{
	Name:        "CommandNotInstalled",
	Description: "the command should be a script of the project or of a package that its target installs",
	find: func(p *pyproject.Project, l *lockfile.Lock) []finding {
		return aboutCommands(p, func(t plan.Target, args []string) string {
			name := program(args)
			if name == "" || isScript(p, name) {
				return ""
			}
			for _, pkg := range l.Packages {
				if pkg.Name == pep508.CanonicalName(name) {
					return missing(p, l, t, pkg)
				}
			}
			if near := source.Nearest(name, scriptNames(p)); near != "" {
				return "the project has no script " + name + ", but " + near
			}
			return ""
		})
	},
}

// program is what a command runs: "uvicorn", also for python -m uvicorn.
func program(args []string) string {
	if len(args) > 2 && strings.HasPrefix(args[0], "python") && args[1] == "-m" {
		module, _, _ := strings.Cut(args[2], ".")
		return module
	}
	if strings.Contains(args[0], "/") {
		return ""
	}
	return args[0]
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
	return "target " + t.Name + " does not install " + pkg.Name + ", which its command runs: only the group " + strings.Join(pkg.Groups, ", ") + " has it"
}

// shellSyntaxOf are words and beginnings that only a shell understands.
var shellSyntaxOf = regexp.MustCompile(`^(&&|\|\|?|;|>>?|<|&|2>&1)$|\$\{?[A-Za-z_]`)

var shellSyntax = Rule{
	Name:        "ShellSyntax",
	Description: "no shell runs a command: variables and operators reach the program as they are written",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		return aboutCommands(p, func(_ plan.Target, args []string) string {
			if slices.Contains(args, "-c") { // code, of a shell or another interpreter
				return ""
			}
			for _, a := range args {
				if shellSyntaxOf.MatchString(a) {
					return "no shell reads " + a + ": write [\"sh\", \"-c\", \"…\"], or put it into a script of the project"
				}
			}
			return ""
		})
	},
}

// listensOn are the options of servers that name an address.
var listensOn = []string{"--host", "--bind", "-b", "--address"}

var loopbackHost = Rule{
	Name:        "LoopbackHost",
	Description: "a server that listens on 127.0.0.1 is reached by nobody outside of its container",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		return aboutCommands(p, func(t plan.Target, args []string) string {
			for i, a := range args {
				option, value, joined := strings.Cut(a, "=")
				if !joined && i+1 < len(args) {
					value = args[i+1]
				}
				if slices.Contains(listensOn, option) && isLoopback(value) {
					return option + " " + value + " is reached from inside of the container only: use 0.0.0.0"
				}
			}
			if program(args) == "uvicorn" && !hasOption(args, "--host", "--uds", "--fd") && !hasEnv(t, "UVICORN_HOST") {
				return "uvicorn listens on 127.0.0.1 where it is not told otherwise: add \"--host\", \"0.0.0.0\""
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

func hasOption(args []string, options ...string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		option, _, _ := strings.Cut(a, "=")
		return slices.Contains(options, option)
	})
}

func hasEnv(t plan.Target, name string) bool {
	return slices.ContainsFunc(t.Image.Env, func(e pyproject.Pair) bool { return e.Name == name })
}
