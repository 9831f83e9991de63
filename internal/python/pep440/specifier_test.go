package pep440

import "testing"

func TestSpecifier(t *testing.T) {
	for text, want := range map[string]string{
		"*": "", "^1.2": ">=1.2,<2.0", "~=1.4.2": ">=1.4.2,<1.5.0", "1.2": "==1.2", "==1.2.*": ">=1.2,<1.3",
		"<70": "<70", ">1,<=2": ">1,<=2", "!=1.5": "!=1.5", "<1 || >2": "!", ">=1,!=1.5": "!",
	} {
		c, err := ParseConstraint(text)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := c.Specifier()
		if !ok {
			got = "!"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
