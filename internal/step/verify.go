package step

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Verify holds a file of the build context, which nobody has verified yet, against
// the sha256 of the lock, in hex. Errors: *Problem where it is another file.
func Verify(name, pkg, want string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return &Problem{
			Kind: HashMismatch, Package: pkg, File: filepath.Base(name),
			Message: fmt.Sprintf("the file has the hash sha256:%s, the lock says sha256:%s", got, want),
			Hint:    "It is not the file that was locked: run `poetry lock` if it was meant to change.",
		}
	}
	return nil
}
