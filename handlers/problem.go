package handlers

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// statuses is the only map from the kind of an error to HTTP.
var statuses = map[models.Kind]int{
	models.Internal:        http.StatusInternalServerError,
	models.Invalid:         http.StatusBadRequest,
	models.Unauthenticated: http.StatusUnauthorized,
	models.Forbidden:       http.StatusForbidden,
	models.NotFound:        http.StatusNotFound,
	models.Conflict:        http.StatusConflict,
	models.Gone:            http.StatusGone,
	models.TooLarge:        http.StatusRequestEntityTooLarge,
	models.Unprocessable:   http.StatusUnprocessableEntity,
	models.TooMany:         http.StatusTooManyRequests,
	models.Unavailable:     http.StatusServiceUnavailable,
}

// problemsPage is where each code is explained; the fragment is the code.
const problemsPage = "/docs/api/problems#"

// renderProblem makes every error of every route a problem document (RFC 9457). What is no models.Error is internal: it goes to
// the log under the request's id, and the client sees nothing of it.
func renderProblem(log *slog.Logger) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		e, status := explain(err)
		if e.Kind == models.Internal {
			log.ErrorContext(c.UserContext(), "request failed", "request", requestID(c), "route", c.Route().Path, "error", err.Error())
		}
		if status == http.StatusUnauthorized {
			c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		}
		if e.RetryAfter > 0 {
			c.Set(fiber.HeaderRetryAfter, strconv.Itoa(e.RetryAfter))
		}
		return c.Status(status).JSON(problem(e, status, requestID(c)), "application/problem+json")
	}
}

// explain finds what may be told of an error, and its status.
func explain(err error) (*models.Error, int) {
	known, framework := new(models.Error), new(fiber.Error)
	switch {
	case errors.As(err, &known) && known.Kind != models.Internal:
		return known, statuses[known.Kind]
	case errors.As(err, &framework):
		return routing(framework)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errTimeout, statuses[errTimeout.Kind]
	}
	return errInternal, statuses[models.Internal]
}

var (
	errInternal = &models.Error{Code: "internal", Detail: "Something went wrong here. The request id finds it in the log."}
	errTimeout  = &models.Error{Kind: models.Unavailable, Code: "timeout", Detail: "This took too long. It may or may not have happened.", RetryAfter: 1}
	errNoRoute  = &models.Error{Kind: models.NotFound, Code: "no_such_route", Detail: "There is nothing under this path."}
	errMethod   = &models.Error{Kind: models.NotFound, Code: "method_not_allowed", Detail: "This path does not take this method."}
	errRequest  = &models.Error{Kind: models.Invalid, Code: "bad_request", Detail: "This is not a request that HTTP allows."}
)

// routing explains what the framework itself refuses, before any handler ran.
func routing(e *fiber.Error) (*models.Error, int) {
	switch e.Code {
	case http.StatusNotFound:
		return errNoRoute, e.Code
	case http.StatusMethodNotAllowed:
		return errMethod, e.Code
	case http.StatusRequestEntityTooLarge, http.StatusRequestHeaderFieldsTooLarge:
		return errTooLarge, e.Code
	case http.StatusRequestTimeout:
		return errTimeout, e.Code
	}
	if e.Code >= 400 && e.Code < 500 {
		return errRequest, e.Code
	}
	return errInternal, statuses[models.Internal]
}

// problem is the document: RFC 9457's members, then code, field and what else the error tells.
func problem(e *models.Error, status int, request string) map[string]any {
	p := map[string]any{}
	maps.Copy(p, e.Extra)
	maps.Copy(p, map[string]any{
		"type": problemsPage + e.Code, "title": http.StatusText(status), "status": status, "code": e.Code, "instance": request,
	})
	if e.Detail != "" {
		p["detail"] = e.Detail
	}
	if e.Field != "" {
		p["field"] = e.Field
	}
	return p
}
