package test

import (
	"strings"
	"testing"
)

// whoami says who a container's process is, and whether it can write to its home.
const whoami = `
import grp, os, pathlib, pwd, sys
me = pwd.getpwuid(os.getuid())
home = pathlib.Path.home()
assert str(home) == os.environ["HOME"] == me.pw_dir, (home, os.environ["HOME"], me)
print(me.pw_name, os.getuid(), os.getgid(), grp.getgrgid(os.getgid()).gr_name, home, "writable" if os.access(home, os.W_OK) else "")
`

// A user of the base image is that user; another has a name, a group, and a home that it
// can write to.
func TestUser(t *testing.T) {
	for _, c := range []struct{ setting, want string }{
		{``, "app 10001 10001 app /home/app writable"},
		{`user = "www-data"`, "www-data 33 33 www-data /var/www"},
		{`user = "33"`, "www-data 33 33 www-data /var/www"},
		{`user = "1001"`, "app 1001 1001 app /home/app writable"},
		{`user = "1001:0"`, "app 1001 0 root /home/app writable"},
		{`user = "web:staff"`, "web 10001 50 staff /home/web writable"},
		{`user = "root"`, "root 0 0 root /root writable"},
	} {
		engine(t).checkUser(t, c.setting, c.want)
	}
	engine(t).checkUser(t, `user = "www-data"`, "www-data-1234 1234 1234 www-data-1234 /home/www-data-1234 writable", "--build-arg", "UID=1234")
}

// A project in the user's home leaves the home the user's, with MergeOp and without.
func TestProjectInHome(t *testing.T) {
	for _, b := range []builder{engine(t), classic(t)} {
		for _, workdir := range []string{"/home/app", "/home/app/src"} {
			b.checkUser(t, `workdir = "`+workdir+`"`, "app 10001 10001 app /home/app writable")
		}
	}
}

// checkUser builds a service with a setting and compares who its containers run as.
func (b builder) checkUser(t *testing.T, setting, want string, flags ...string) {
	t.Helper()
	p := service(t)
	p.toml = strings.Replace(p.toml, "[tool.quatrain]\n", "[tool.quatrain]\n"+setting+"\n", 1)
	p.write(t)
	tag := b.tag(t)
	b.must(t, p.dir, append(append([]string{"docker", "buildx", "build", "--load", "--tag", tag}, flags...), ".")...)
	if got := b.must(t, "", "docker", "run", "--rm", tag, "python", "-c", whoami); got != want {
		t.Errorf("%s %q on %s: %q, want %q", setting, flags, b.name, got, want)
	}
	fields := strings.Fields(want)
	if got := b.must(t, "", "docker", "run", "--rm", tag, "whoami"); got != fields[0] {
		t.Errorf("%s: whoami says %q", setting, got)
	}
	if got := b.must(t, "", "docker", "run", "--rm", tag, "id"); !strings.HasPrefix(got, "uid="+fields[1]+"("+fields[0]+") gid="+fields[2]+"("+fields[3]+")") {
		t.Errorf("%s: id says %q", setting, got)
	}
}
