package base

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Account is a line of passwd(5).
type Account struct {
	Name     string
	UID, GID int
	Home     string
}

// Group is a line of group(5).
type Group struct {
	Name string
	GID  int
}

// Accounts returns the users of the image, without lines that are none.
func (f Facts) Accounts() []Account {
	var all []Account
	for line := range strings.Lines(string(f.Passwd)) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) < 6 {
			continue
		}
		uid, okUID := ParseID(fields[2])
		gid, okGID := ParseID(fields[3])
		if okUID && okGID && fields[0] != "" {
			all = append(all, Account{Name: fields[0], UID: uid, GID: gid, Home: fields[5]})
		}
	}
	return all
}

// Groups returns the groups of the image, without lines that are none.
func (f Facts) Groups() []Group {
	var all []Group
	for line := range strings.Lines(string(f.Group)) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) < 3 {
			continue
		}
		if gid, ok := ParseID(fields[2]); ok && fields[0] != "" {
			all = append(all, Group{Name: fields[0], GID: gid})
		}
	}
	return all
}

// ParseID reads the number of a user or group. Engines accept no more than 31 bits.
func ParseID(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil
}

// AddAccount appends a line to passwd.
func AddAccount(passwd []byte, a Account) []byte {
	return addLine(passwd, fmt.Sprintf("%s:x:%d:%d::%s:/bin/sh\n", a.Name, a.UID, a.GID, a.Home))
}

// AddGroup appends a line to group.
func AddGroup(group []byte, g Group) []byte {
	return addLine(group, fmt.Sprintf("%s:x:%d:\n", g.Name, g.GID))
}

func addLine(file []byte, line string) []byte {
	file = bytes.Clone(file)
	if len(file) > 0 && file[len(file)-1] != '\n' {
		file = append(file, '\n')
	}
	return append(file, line...)
}
