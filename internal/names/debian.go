package names

import "regexp"

// A name as Debian policy 5.6.1 has it, with an architecture and a version. A "+" or
// "-" at the end would be an order to apt-get: install, or remove.
var debian = regexp.MustCompile(`^([a-z0-9][a-z0-9+.-]+)(:[a-z0-9-]*[a-z0-9])?(=[A-Za-z0-9.+:~-]*[A-Za-z0-9.~])?$`)

// DebianPackage returns the name of the package in what apt-get install is given: "g++"
// for "g++:arm64=4:12.2.0-3". ok is false if that is anything else than a package.
func DebianPackage(argument string) (name string, ok bool) {
	m := debian.FindStringSubmatch(argument)
	if m == nil || m[1][len(m[1])-1] == '-' {
		return "", false
	}
	return m[1], true
}
