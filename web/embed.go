// Package web is the app as it is served: pages, scripts, words and the decoder, built from web/src by web/build. It holds no secret and
// nothing of any deployment.
package web

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Files are the files of the app, by path: a page for each role, such as holder.html, and each file's .br and .gz beside it.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // dist is what is embedded
	}
	return files
}
