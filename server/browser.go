package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
)

// openBrowser opens a page where somebody sits before a screen: not where the output goes to a file, in CI, over a network, or without
// a display. That it cannot is no error: the address was printed.
func (p *program) openBrowser(ctx context.Context, page string) {
	if !p.atAScreen(runtime.GOOS) {
		return
	}
	name, args := opener(runtime.GOOS, page)
	path, err := exec.LookPath(name)
	if err != nil {
		return
	}
	started := exec.CommandContext(context.WithoutCancel(ctx), path, args...) //nolint:gosec // the system's own opener, and our own address
	if started.Start() == nil {
		go func() { _ = started.Wait() }() // what becomes of it is the person's to see
	}
}

// opener is what opens a page on a desktop.
func opener(system, page string) (name string, args []string) {
	switch system {
	case "darwin":
		return "open", []string{page}
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", page}
	default:
		return "xdg-open", []string{page}
	}
}

// atAScreen says whether a browser that is opened can be seen.
func (p *program) atAScreen(system string) bool {
	if p.env("CI") != "" || p.env("SSH_CONNECTION") != "" || !isTerminal(p.out) {
		return false
	}
	return system == "darwin" || system == "windows" || p.env("DISPLAY") != "" || p.env("WAYLAND_DISPLAY") != ""
}

// isTerminal says whether somebody reads what is printed.
func isTerminal(out any) bool {
	file, is := out.(*os.File)
	if !is {
		return false
	}
	about, err := file.Stat()
	return err == nil && about.Mode()&fs.ModeCharDevice != 0
}
