package main

import (
	"context"
	"flag"
	"fmt"
	"runtime/debug"

	"kaikukortti/store"
)

// version is set when a release is built; otherwise the build says which commit it is of.
var version = ""

var versionCommand = command{
	name: "version", says: "print which version this is", about: "Prints the version, the schema of the store that it writes, and the Go that built it.",
	setUp: func(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
		return func(_ context.Context, args []string) error {
			if err := p.nothingMore(args); err != nil {
				return err
			}
			goVersion := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				goVersion = info.GoVersion
			}
			_, err := fmt.Fprintf(p.out, "kaikukortti %s, store schema %d, %s\n", versionName(), store.SchemaVersion, goVersion)
			return err
		}
	},
}

// versionName is the release, or the commit, or "unknown".
func versionName() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) > 12 {
			return s.Value[:12]
		}
	}
	return "unknown"
}
