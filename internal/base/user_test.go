package base

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAccounts(t *testing.T) {
	f := Facts{
		Passwd: []byte("root:x:0:0:root:/root:/bin/bash\r\n\n# comment\n+::::::\nno numbers:x:a:b::/:\n:x:5:5::/:\n" +
			"huge:x:4294967295:0::/:\nnegative:x:-1:0::/:\nshort:x:1:1\nwww-data:x:33:33:a, b:/var/www:/usr/sbin/nologin"),
		Group: []byte("root:x:0:\nshort:x\nhuge:x:99999999999999999999:\nwww-data:x:33:a,b"),
	}
	if diff := cmp.Diff([]Account{{"root", 0, 0, "/root"}, {"www-data", 33, 33, "/var/www"}}, f.Accounts()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Group{{"root", 0}, {"www-data", 33}}, f.Groups()); diff != "" {
		t.Error(diff)
	}
}

func TestAddLines(t *testing.T) {
	before := "root:x:0:0:root:/root:/bin/bash"
	for _, file := range []string{before, before + "\n"} {
		if got, want := string(AddAccount([]byte(file), Account{"app", 10001, 0, "/home/app"})), before+"\napp:x:10001:0::/home/app:/bin/sh\n"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := string(AddGroup(nil, Group{"app", 10001})); got != "app:x:10001:\n" {
		t.Errorf("%q", got)
	}
}
