package demo

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"sync"
	"time"

	"kaikukortti/models"
)

// A Cast is who plays on the stage: a worker who makes the card, and the hall whose door is gone through.
type Cast struct {
	Worker  string         `json:"worker"`  // e-mail
	Manager string         `json:"manager"` // e-mail
	Offer   models.OfferID `json:"offer"`   // an exhibition that is open on any day
}

// A Stage shows the demo on one page: a worker, a holder and a venue side by side, each on an origin of its own, so that each keeps
// what it keeps apart from the others, as three phones do. What the stage puts around the app is its own; a server that serves has
// none of it.
type Stage struct {
	Guide   Guide
	Server  string // the origin at which clients reach the server
	Inside  string // where the server is reached from here: http://HOST:PORT
	Suffix  string // of the server's cookies
	Outside string // an origin that other phones can reach, if there is one
	Run     string // names this run of the demo, so that a page that is open from an earlier one begins anew
	Host    string // on which the stage and the phones are served
	Port    string // of the stage's page
	Phones  map[Part]string
	Now     func() time.Time
	Parts   Parts
	// Archive writes all that is stored, as a backup does.
	Archive func(context.Context, io.Writer) error

	signingIn sync.Mutex
	computer  *http.Cookie // by which the server remembers the stage, once it has signed in
}

// A Part is what one of the three frames plays.
type Part string

// The parts, from left to right.
const (
	Worker Part = "worker"
	Holder Part = "holder"
	Venue  Part = "venue"
)

// PartsOfTheStage lists them.
func PartsOfTheStage() []Part { return []Part{Worker, Holder, Venue} }

// home is where the part's page is.
func (p Part) home() string {
	switch p {
	case Worker:
		return "/desk"
	case Venue:
		return "/scan"
	case Holder:
	}
	return "/"
}

// What is built of stage/src by `go run ./web/build -stage server/demo/stage/dist`.
//
//go:embed stage/dist
var built embed.FS

//go:embed stage.html
var stageHTML string

//go:embed people.html
var peopleHTML string

var (
	stagePage  = template.Must(template.New("stage").Parse(stageHTML))
	peoplePage = template.Must(template.New("people").Parse(peopleHTML))
)

// Page is the stage itself, with everybody's one-time codes beside it. It is served on an address of its own.
func (s *Stage) Page() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.show)
	mux.HandleFunc("GET /people", s.people)
	mux.HandleFunc("GET /code/{email}", s.code)
	mux.HandleFunc("GET /stage/stored", s.stored)
	mux.HandleFunc("GET /stage/{file}", file)
	return mux
}

// show answers with the page that holds the three frames. It may frame the phones' origins, and use nothing from elsewhere.
func (s *Stage) show(w http.ResponseWriter, _ *http.Request) {
	var frames []string
	for _, part := range PartsOfTheStage() {
		frames = append(frames, s.origins(s.Phones[part])...)
	}
	about, err := json.Marshal(map[string]any{"run": s.Run, "ports": s.Phones, "server": s.Server, "outside": s.Outside})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	policy(w, "script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src "+strings.Join(frames, " ")+"; frame-ancestors 'none'")
	render(w, stagePage, string(about))
}

// origins are the names under which a port is reached.
func (s *Stage) origins(port string) []string {
	return Origins(s.Host, port)
}

// Origins are the names under which a browser on this computer reaches a port, the one to show first. On an address that is neither this
// computer's usual one nor all that it has, localhost does not answer.
func Origins(host, port string) []string {
	local := "http://localhost:" + port
	if host == "" || host == "localhost" {
		return []string{local}
	}
	own := "http://" + net.JoinHostPort(host, port)
	if ip, err := netip.ParseAddr(host); err == nil && !ip.IsUnspecified() && ip != netip.MustParseAddr("127.0.0.1") && ip != netip.IPv6Loopback() {
		return []string{own, local}
	}
	return []string{local, own}
}

type pagePerson struct {
	Who, Email, Code string
	Seconds          int
}

// people shows how to sign in, with everybody's one-time code of this moment.
func (s *Stage) people(w http.ResponseWriter, _ *http.Request) {
	at := s.Now()
	shown := struct {
		Guide
		Server string
		Now    []pagePerson
	}{Guide: s.Guide, Server: s.Server}
	for _, p := range s.Guide.People {
		code, left := p.Code(at)
		shown.Now = append(shown.Now, pagePerson{p.Who, p.Email, code, int(left.Seconds()) + 1})
	}
	policy(w, "style-src 'unsafe-inline'; frame-ancestors 'none'")
	render(w, peoplePage, shown)
}

func (s *Stage) code(w http.ResponseWriter, r *http.Request) {
	for _, p := range s.Guide.People {
		if p.Email == r.PathValue("email") {
			code, _ := p.Code(s.Now())
			w.Header().Set("Cache-Control", "no-store")
			_, _ = fmt.Fprint(w, code) // the reader went away
			return
		}
	}
	http.NotFound(w, r)
}

// file answers with a script or style of the stage.
func file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, err := built.ReadFile(path.Join("stage/dist", path.Base(name)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	kind := "text/javascript; charset=utf-8"
	if strings.HasSuffix(name, ".css") {
		kind = "text/css; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(content) //nolint:gosec // what is built in; the reader may go away
}

// policy allows a page nothing but what is named.
func policy(w http.ResponseWriter, allowed string) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; "+allowed)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

func render(w http.ResponseWriter, page *template.Template, shown any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, shown) // the reader went away
}
