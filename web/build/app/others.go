package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Tests bundles the unit tests and the browser journeys, each file by itself, for node. The folder has to be below web, so that node
// finds the packages that are not bundled.
func (b *Builder) Tests(out string) error {
	files, err := b.tests()
	if err != nil {
		return err
	}
	o := b.options()
	o.Platform, o.Engines, o.Target = api.PlatformNode, nil, api.ES2022
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = false, false, false
	o.Sourcemap = api.SourceMapInline
	o.Packages = api.PackagesExternal
	o.Define["DECODER_URL"] = `""`
	o.OutExtension = map[string]string{".js": ".mjs"}
	o.EntryPoints = files
	o.EntryNames = "[name]"
	// Preact must be one copy, also where a package that is not bundled asks for it.
	made := &Made{files: map[string][]byte{}}
	if _, err := b.bundle(o, made); err != nil {
		return err
	}
	return writeFolder(out, made.files)
}

func (b *Builder) tests() ([]string, error) {
	var all []string
	for _, folder := range []string{filepath.Join(b.web, "test"), filepath.Join(b.root, "e2e", "browser")} {
		for _, pattern := range []string{"*.test.ts", "*.test.tsx", "*.program.ts"} {
			found, err := filepath.Glob(filepath.Join(folder, pattern))
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("there are no tests")
	}
	return all, nil
}

// StyleGuide builds the page with every component in every state.
func (b *Builder) StyleGuide(out string) error {
	made, err := b.App()
	if err != nil {
		return err
	}
	o := b.options()
	o.EntryPointsAdvanced = []api.EntryPoint{{InputPath: "src/styleguide/main.tsx", OutputPath: "styleguide"}}
	o.EntryNames = "assets/[name]"
	o.Define["DECODER_URL"] = `""`
	if _, err := b.bundle(o, made); err != nil {
		return err
	}
	template, err := os.ReadFile(filepath.Join(b.web, "src", "page.html"))
	if err != nil {
		return err
	}
	role := Role{Name: "styleguide", Home: "/styleguide"}
	made.files["styleguide.html"] = page(template, role, &bundle{entry: "assets/styleguide.js"}, made.style(), Languages[0])
	return writeFolder(out, made.files)
}

// Stage builds what the demo puts around the app; it is embedded by the demo alone.
func (b *Builder) Stage(out string) error {
	files, err := b.stage()
	if err != nil {
		return err
	}
	return writeFolder(out, files)
}

// StageDrift lists what of a folder is not as the stage would be built now.
func (b *Builder) StageDrift(folder string) ([]string, error) {
	files, err := b.stage()
	if err != nil {
		return nil, err
	}
	return drift(folder, files)
}

func (b *Builder) stage() (map[string][]byte, error) {
	source := filepath.Join(b.root, "server", "demo", "stage", "src")
	entries, err := filepath.Glob(filepath.Join(source, "*.entry.ts*"))
	if err != nil || len(entries) == 0 {
		return nil, fmt.Errorf("no entries of the stage in %s: %w", filepath.Base(source), err)
	}
	o := b.options()
	o.EntryPoints = entries
	o.EntryNames = "[name]"
	o.Format = api.FormatIIFE
	o.NodePaths = []string{filepath.Join(b.web, "node_modules")}
	made := &Made{files: map[string][]byte{}}
	if _, err := b.bundle(o, made); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, content := range made.files {
		files[strings.Replace(name, ".entry.", ".", 1)] = content
	}
	return files, nil
}
