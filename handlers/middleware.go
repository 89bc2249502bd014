package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// begin gives a request its id, its address and its security headers. The id is always made here: what a client sends never reaches the log.
func begin(c *fiber.Ctx, s Settings, random io.Reader) {
	id := models.NewID[string](random)
	c.Locals(localRequestID, id)
	c.Locals(localAddress, readAddress(c, s.ClientIPHeader))
	c.Set(fiber.HeaderXRequestID, id)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	if s.https() {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=63072000; includeSubDomains")
	}
}

// observe answers errors and accounts for the request.
func observe(o Outside) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := time.Now()
		o.Metrics.inFlight.Inc()
		defer o.Metrics.inFlight.Dec()
		err := c.Next()
		pattern := pattern(c, err)
		if err != nil {
			if err := c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		o.account(c, pattern, time.Since(start))
		return nil
	}
}

// account writes one line of the access log and the metrics: what was asked by its pattern, never by its path, query or body, and
// never by whom or from where. A method that nobody knows is what the client says, too.
func (o Outside) account(c *fiber.Ctx, pattern string, took time.Duration) {
	method, status := c.Method(), c.Response().StatusCode()
	if !slices.Contains(fiber.DefaultMethods, method) {
		method = "other"
	}
	o.Metrics.observe(method, pattern, status, took)
	o.Log.LogAttrs(c.UserContext(), levelOf(pattern), "request",
		slog.String("request", requestID(c)), slog.String("method", method), slog.String("route", pattern),
		slog.Int("status", status), slog.Float64("ms", float64(took.Microseconds())/1000))
}

// pattern is the route that a request met, such as "/v1/passes/:id".
func pattern(c *fiber.Ctx, err error) string {
	if f := new(fiber.Error); errors.As(err, &f) && (f.Code == http.StatusNotFound || f.Code == http.StatusMethodNotAllowed) {
		return "none"
	}
	return c.Route().Path
}

// levelOf keeps the questions of load balancers out of the log.
func levelOf(pattern string) slog.Level {
	if pattern == pathAlive || pattern == pathReady {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// recovering makes a panic the error of its own request: it is logged with where it happened, and everybody else goes on. The
// panic's value is logged by its type alone, because it may hold what somebody sent.
func recovering(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				log.ErrorContext(c.UserContext(), "panic", "request", requestID(c), "type", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
				err = errInternal
			}
		}()
		return c.Next()
	}
}

// deadline gives every request an end: the context that goes down is done after this long, or when the server has stopped
// waiting for its requests.
func deadline(base context.Context, after time.Duration) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(base, after)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	}
}

// clientAddress is where a request came from, for limits alone; it is never stored or logged as it is.
func clientAddress(c *fiber.Ctx) netip.Addr {
	a, _ := c.Locals(localAddress).(netip.Addr)
	return a
}

// readAddress finds where a request came from: what the one configured proxy header says, else the socket. Any other header
// is what the client says about itself, and changes nothing. With several addresses in the header the last one counts: the
// proxy next to us wrote it.
func readAddress(c *fiber.Ctx, proxyHeader string) netip.Addr {
	if proxyHeader != "" {
		all := strings.Split(c.Get(proxyHeader), ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			return neighbourhood(a)
		}
	}
	a, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	return neighbourhood(a)
}

// neighbourhood is an address as limits count it: of IPv6 the /64, which is what one household is given.
func neighbourhood(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}
