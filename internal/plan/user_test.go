package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// What a Debian image with Node has, as far as users go.
const (
	somePasswd = "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n" +
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nnode:x:1000:1001::/home/node:/bin/bash\nJohn.Doe:x:1500:1500:::/bin/sh\n"
	someGroup = "root:x:0:\nstaff:x:50:\nwww-data:x:33:\nnode:x:1001:\nnogroup:x:65534:\n"
)

func TestUser(t *testing.T) {
	for _, c := range []struct{ asked, want, without string }{
		// asked, on an image with the above, on an image without /etc/passwd
		{"", "app 10001:10001 /home/app new app", "app 10001:10001 /home/app new app"},
		{"web", "web 10001:10001 /home/web new web", "web 10001:10001 /home/web new web"},
		{"root", "root 0:0 /root", "root 0:0 /root new root"},
		{"0", "root 0:0 /root", "root 0:0 /root new root"},
		{"0:0", "root 0:0 /root", "root 0:0 /root new root"},
		{"00", "root 0:0 /root", "root 0:0 /root new root"},
		{"root:staff", "root 0:50 /root", "root 0:10001 /root new staff"},
		{"root:root", "root 0:0 /root", "root 0:0 /root new root"},
		{"root:1000", "root 0:1000 /root root-1000", "root 0:1000 /root new root"},
		// users of the base
		{"www-data", "www-data 33:33 /var/www", "www-data 10001:10001 /home/www-data new www-data"},
		{"nobody", "nobody 65534:65534 /nonexistent", "nobody 10001:10001 /home/nobody new nobody"},
		{"node", "node 1000:1001 /home/node", "node 10001:10001 /home/node new node"},
		{"John.Doe", "John.Doe 1500:1500 /", `error: "John.Doe" is not in the base image`},
		{"33", "www-data 33:33 /var/www", "app 33:33 /home/app new app"},
		{"1000", "node 1000:1001 /home/node", "app 1000:1000 /home/app new app"},
		{"1000:1000", "node 1000:1000 /home/node node-1000", "app 1000:1000 /home/app new app"},
		{"node:staff", "node 1000:50 /home/node", "node 10001:10001 /home/node new staff"},
		{"node:0", "node 1000:0 /home/node", "node 10001:0 /home/node new root"},
		{"node:web", "node 1000:10001 /home/node web", "node 10001:10001 /home/node new web"},
		// numbers
		{"1001", "app 1001:1001 /home/app new", "app 1001:1001 /home/app new app"},
		{"1002", "app 1002:1002 /home/app new app", "app 1002:1002 /home/app new app"},
		{"1001:0", "app 1001:0 /home/app new", "app 1001:0 /home/app new root"},
		{"1002:1002", "app 1002:1002 /home/app new app", "app 1002:1002 /home/app new app"},
		{"1002:33", "app 1002:33 /home/app new", "app 1002:33 /home/app new app"},
		{"1002:web", "app 1002:1002 /home/app new web", "app 1002:1002 /home/app new web"},
		{"1001:web", "app 1001:10001 /home/app new web", "app 1001:1001 /home/app new web"},
		{"2147483647", "app 2147483647:2147483647 /home/app new app", "app 2147483647:2147483647 /home/app new app"},
		// names
		{"app:app", "app 10001:10001 /home/app new app", "app 10001:10001 /home/app new app"},
		{"web:www-data", "web 10001:33 /home/web new", "web 10001:10001 /home/web new www-data"},
		{"web:2000", "web 10001:2000 /home/web new web", "web 10001:2000 /home/web new web"},
		// a new user of a group's name is not in that group
		{"staff", "staff 10001:10001 /home/staff new staff-10001", "staff 10001:10001 /home/staff new staff"},
		{"web:New.Group", `error: "New.Group" is not in the base image`, `error: "New.Group" is not in the base image`},
	} {
		if got := describeUser(userOf(base.Facts{Passwd: []byte(somePasswd), Group: []byte(someGroup)}, c.asked, IDs{})); got != c.want {
			t.Errorf("%q: %s, want %s", c.asked, got, c.want)
		}
		if got := describeUser(userOf(base.Facts{}, c.asked, IDs{})); got != c.without {
			t.Errorf("%q without passwd: %s, want %s", c.asked, got, c.without)
		}
	}
}

