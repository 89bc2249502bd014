// Command build makes the web app out of web/src: bundled, hashed, compressed, the same bytes every time.
//
//	go run ./web/build                 write web/dist
//	go run ./web/build -tests DIR      bundle the unit tests and the browser journeys for node
//	go run ./web/build -styleguide DIR build the page with every component in every state
//	go run ./web/build -stage DIR      build the demo's stage
//	go run ./web/build -sizes          print what each role loads first
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"kaikukortti/web/build/app"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run() error {
	root := flag.String("root", ".", "the root of the repository")
	out := flag.String("out", "", "where to write the app; web/dist if not given")
	tests := flag.String("tests", "", "bundle the tests into this folder instead")
	guide := flag.String("styleguide", "", "build the style guide into this folder instead")
	stage := flag.String("stage", "", "build the demo's stage into this folder instead")
	sizes := flag.Bool("sizes", false, "print what each role loads first, and write nothing")
	flag.Parse()

	b, err := app.New(*root)
	if err != nil {
		return err
	}
	switch {
	case *tests != "":
		return b.Tests(*tests)
	case *guide != "":
		return b.StyleGuide(*guide)
	case *stage != "":
		return b.Stage(*stage)
	case *sizes:
		made, err := b.App()
		if err != nil {
			return err
		}
		fmt.Print(made.Sizes())
		return nil
	}
	if *out == "" {
		*out = filepath.Join(*root, "web", "dist")
	}
	made, err := b.App()
	if err != nil {
		return err
	}
	return made.Write(*out)
}
