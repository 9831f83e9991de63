package base

import (
	"bytes"
	"fmt"
)

// AddUser appends a user and a group of the same name to the two files, unless
// they have one of that name.
func AddUser(passwd, group []byte, name string, uid, gid int) (newPasswd, newGroup []byte) {
	newPasswd = addLine(passwd, name, fmt.Sprintf("%s:x:%d:%d::/home/%s:/bin/sh\n", name, uid, gid, name))
	newGroup = addLine(group, name, fmt.Sprintf("%s:x:%d:\n", name, gid))
	return newPasswd, newGroup
}

func addLine(file []byte, name, line string) []byte {
	file = bytes.Clone(file)
	if bytes.HasPrefix(file, []byte(name+":")) || bytes.Contains(file, []byte("\n"+name+":")) {
		return file
	}
	if len(file) > 0 && file[len(file)-1] != '\n' {
		file = append(file, '\n')
	}
	return append(file, line...)
}
