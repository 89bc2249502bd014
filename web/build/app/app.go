// Package app bundles web/src with esbuild. It never reads a clock and never names a path of the machine that it runs on, so that
// two builds are the same bytes.
package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Roles are the pages of the app, each with the paths that it answers: its own, and all below those that end in a slash.
var Roles = []Role{
	{Name: "holder", Home: "/", Prefixes: []string{"/activate", "/my/"}},
	{Name: "scan", Home: "/scan", Prefixes: []string{"/scan/"}, Called: called{"fi": "ovi", "sv": "ingång", "en": "door"}},
	{Name: "desk", Home: "/desk", Prefixes: []string{"/desk/"}, Called: called{"fi": "työ", "sv": "arbete", "en": "work"}},
	{
		Name: "office", Home: "/office", Prefixes: []string{"/office/", "/invitation"},
		Called: called{"fi": "toimisto", "sv": "kontor", "en": "office"},
	},
}

// Languages are those that a page is made in; the first is for whoever asks for no other. Easy Finnish begins as Finnish.
var Languages = []string{"fi", "sv", "en"}

// A Role is one page, in each language.
type Role struct {
	Name     string
	Home     string
	Prefixes []string
	Called   called // beside the brand, where its app is put on a home screen; holders see the brand alone
}

// called is a word by language.
type called map[string]string

// pageIn is the file of the page in a language.
func (r Role) pageIn(language string) string {
	if language == Languages[0] {
		return r.Name + ".html"
	}
	return r.Name + "." + language + ".html"
}

// manifestIn is the file that says what the app is called in a language.
func (r Role) manifestIn(language string) string {
	if language == Languages[0] || r.Called == nil {
		return r.Name + ".webmanifest"
	}
	return r.Name + "." + language + ".webmanifest"
}

const brand = "Kaikukortti"

// names are what an app is called in a language: where there is room, and below an icon.
func (r Role) names(language string) (name, short string) {
	if r.Called == nil {
		return brand, brand
	}
	return brand + " – " + r.Called[language], "Kaiku " + r.Called[language]
}

// A Builder bundles one checkout.
type Builder struct {
	root string // of the repository
	web  string
}

// New looks whether the packages are there.
func New(root string) (*Builder, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	b := &Builder{root: root, web: filepath.Join(root, "web")}
	if _, err := os.Stat(filepath.Join(b.web, "node_modules", "preact")); err != nil {
		return nil, ErrNoPackages
	}
	return b, nil
}

// ErrNoPackages says that the npm packages have not been installed.
var ErrNoPackages = errors.New("web/node_modules is not there: run npm ci in web (Node 20)")

// Made is a built app: what stands in dist, by path.
type Made struct {
	files map[string][]byte
	roles map[string]*bundle
}

// A bundle is what one page loads.
type bundle struct {
	entry  string
	first  []string // chunks that the entry imports, itself not among them
	later  []string // chunks and files that it may load
	worker []string
	words  map[string][]string // of those that come later: each language's
}

// options are the same for everything that runs in a browser.
func (b *Builder) options() api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     b.web,
		Bundle:            true,
		Write:             false,
		Metafile:          true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		Format:            api.FormatESModule,
		Platform:          api.PlatformBrowser,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "90"}, {Name: api.EngineSafari, Version: "15"}, {Name: api.EngineFirefox, Version: "90"},
		},
		Loader:     map[string]api.Loader{".wasm": api.LoaderFile, ".svg": api.LoaderText},
		Define:     map[string]string{"process.env.NODE_ENV": `"production"`},
		PublicPath: "/",
		Outdir:     "dist",
		AssetNames: "assets/[name]-[hash]",
		LogLevel:   api.LogLevelSilent,
	}
}

// App builds everything that is embedded.
func (b *Builder) App() (*Made, error) {
	m := &Made{files: map[string][]byte{}, roles: map[string]*bundle{}}
	worker, err := b.worker(m)
	if err != nil {
		return nil, err
	}
	if err := b.pages(m, worker); err != nil {
		return nil, err
	}
	if err := b.static(m); err != nil {
		return nil, err
	}
	return m, b.serviceWorker(m)
}

