package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A phone is one of the three frames: the server's own pages and answers, on an origin of their own, with the stage's script put
// before the app's.
type phone struct {
	*Stage
	part   Part
	suffix string // of this origin's cookies: cookies know no ports
	server *url.URL
}

// Phone is the frame that plays a part.
func (s *Stage) Phone(part Part) (http.Handler, error) {
	server, err := url.Parse(s.Inside)
	if err != nil {
		return nil, err
	}
	p := &phone{Stage: s, part: part, suffix: "_" + s.Phones[part], server: server}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stage/enter", p.enter)
	mux.HandleFunc("POST /stage/in", p.in)
	mux.HandleFunc("GET /stage/{file}", file)
	mux.Handle("/", p.proxy())
	return http.NewCrossOriginProtection().Handler(mux), nil
}

// proxy passes everything on. It asks for nothing compressed, so that pages can be written into.
func (p *phone) proxy() http.Handler {
	return &httputil.ReverseProxy{
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(p.server)
			r.Out.Header.Del("Accept-Encoding")
			p.takeCookies(r.Out)
		},
		ModifyResponse: p.adapt,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "The demo's server does not answer.", http.StatusBadGateway)
		},
	}
}

// takeCookies leaves the cookies that belong to this origin, under the names that the server knows.
func (p *phone) takeCookies(r *http.Request) {
	all := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range all {
		if name, mine := strings.CutSuffix(c.Name, p.suffix); mine {
			r.AddCookie(&http.Cookie{Name: name + p.Suffix, Value: c.Value}) //nolint:gosec // to the server, over the loopback
		}
	}
}

// giveCookies names the server's cookies for this origin.
func (p *phone) giveCookies(from, to http.Header) {
	set := from.Values("Set-Cookie")
	to.Del("Set-Cookie")
	for _, line := range set {
		name, rest, _ := strings.Cut(line, "=")
		to.Add("Set-Cookie", strings.TrimSuffix(name, p.Suffix)+p.suffix+"="+rest)
	}
}

const noFrames = "frame-ancestors 'none'"

// framed is the policy that lets the stage, and nobody else, hold this page.
func (p *phone) framed() string { return "frame-ancestors " + strings.Join(p.origins(p.Port), " ") }

// adapt puts the stage's script into pages, before the app's own, and lets the stage hold them.
func (p *phone) adapt(res *http.Response) error {
	p.giveCookies(res.Header, res.Header)
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return nil
	}
	res.Header.Set("Content-Security-Policy", strings.Replace(res.Header.Get("Content-Security-Policy"), noFrames, p.framed(), 1))
	if res.Request.Method == http.MethodHead {
		res.Header.Del("Content-Length")
		return nil
	}
	page, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	page = bytes.Replace(page, []byte("<head>"), []byte("<head>\n"+p.script("frame")+p.home()), 1)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(page)), int64(len(page))
	res.Header.Set("Content-Length", strconv.Itoa(len(page)))
	return nil
}

// home is the element by which a page says where it is at home: there other phones find it, and the worker gives that address to holders.
func (p *phone) home() string {
	if p.Outside == "" {
		return ""
	}
	return "\n" + `<link rel="canonical" href="` + template.HTMLEscapeString(p.Outside) + `">`
}

// script is the element that loads one of the stage's scripts, told what it plays and for whom.
func (p *phone) script(name string) string {
	return fmt.Sprintf(`<script src="/stage/%s.js" data-part="%s" data-stage="%s"></script>`, name, p.part, p.Port)
}

var enterPage = template.Must(template.New("enter").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kaikukortti</title></head><body><p id="why"></p>{{.}}</body></html>
`))

// enter is where a frame begins: its script forgets what an earlier visit left, asks to be let in, and goes to the app.
func (p *phone) enter(w http.ResponseWriter, _ *http.Request) {
	policy(w, "script-src 'self'; connect-src 'self'; "+p.framed())
	render(w, enterPage, template.HTML(p.script("enter"))) //nolint:gosec // made here, of words of our own
}

// in lets the frame in as whom it plays, by one click, and answers where to go on; at the
// door also the code by which the phone becomes a scanner.
func (p *phone) in(w http.ResponseWriter, r *http.Request) {
	let := map[string]string{"to": p.part.home()}
	var err error
	switch p.part {
	case Worker:
		err = p.signIn(w, r)
	case Venue:
		let["code"], err = p.enrol(r)
	case Holder:
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		_ = json.NewEncoder(w).Encode(map[string]string{"why": err.Error()}) // the reader went away
		return
	}
	_ = json.NewEncoder(w).Encode(let) // the reader went away
}

// enrol makes a code for one more scanner at the stage's hall.
func (p *phone) enrol(r *http.Request) (string, error) {
	v := VenueGuide{Manager: p.Guide.Stage.Manager}
	err := addScanner(r.Context(), p.Parts, p.Guide.person(v.Manager).actor(), &v)
	return v.Code, err
}

// signIn signs the stage's worker in over HTTP, as anybody does, and hands the session on to the frame. The first time it needs a one-time
// code, which works once: if the one of this moment is used up, the next one is taken. From then on this is a computer that is remembered.
func (p *phone) signIn(w http.ResponseWriter, r *http.Request) error {
	p.signingIn.Lock()
	defer p.signingIn.Unlock()
	who := p.Guide.person(p.Guide.Stage.Worker)
	var err error
	for ahead := range 2 {
		code, _ := who.Code(p.Now().Add(time.Duration(ahead) * codeLife))
		if err = p.trySignIn(w, r, who, code); err == nil {
			return nil
		}
	}
	return err
}

// trySignIn signs in with one code.
func (p *phone) trySignIn(w http.ResponseWriter, r *http.Request, who *Person, code string) error {
	body, err := json.Marshal(map[string]any{"email": who.Email, "password": p.Guide.Password, "code": code, "remember": p.computer == nil})
	if err != nil {
		return err
	}
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodPost, p.Inside+"/v1/sign-in", bytes.NewReader(body))
	if err != nil {
		return err
	}
	ask.Header.Set("Content-Type", "application/json")
	if p.computer != nil {
		ask.AddCookie(p.computer)
	}
	res, err := http.DefaultClient.Do(ask)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // nothing of it is read
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server did not let %s in: %s", who.Email, res.Status)
	}
	for _, c := range res.Cookies() {
		if strings.HasPrefix(c.Name, "kaiku_computer") {
			p.computer = &http.Cookie{Name: c.Name, Value: c.Value} //nolint:gosec // to the server, over the loopback
		}
	}
	p.giveCookies(res.Header, w.Header())
	return nil
}
