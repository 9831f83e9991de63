// Command bump locks another release of a small dependency of a copy of examples/orders.
package main

import (
	"log"
	"os"

	"github.com/quatrain-build/quatrain/test/orders"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: bump FOLDER")
	}
	if err := orders.BumpDependency(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}
