package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kaikukortti/tools/phone/client"
)

// A folder is what a phone remembers, as files that their owner alone can read. Keys are among them: this is a tool for tests. An app
// keeps its keys where they can be used and not be taken out.
type folder struct{ path string }

// A memory is what belongs to the phone itself.
type memory struct {
	Server  string        `json:"server"`
	Offset  time.Duration `json:"offset"`  // how far its clock is behind the server's
	Current int           `json:"current"` // the pass that is on the screen
}

const (
	memoryFile  = "phone.json"
	scannerFile = "scanner.json"
	workFile    = "work.json"
)

func passFile(n int) string { return "pass-" + strconv.Itoa(n) + ".json" }

// read answers false where there is no such file.
func (f folder) read(name string, into any) (bool, error) {
	raw, err := os.ReadFile(filepath.Join(f.path, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", filepath.Join(f.path, name), err)
	}
	return true, nil
}

// write puts a whole file in the place of the old one, so that a phone that is switched off has one of them.
func (f folder) write(name string, v any) (err error) {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return fmt.Errorf("make the phone's folder: %w", err)
	}
	file, err := os.CreateTemp(f.path, ".unfinished-*") // readable by its owner alone
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = file.Write(append(raw, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), filepath.Join(f.path, name))
}

func (f folder) remove(name string) error {
	return os.Remove(filepath.Join(f.path, name))
}

// passes are the numbers of the passes on the phone.
func (f folder) passes() ([]int, error) {
	var all []int
	names, err := filepath.Glob(filepath.Join(f.path, "pass-*.json"))
	for _, name := range names {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(name), "pass-%d.json", &n); err == nil {
			all = append(all, n)
		}
	}
	return all, err
}

// opened is the phone with its memory and its way to the server.
type opened struct {
	folder
	memory
	server *client.Server
	clock  *client.Clock
}

// open finds the folder and the server.
func (p *program) open() (*opened, error) {
	o := &opened{folder: folder{path: first(p.path, p.env("PHONE_FOLDER"), "phone")}}
	if _, err := o.read(memoryFile, &o.memory); err != nil {
		return nil, err
	}
	o.Server = first(p.origin, p.env("PHONE_SERVER"), o.Server, "http://localhost:8080")
	var err error
	o.server, err = client.Open(o.Server, p.over)
	o.clock = client.NewClock(p.now, o.Offset)
	return o, err
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// remember writes what the phone learned about the server's clock.
func (o *opened) remember() error {
	o.Offset = o.clock.Offset()
	return o.write(memoryFile, o.memory)
}
