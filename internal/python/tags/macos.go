package tags

import "fmt"

// MacOS lists the tags of a CPython on macOS 11 or newer; arch is "arm64" or "x86_64".
func MacOS(py Interpreter, arch string, major int) List {
	return newList(cpython(py, macPlatforms(arch, major)))
}

// macPlatforms follows packaging.tags.mac_platforms. Before macOS 11 the minor version
// counted. There was no arm64 then, but universal2 wheels claim to run there.
func macPlatforms(arch string, major int) []string {
	formats, old := []string{"arm64", "universal2"}, []string{"universal2"}
	if arch == "x86_64" {
		formats = []string{"x86_64", "intel", "fat64", "fat3", "universal2", "universal"}
		old = formats
	}
	var all []string
	if major > maxVersion {
		major = 10 // there is no such macOS: only what runs on all
	}
	for m := major; m > 10; m-- {
		for _, f := range formats {
			all = append(all, fmt.Sprintf("macosx_%d_0_%s", m, f))
		}
	}
	for minor := 16; minor > 3; minor-- {
		for _, f := range old {
			all = append(all, fmt.Sprintf("macosx_10_%d_%s", minor, f))
		}
	}
	return all
}
