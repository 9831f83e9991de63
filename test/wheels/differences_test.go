package wheels

import "strings"

// named is a difference from Poetry that is meant.
type named struct {
	name, why string
	is        func(d difference) bool
}

// differences are all that there may be between the two trees of one wheel.
var differences = []named{{
	"installer", "INSTALLER names the tool that installed (PEP 376), and so does its line in RECORD",
	func(d difference) bool {
		return strings.HasSuffix(d.path, ".dist-info/INSTALLER") && d.poetry != "" && d.quatrain != "" ||
			strings.Contains(d.poetry+d.quatrain, ".dist-info/INSTALLER,sha256=")
	},
}, {
	"direct_url.json", "its line in RECORD has hash and size and is sorted in; Poetry puts a line without them at the end, which ends in CR LF. Its text is the same JSON value",
	func(d difference) bool {
		return strings.Contains(d.poetry+d.quatrain, ".dist-info/direct_url.json,") || strings.HasSuffix(d.path, ".dist-info/direct_url.json") && d.poetry != "" && d.quatrain != ""
	},
}, {
	"one line", "RECORD has one line for a file, with its clean path and its last hash; Poetry's has the lines of what was overwritten too, and paths such as ./x",
	func(d difference) bool { return d.listed },
}, {
	"lib64", "the environment is the standard venv's, where lib64 is a link to lib; virtualenv has none, and the folder then is of the wheel's making",
	func(d difference) bool {
		return d.path == "lib64" || strings.HasPrefix(d.path, "lib64/") && d.quatrain == "" || d.path == "lib/of-lib64"
	},
}}

// nameOf says which difference d is, "" if it is not meant.
func nameOf(d difference) string {
	for _, n := range differences {
		if n.is(d) {
			return n.name
		}
	}
	return ""
}

// refusals are why Quatrain refuses a wheel that Poetry installs. No wheel of
// list.txt is among them.
var refusals = map[string]string{
	"types":                "links and devices: Poetry writes a link's target as a file's text",
	"two contents":         "two entries for one file with different contents: which one counts depends on the reader",
	"spelling":             "names with .., \\, control characters or line separators mean different files to different readers",
	"environment":          "the file belongs to the environment; Poetry writes through bin/python into the base's interpreter",
	"launcher in a folder": "an entry point is a command's name: printable, no path, no option",
	"another package":      "what is in the .dist-info folder of another package would speak for that package",
	"damaged":              "a cut archive, or one whose parts contradict each other: zipfile passes over some of it",
	"configparser":         "% and [DEFAULT] in entry_points.txt: accidents of Python's configparser, which Poetry applies",
}

// anyReason stands for whatever refusal fits.
const anyReason = "any"

// reasonOf is the name of the refusal that an error is about, "" if it is not among them.
func reasonOf(err error) string {
	for text, name := range map[string]string{
		"symbolic link": "types", "neither file nor folder": "types", "two entries for": "two contents",
		"leaves its folder": "spelling", "backslash": "spelling", "control character": "spelling", "names no file": "spelling", "line separator": "spelling",
		"belongs to the environment": "environment", "is not a file name": "launcher in a folder", "belongs to another package": "another package",
	} {
		if strings.Contains(err.Error(), text) {
			return name
		}
	}
	return ""
}