// worker builds the decoder apart, because its address must be known when the scan page is built.
func (b *Builder) worker(m *Made) (string, error) {
	o := b.options()
	o.EntryPointsAdvanced = []api.EntryPoint{{InputPath: "src/scan/decoder.worker.ts", OutputPath: "decoder"}}
	o.EntryNames = "assets/[name]-[hash]"
	meta, err := b.bundle(o, m)
	if err != nil {
		return "", err
	}
	for name, out := range meta.Outputs {
		if out.EntryPoint != "" {
			return strings.TrimPrefix(name, "dist"), nil
		}
	}
	return "", errors.New("the decoder was not built")
}

// pages builds each role by itself, for nobody wants to fetch many small chunks that roles share, and the one stylesheet.
func (b *Builder) pages(m *Made, worker string) error {
	style, err := b.style(m)
	if err != nil {
		return err
	}
	template, err := os.ReadFile(filepath.Join(b.web, "src", "page.html"))
	if err != nil {
		return err
	}
	manifest, err := os.ReadFile(filepath.Join(b.web, "src", "app.webmanifest"))
	if err != nil {
		return err
	}
	for _, r := range Roles {
		made, err := b.role(m, r, worker)
		if err != nil {
			return err
		}
		m.roles[r.Name] = made
		for _, language := range Languages {
			m.files[r.pageIn(language)] = page(template, r, made, style, language)
		}
		for _, language := range slices.Backward(Languages) { // the first is what one manifest for all languages says
			m.files[r.manifestIn(language)] = filled(manifest, r, language)
		}
	}
	return nil
}

// style builds the one stylesheet.
func (b *Builder) style(m *Made) (string, error) {
	o := b.options()
	o.EntryNames = "assets/[name]-[hash]"
	o.EntryPointsAdvanced = []api.EntryPoint{{InputPath: "src/style.css", OutputPath: "style"}}
	meta, err := b.bundle(o, m)
	if err != nil {
		return "", err
	}
	return meta.entry("src/style.css"), nil
}

// role builds what one page loads.
func (b *Builder) role(m *Made, r Role, worker string) (*bundle, error) {
	o := b.options()
	o.Splitting = true
	o.EntryNames, o.ChunkNames = "assets/[name]-[hash]", "assets/[name]-[hash]"
	o.Define["DECODER_URL"] = quoted(worker)
	source := "src/" + r.Name + "/main.tsx"
	o.EntryPointsAdvanced = []api.EntryPoint{{InputPath: source, OutputPath: r.Name}}
	meta, err := b.bundle(o, m)
	if err != nil {
		return nil, err
	}
	made := &bundle{entry: meta.entry(source), words: map[string][]string{}}
	if made.entry == "" {
		return nil, fmt.Errorf("%s has no entry", r.Name)
	}
	made.first, made.later = meta.loads(made.entry)
	if slices.Contains(meta.sources(made.entry), "src/scan/decoder.ts") || r.Name == "scan" {
		made.worker = m.of("assets/decoder-", "assets/zxing_reader-")
	}
	for _, language := range Languages {
		for _, folder := range []string{"src/shared/words/", "src/" + r.Name + "/words/"} {
			chunk := meta.entry(folder + language + ".ts")
			if chunk == "" {
				return nil, fmt.Errorf("%s has no words of its own in %s", r.Name, language)
			}
			first, _ := meta.loads(chunk)
			made.words[language] = append(append(made.words[language], chunk), first...)
		}
	}
	return made, nil
}

// page fills the one template. The words of its language come with the scripts, instead of after them.
func page(template []byte, r Role, b *bundle, style, language string) []byte {
	var preload strings.Builder
	for _, chunk := range slices.Concat(b.first, b.words[language]) {
		fmt.Fprintf(&preload, "<link rel=\"modulepreload\" href=\"/%s\">\n", chunk)
	}
	return []byte(strings.NewReplacer(
		`lang="fi" data`, `lang="`+language+`" data`, "{{style}}", "/"+style, "{{entry}}", "/"+b.entry, "{{preload}}\n", preload.String(),
	).Replace(string(filled(template, r, language))))
}

// filled is a template with what a role is and is called.
func filled(template []byte, r Role, language string) []byte {
	name, short := r.names(language)
	return []byte(strings.NewReplacer(
		"{{role}}", r.Name, "{{home}}", r.Home, "{{manifest}}", r.manifestIn(language), "{{name}}", name, "{{short}}", short,
		"{{language}}", language,
	).Replace(string(template)))
}

// static copies what is served as it is.
func (b *Builder) static(m *Made) error {
	folder := filepath.Join(b.web, "src", "static")
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		m.files[e.Name()] = content
	}
	return nil
}