// What the request's numbers make of a user.
func TestRunAs(t *testing.T) {
	facts := base.Facts{Passwd: []byte(somePasswd), Group: []byte(someGroup)}
	for _, c := range []struct{ asked, uid, gid, want string }{
		{"", "1234", "", "app 1234:1234 /home/app new app"},
		{"", "1000", "1000", "node 1000:1000 /home/node node-1000"},
		{"web", "1234", "0", "web 1234:0 /home/web new"},
		{"1001", "1234", "", "app 1234:1234 /home/app new app"},
		{"www-data", "1234", "", "www-data-1234 1234:1234 /home/www-data-1234 new www-data-1234"},
		{"root", "1234", "", "root 0:0 /root"},
		{"0:0", "1234", "", "root 0:0 /root"},
	} {
		ids, err := ParseIDs(c.uid, c.gid)
		if err != nil {
			t.Fatal(err)
		}
		if got := describeUser(userOf(facts, c.asked, ids)); got != c.want {
			t.Errorf("%q with %s:%s: %s, want %s", c.asked, c.uid, c.gid, got, c.want)
		}
	}
	for _, bad := range [][2]string{{"0", ""}, {"0", "1"}, {"", "1"}, {"a", ""}, {"1", "b"}, {"-1", "1"}, {"+1", "1"}, {"2147483648", "1"}, {"1 ", "1"}} {
		if got, err := ParseIDs(bad[0], bad[1]); err == nil {
			t.Errorf("%q must be an error, not %+v", bad, got)
		}
	}
}

// Names and numbers that a base image has taken.
func TestTakenUsers(t *testing.T) {
	for _, c := range []struct{ passwd, group, asked, want string }{
		{"svc:x:10001:10002::/:\n", "g:x:10003:\n", "", "app 10004:10004 /home/app new app"},
		{"app:x:500:501::/srv/app:\n", "app:x:501:\n", "", "app 500:501 /srv/app"},
		{"app:x:500:501::/srv/app:\n", "app:x:501:\n", "1001", "app-1001 1001:1001 /home/app-1001 new app-1001"},
		{"app:x:1:1::/:\napp-1001:x:2:2::/:\n", "", "1001", "app-1001- 1001:1001 /home/app-1001- new app-1001-"},
		{"first:x:1001:1::/a:\nsecond:x:1001:2::/b:\n", "", "1001", "first 1001:1 /a"},
		{"first:x:1001:1::/a:\nsecond:x:1001:2::/b:\n", "", "second", "second 1001:2 /b"},
		{"toor:x:0:0::/root:\n", "", "toor", `error: user "toor" is root in the base image`},
		{"app:x:0:0::/root:\n", "", "", `error: user "app" is root in the base image`},
		{"root:x:500:500::/root:\n", "", "root", "root-0 0:0 /root new root"},
		{"web:x:5:5::home:\n", "", "web", "web 5:5 /"},
		{"web:x:5:5::/a\u2028b:\n", "", "web", "web 5:5 /"},
	} {
		got := describeUser(userOf(base.Facts{Passwd: []byte(c.passwd), Group: []byte(c.group)}, c.asked, IDs{}))
		if got != c.want {
			t.Errorf("%q of %q: %s, want %s", c.asked, c.passwd, got, c.want)
		}
	}
}

func userOf(facts base.Facts, asked string, ids IDs) (User, error) {
	p := Plan{Target: Target{Image: pyproject.Image{User: source.Text{Value: asked}}, RunAs: ids}, Base: facts}
	return p.User()
}

func describeUser(u User, err error) string {
	if err != nil {
		message, _, _ := strings.Cut(err.Error(), ",")
		message, _, _ = strings.Cut(message, "\n")
		return "error: " + message
	}
	s := fmt.Sprintf("%s %s %s", u.Name, u, u.Home)
	if u.New {
		s += " new"
	}
	if u.NewGroup != "" {
		s += " " + u.NewGroup
	}
	return s
}

func TestCopiesIntoHome(t *testing.T) {
	for _, c := range []struct {
		home, workdir string
		want          bool
	}{
		{"/home/app", "/app", false}, {"/home/app", "/home/app", true}, {"/home/app", "/home/app/src", true},
		{"/home/app", "/home/app2", false}, {"/home/app", "/home", true}, {"/var/www", "/var/www/html", false}, {"/", "/app", false},
	} {
		p := Plan{Target: Target{Image: pyproject.Image{Workdir: source.Text{Value: c.workdir}}}}
		if got := p.CopiesIntoHome(User{Home: c.home}); got != c.want {
			t.Errorf("home %s, workdir %s: %v", c.home, c.workdir, got)
		}
	}
	if diff := cmp.Diff("/root", homeOf("root", 0)); diff != "" {
		t.Error(diff)
	}
}
