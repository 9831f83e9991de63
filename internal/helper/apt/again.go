package apt

import (
	"fmt"
	"os"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
)

const hintDownload = "Check that the builder can reach the address, then try again. Proxies are set with --build-arg HTTP_PROXY=… and HTTPS_PROXY=…, mirrors in the base image."

// tries is how often a download is begun. apt-get's own retries do not help against a
// connection that hung: its process takes that host for dead until it ends.
const tries = 3

// again runs what downloads until it has done so.
func (i installer) again(download func() error) error {
	for try := 1; ; try++ {
		err := download()
		if try == tries || step.KindOf(err) != step.Unreachable {
			return err
		}
		fmt.Fprintf(os.Stderr, "apt-get could not download; starting again, try %d of %d\n", try+1, tries)
		time.Sleep(i.pause) // only another try tells whether the mirror is back
	}
}