// serviceWorker is built last: it knows the name of everything else.
func (b *Builder) serviceWorker(m *Made) error {
	keep, pages := map[string][]string{}, [][2]string{}
	for _, r := range Roles {
		files := []string{r.Name + ".html"}
		for _, language := range Languages {
			files = append(files, r.manifestIn(language))
		}
		files = append(slices.Compact(files), m.style(), m.roles[r.Name].entry)
		files = append(files, m.roles[r.Name].first...)
		files = append(files, m.roles[r.Name].later...)
		files = append(files, m.roles[r.Name].worker...)
		for _, f := range files {
			keep[r.Name] = append(keep[r.Name], "/"+f)
		}
		pages = append(pages, [2]string{r.Home, "/" + r.Name + ".html"})
		for _, p := range r.Prefixes {
			pages = append(pages, [2]string{p, "/" + r.Name + ".html"})
		}
	}
	o := b.options()
	o.EntryPointsAdvanced = []api.EntryPoint{{InputPath: "src/sw.ts", OutputPath: "sw"}}
	o.EntryNames = "[name]"
	o.Format = api.FormatIIFE
	o.Define["BUILD"], o.Define["KEEP"], o.Define["PAGES"] = quoted(m.hash()), jsonText(keep), jsonText(pages)
	_, err := b.bundle(o, m)
	return err
}

// bundle runs esbuild and adds what it made.
func (b *Builder) bundle(o api.BuildOptions, m *Made) (*metafile, error) {
	result := api.Build(o)
	if len(result.Errors) > 0 {
		return nil, errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	dist := filepath.Join(b.web, o.Outdir)
	for _, f := range result.OutputFiles {
		name, err := filepath.Rel(dist, f.Path)
		if err != nil {
			return nil, err
		}
		m.files[filepath.ToSlash(name)] = f.Contents
	}
	return readMeta(result.Metafile)
}

// of lists the files whose names begin so, in order.
func (m *Made) of(prefixes ...string) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			found = append(found, name)
		}
	}
	return found
}

func (m *Made) style() string { return m.of("assets/style-")[0] }

// hash names everything that was made.
func (m *Made) hash() string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		fmt.Fprintf(sum, "%s %d\n", name, len(m.files[name]))
		sum.Write(m.files[name])
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func quoted(s string) string { return jsonText(s) }

func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "null"
	}
	return strings.TrimSpace(b.String())
}

// A metafile is what esbuild says of its outputs.
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string                    `json:"entryPoint"`
		Inputs     map[string]map[string]int `json:"inputs"`
		Imports    []struct {
			Path string `json:"path"`
			Kind string `json:"kind"`
		} `json:"imports"`
	} `json:"outputs"`
}

func readMeta(text string) (*metafile, error) {
	m := &metafile{}
	return m, json.Unmarshal([]byte(text), m)
}

// entry is the output of an entry point, below dist.
func (m *metafile) entry(source string) string {
	for name, out := range m.Outputs {
		if out.EntryPoint == source {
			return strings.TrimPrefix(name, "dist/")
		}
	}
	return ""
}

// loads lists what an output imports at once, and what it may import later.
func (m *metafile) loads(entry string) (first, later []string) {
	seen := map[string]bool{entry: true}
	var follow func(name string, into *[]string)
	follow = func(name string, into *[]string) {
		for _, i := range m.Outputs["dist/"+name].Imports {
			to := path.Clean(strings.TrimPrefix(strings.TrimPrefix(i.Path, "dist/"), "/"))
			if i.Kind != "import-statement" || seen[to] {
				continue
			}
			seen[to] = true
			*into = append(*into, to)
			follow(to, into)
		}
	}
	follow(entry, &first)
	queue := append([]string{entry}, first...)
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		for _, i := range m.Outputs["dist/"+name].Imports {
			to := path.Clean(strings.TrimPrefix(strings.TrimPrefix(i.Path, "dist/"), "/"))
			if (i.Kind == "dynamic-import" || i.Kind == "import-statement" || i.Kind == "file-loader") && !seen[to] {
				seen[to] = true
				later = append(later, to)
				queue = append(queue, to)
			}
		}
	}
	slices.Sort(first)
	slices.Sort(later)
	return first, later
}

// sources lists what an output was made of.
func (m *metafile) sources(name string) []string {
	return slices.Sorted(maps.Keys(m.Outputs["dist/"+name].Inputs))
}
