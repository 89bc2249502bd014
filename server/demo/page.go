package demo

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

//go:embed page.html
var pageHTML string

var page = template.Must(template.New("page").Parse(pageHTML))

// pagePolicy allows the page its own style and nothing else.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

type pagePerson struct {
	Who, Email, Code string
	Seconds          int
}

// Page shows how to sign in, with everybody's one-time code of this moment. It is served on an address of its own, so the server
// that serves knows nothing of it.
func Page(g Guide, server string, now func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		at := now()
		shown := struct {
			Guide
			Server string
			Now    []pagePerson
		}{Guide: g, Server: server}
		for _, p := range g.People {
			code, left := p.Code(at)
			shown.Now = append(shown.Now, pagePerson{p.Who, p.Email, code, int(left.Seconds()) + 1})
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Cache-Control", "no-store")
		_ = page.Execute(w, shown) // the reader went away
	})
	mux.HandleFunc("GET /code/{email}", func(w http.ResponseWriter, r *http.Request) {
		for _, p := range g.People {
			if p.Email == r.PathValue("email") {
				code, _ := p.Code(now())
				w.Header().Set("Cache-Control", "no-store")
				_, _ = fmt.Fprint(w, code) // the reader went away
				return
			}
		}
		http.NotFound(w, r)
	})
	return mux
}
