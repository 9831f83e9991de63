package plan

import (
	"fmt"
	"path"
	"sort"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// Workdir returns the project's folder in the image.
func (t Target) Workdir() string {
	if w := t.Image.Workdir.Value; w != "" {
		return path.Clean("/" + w)
	}
	return "/app"
}

// Env returns what the image adds to the base's environment, in order: the interpreter's
// settings first, the user's own last, so that they win.
func (p *Plan) Env(basePath string) ([]pyproject.Pair, error) {
	user, err := p.User()
	if err != nil {
		return nil, err
	}
	if basePath == "" {
		basePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	env := []pyproject.Pair{{Name: "HOME", Value: user.Home}, {Name: "PYTHONUNBUFFERED", Value: "1"}}
	if p.Target.Stage > BaseStage {
		env = append(env,
			pyproject.Pair{Name: "PATH", Value: Venv + "/bin:" + basePath},
			pyproject.Pair{Name: "VIRTUAL_ENV", Value: Venv})
	}
	return pyproject.MergePairs(env, p.Target.Image.Env), nil
}

// Command returns the command that the image runs: the configured one, else the project's
// only console script, else the interpreter.
func (p *Plan) Command() []string {
	if c := p.Target.Image.Command; c != nil {
		return c.Args
	}
	if p.Target.Stage == AppStage && p.Target.InstallRoot {
		if scripts := p.Project.ConsoleScripts(); len(scripts) == 1 {
			return []string{scripts[0].Name}
		}
	}
	if p.Target.Stage == BaseStage {
		return []string{p.Base.Interpreter}
	}
	return []string{"python"}
}

// Ports lists the exposed ports as "80/tcp", sorted.
func (t Target) Ports() []string {
	var all []string
	for _, p := range t.Image.Ports {
		all = append(all, fmt.Sprintf("%d/%s", p.Number, p.Protocol))
	}
	sort.Strings(all)
	return all
}
