package step

// steps maps each command to the function that reads its document.
var steps = map[string]func(document string) (Step, error){
	"apt":          read[Apt],
	"build":        read[Build],
	"compile":      read[Compile],
	"facts":        read[Facts],
	"fetch":        read[Fetch],
	"forget":       read[Forget],
	"install":      read[Install],
	"locate":       read[Locate],
	"modes":        read[Modes],
	"overlaps":     read[Overlaps],
	"prepare":      read[Prepare],
	"requirements": read[Requirements],
	"sequence":     read[Sequence],
	"settle":       read[Settle],
	"test":         read[Test],
	"venv":         read[Venv],
}

// Args returns the command and its document, without the binary's name.
func (s Apt) Args() []string          { return args("apt", s) }
func (s Build) Args() []string        { return args("build", s) }
func (s Compile) Args() []string      { return args("compile", s) }
func (s Facts) Args() []string        { return args("facts", s) }
func (s Fetch) Args() []string        { return args("fetch", s) }
func (s Forget) Args() []string       { return args("forget", s) }
func (s Install) Args() []string      { return args("install", s) }
func (s Locate) Args() []string       { return args("locate", s) }
func (s Modes) Args() []string        { return args("modes", s) }
func (s Overlaps) Args() []string     { return args("overlaps", s) }
func (s Prepare) Args() []string      { return args("prepare", s) }
func (s Requirements) Args() []string { return args("requirements", s) }
func (s Sequence) Args() []string     { return args("sequence", s) }
func (s Settle) Args() []string       { return args("settle", s) }
func (s Test) Args() []string         { return args("test", s) }
func (s Venv) Args() []string         { return args("venv", s) }
