package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Server is where requests go.
type Server struct {
	origin string
	http   *http.Client
	header http.Header
}

// Open names a server by its origin, such as "http://localhost:8080". It asks nothing yet.
func Open(origin string, over *http.Client) (*Server, error) {
	origin = strings.TrimSuffix(origin, "/")
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" {
		return nil, fmt.Errorf("%q is not the address of a server, such as http://localhost:8080", origin)
	}
	return &Server{origin: origin, http: over, header: http.Header{}}, nil
}

// As is the same server, asked with one more header: by somebody behind a proxy that says so.
func (s *Server) As(name, value string) *Server {
	as := *s
	as.header = s.header.Clone()
	as.header.Set(name, value)
	return &as
}

// Loopback says whether the server is on this machine.
func (s *Server) Loopback() bool {
	u, err := url.Parse(s.origin)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Ready asks whether the server can take a write now.
func (s *Server) Ready(ctx context.Context) error {
	_, err := s.do(ctx, call{method: http.MethodGet, path: "/readyz"}, nil)
	return err
}

// ErrNoAnswer says that nobody knows whether the request was carried out: the server was not reached, or not heard.
var ErrNoAnswer = errors.New("the server does not answer")

// A ProblemError is the server's answer that something cannot be done (RFC 9457).
type ProblemError struct {
	Status int       `json:"status"`
	Code   string    `json:"code"`
	Detail string    `json:"detail"`
	Field  string    `json:"field"`
	Now    time.Time `json:"now"` // with wrong_clock
	// RetryAfter is how long to wait, with too_many_requests and unavailable.
	RetryAfter time.Duration `json:"-"`
}

func (p *ProblemError) Error() string {
	text := strings.TrimSuffix(p.Detail, ".")
	if text == "" {
		text = http.StatusText(p.Status)
	}
	if p.Field != "" {
		text = p.Field + ": " + text
	}
	return text + " (" + p.Code + ")"
}

// Is compares by code, for errors.Is with a ProblemError that has nothing else.
func (p *ProblemError) Is(target error) bool {
	other, ok := target.(*ProblemError)
	return ok && other.Code == p.Code
}

// problem is the server's answer in err, or nil.
func problem(err error) *ProblemError {
	p := new(ProblemError)
	if !errors.As(err, &p) {
		return nil
	}
	return p
}

// IsProblem says whether err is the server's answer with one of these codes.
func IsProblem(err error, codes ...string) bool {
	for _, code := range codes {
		if errors.Is(err, &ProblemError{Code: code}) {
			return true
		}
	}
	return false
}

// call is one request.
type call struct {
	method  string
	path    string
	token   string
	key     string // Idempotency-Key
	body    any
	cookies []*http.Cookie
}

// mostAnswer bounds what is read of an answer; a bundle with the revocations of a million passes is well within.
const mostAnswer = 64 << 20

// do asks, and reads the answer into a value, a *string (which takes the body as it is) or nil.
func (s *Server) do(ctx context.Context, c call, into any) ([]*http.Cookie, error) {
	request, err := s.request(ctx, c)
	if err != nil {
		return nil, err
	}
	response, err := s.http.Do(request)
	if err != nil {
		return nil, noAnswer(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return nil, noAnswer(err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, problemOf(response, raw)
	}
	return response.Cookies(), read(raw, into)
}

// noAnswer says why there was no answer, without the address, which the caller knows.
func noAnswer(err error) error {
	if u := new(url.Error); errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%w: %w", ErrNoAnswer, err)
}

func (s *Server) request(ctx context.Context, c call) (*http.Request, error) {
	var body io.Reader
	if c.body != nil {
		raw, err := json.Marshal(c.body)
		if err != nil {
			return nil, fmt.Errorf("write a request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, c.method, s.origin+c.path, body)
	if err != nil {
		return nil, fmt.Errorf("write a request: %w", err)
	}
	maps.Copy(request.Header, s.header)
	for name, value := range map[string]string{"Authorization": bearer(c.token), "Idempotency-Key": c.key} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	if c.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, cookie := range c.cookies {
		request.AddCookie(cookie)
	}
	return request, nil
}

func bearer(token string) string {
	if token == "" {
		return ""
	}
	return "Bearer " + token
}

func read(raw []byte, into any) error {
	if into == nil {
		return nil
	}
	if text, ok := into.(*string); ok {
		*text = string(raw)
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

func problemOf(response *http.Response, raw []byte) error {
	p := &ProblemError{Code: "http_" + strconv.Itoa(response.StatusCode)}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/problem+json") {
		if err := json.Unmarshal(raw, p); err != nil {
			return fmt.Errorf("read a problem: %w", err)
		}
	}
	p.Status = response.StatusCode
	if wait, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		p.RetryAfter = time.Duration(wait) * time.Second
	}
	return p
}

// NewRequestKey draws an Idempotency-Key. The same key with the same request makes one thing, however often it is sent.
func NewRequestKey() string { return rand.Text() }
