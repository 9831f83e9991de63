package wheel

import (
	"fmt"
	"regexp"
	"strings"
)

// launcher returns the text of a console script, byte for byte as pypa/installer writes it.
func launcher(interpreter string, e entryPoint) []byte {
	first, _, _ := strings.Cut(e.Attr, ".")
	return fmt.Appendf(nil, `%s
# -*- coding: utf-8 -*-
import re
import sys
from %s import %s
if __name__ == "__main__":
    sys.argv[0] = re.sub(r"(-script\.pyw|\.exe)?$", "", sys.argv[0])
    sys.exit(%s())
`, shebang(interpreter), e.Module, first, e.Attr)
}

// shebang returns the first line of a launcher. Linux cuts the line at 127 bytes and at
// spaces, so a longer path gets a text that is both a shell script and a Python string.
func shebang(interpreter string) string {
	if len(interpreter)+len("#!\n") <= 127 && !strings.Contains(interpreter, " ") {
		return "#!" + interpreter
	}
	return "#!/bin/sh\n'''exec' " + shellQuote(interpreter) + ` "$0" "$@"` + "\n' '''"
}

var shellUnsafe = regexp.MustCompile(`[^\w@%+=:,./-]`)

// shellQuote quotes s as Python's shlex.quote does.
func shellQuote(s string) string {
	if s != "" && !shellUnsafe.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}
