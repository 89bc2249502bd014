package app

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

// worthIt is the least size at which a file is compressed.
const worthIt = 256

// Files are all that stands in dist, by path: what was made, and each compressed.
func (m *Made) Files() (map[string][]byte, error) {
	all := maps.Clone(m.files)
	for name, content := range m.files {
		if len(content) < worthIt || strings.HasSuffix(name, ".png") {
			continue
		}
		zipped, err := gzipped(content)
		if err != nil {
			return nil, err
		}
		all[name+".gz"], all[name+".br"] = zipped, squeezed(content)
	}
	return all, nil
}

// Write puts a folder in place of what stood there.
func (m *Made) Write(out string) error {
	files, err := m.Files()
	if err != nil {
		return err
	}
	return writeFolder(out, files)
}

func writeFolder(out string, files map[string][]byte) error {
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	for name, content := range files {
		at := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func gzipped(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func squeezed(content []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	_, _ = w.Write(content) // into memory: it cannot fail
	_ = w.Close()
	return b.Bytes()
}

// A Size is what a role loads, in bytes after brotli.
type Size struct {
	First  int // the entry and what it imports
	Later  int // what it may import then: words of other languages, screens
	Page   int // HTML and CSS
	Worker int // the decoder with its WebAssembly
}

// Size measures a role.
func (m *Made) Size(role string) Size {
	b := m.roles[role]
	sum := func(names ...string) (n int) {
		for _, name := range names {
			n += len(squeezed(m.files[name]))
		}
		return n
	}
	return Size{
		First: sum(append([]string{b.entry}, b.first...)...), Later: sum(b.later...), Page: sum(role+".html", m.style()), Worker: sum(b.worker...),
	}
}

// Sizes is a table of what each role loads.
func (m *Made) Sizes() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-8s %10s %10s %10s %10s   (bytes, brotli)\n", "role", "first JS", "later JS", "HTML+CSS", "decoder")
	for _, r := range Roles {
		s := m.Size(r.Name)
		fmt.Fprintf(&b, "%-8s %10d %10d %10d %10d\n", r.Name, s.First, s.Later, s.Page, s.Worker)
	}
	return b.String()
}

// Drift lists the paths below a folder that are not as they would be built now.
func (m *Made) Drift(folder string) ([]string, error) {
	want, err := m.Files()
	if err != nil {
		return nil, err
	}
	return drift(folder, want)
}

func drift(folder string, want map[string][]byte) ([]string, error) {
	var differ []string
	err := filepath.WalkDir(folder, func(at string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, at)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		content, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		if made, there := want[name]; !there || !bytes.Equal(made, content) {
			differ = append(differ, name)
		}
		delete(want, name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	differ = append(differ, slices.Collect(maps.Keys(want))...)
	slices.Sort(differ)
	return differ, nil
}
