package handlers

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Settings are what an operator can choose about HTTP.
type Settings struct {
	PublicURLs     []string      // the origins under which clients call; device proofs name one of them
	ClientIPHeader string        // the one header in which a proxy says where a request came from; empty: the socket is asked
	CookieSuffix   string        // keeps servers on several ports of one host apart
	Deadline       time.Duration // of each request
	Limits         Limits
}

// https says whether clients are to come by TLS only.
func (s Settings) https() bool {
	return len(s.PublicURLs) > 0 && !slices.ContainsFunc(s.PublicURLs, func(u string) bool { return !strings.HasPrefix(u, "https://") })
}

// Outside is what handlers are given of the world.
type Outside struct {
	Log     *slog.Logger
	Metrics *Metrics
	Now     func() time.Time
	Random  io.Reader
	Ready   func(context.Context) error // nil when the store can take a write now
	App     fs.FS                       // what browsers load; without it there is the API alone
}

// A Server answers HTTP.
type Server struct {
	app    *fiber.App
	cancel context.CancelFunc
}

// New makes the server with all its routes.
func New(d Domain, s Settings, o Outside) *Server {
	base, cancel := context.WithCancel(context.Background())
	app := newApp(s, o)
	limits := newLimiters(s.Limits, o.Now)
	tokens := newTokens(d.Keyring, s.PublicURLs, o.Now)
	keep := &guard{tokens: tokens, people: d.Registry, phones: d.Desk, scanners: d.Directory, limits: limits}
	desk := front{registry: d.Registry, tokens: tokens, cookies: cookies{suffix: s.CookieSuffix, secure: s.https()}}
	prove := &prover{devices: d.Desk, scanners: d.Directory, origins: s.PublicURLs, now: o.Now}
	app.Use(recovering(o.Log), deadline(base, s.Deadline))
	for _, r := range routes(d, desk, prove, limits, o) {
		chain := slices.Concat([]fiber.Handler{keep.of(r.roles)}, r.chain)
		app.Add(r.method, r.path, chain...)
		if r.method == fiber.MethodGet {
			app.Add(fiber.MethodHead, r.path, chain...)
		}
	}
	return &Server{app: app, cancel: cancel}
}

// maxHeader is the most bytes that the head of a request may have: a token, two cookies, and what browsers add.
const maxHeader = 8 << 10

// newApp is Fiber as we need it: strict about paths, copying what outlives a request, and silent.
func newApp(s Settings, o Outside) *fiber.App {
	render := renderProblem(o.Log)
	app := fiber.New(fiber.Config{
		Immutable: true, CaseSensitive: true, StrictRouting: true, DisableStartupMessage: true,
		BodyLimit: MaxBody, ReadBufferSize: maxHeader, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			if requestID(c) != "" {
				return render(c, err)
			}
			refuse(c) // before any middleware: too large, or no HTTP
			begin(c, s, o.Random)
			err = render(c, err)
			o.account(c, "none", 0)
			return err
		},
	})
	onlyKnownMethods(app)
	app.Use(func(c *fiber.Ctx) error {
		begin(c, s, o.Random)
		return c.Next()
	}, observe(o))
	return app
}

// onlyKnownMethods gives a method that nobody knows the same problem document as any other wrong one.
func onlyKnownMethods(app *fiber.App) {
	server := app.Server()
	answer := server.Handler
	server.Handler = func(c *fasthttp.RequestCtx) {
		if !slices.Contains(fiber.DefaultMethods, string(c.Method())) {
			server.ErrorHandler(c, fasthttp.ErrGetOnly)
			return
		}
		answer(c)
	}
}

// Serve answers requests until Stop.
func (s *Server) Serve(on net.Listener) error {
	if err := s.app.Listener(patient{on, refusedTime}); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Stop takes no more requests and waits for those that were begun; when ctx is done they are told to end.
func (s *Server) Stop(ctx context.Context) error {
	defer s.cancel()
	if err := s.app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}
