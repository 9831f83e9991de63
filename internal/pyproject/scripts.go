package pyproject

// ConsoleScripts are the scripts that call an entry point, in file order.
func (p *Project) ConsoleScripts() []Script {
	var all []Script
	for _, s := range p.Scripts {
		if !s.File {
			all = append(all, s)
		}
	}
	return all
}
