package pep508

import "strings"

// Environment is what a marker is evaluated in. A variable that is not in Values
// makes its comparison true; so does `extra` where Extras is nil.
type Environment struct {
	Values map[string]string
	Extras map[string]bool // canonical names
}

// LinuxEnvironment returns the environment of CPython on Linux. machine is
// platform.machine(). The host kernel's release and version cannot be known and are left out.
func LinuxEnvironment(python, machine string) Environment {
	return NewEnvironment(python, "linux", machine)
}

// NewEnvironment returns the environment of CPython on a platform named as in sys.platform:
// linux, darwin or win32.
func NewEnvironment(python, sysPlatform, machine string) Environment {
	system := map[string]string{"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[sysPlatform]
	osName := "posix"
	if sysPlatform == "win32" {
		osName = "nt"
	}
	parts := strings.SplitN(python, ".", 3)
	return Environment{Values: map[string]string{
		"implementation_name":            "cpython",
		"implementation_version":         python,
		"os_name":                        osName,
		"platform_machine":               machine,
		"platform_python_implementation": "CPython",
		"platform_system":                system,
		"python_full_version":            python,
		"python_version":                 strings.Join(parts[:min(2, len(parts))], "."),
		"sys_platform":                   sysPlatform,
	}}
}

// WithExtras returns e with the asked extras known.
func (e Environment) WithExtras(extras []string) Environment {
	e.Extras = map[string]bool{}
	for _, x := range extras {
		e.Extras[CanonicalName(x)] = true
	}
	return e
}
