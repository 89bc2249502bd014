package handlers

import (
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/accounts"
	"kaikukortti/models"
)

type scannerView struct {
	ID         models.ScannerID    `json:"id"`
	Label      string              `json:"label"`
	EndDay     models.Day          `json:"end_day"`
	State      models.ScannerState `json:"state"`
	EnrolledAt *time.Time          `json:"enrolled_at,omitempty"`
	RemovedAt  *time.Time          `json:"removed_at,omitempty"`
	// Code enrols the scanner. It is shown in the answer that made it and never again.
	Code        string     `json:"code,omitempty"`
	CodeExpires *time.Time `json:"code_expires,omitempty"`
}

func viewScanner(s *models.Scanner, at time.Time) scannerView {
	v := scannerView{
		ID: s.ID, Label: s.Label, EndDay: s.EndDay, State: s.State(at), EnrolledAt: given(s.EnrolledAt), RemovedAt: given(s.RemovedAt),
	}
	if v.State == models.ScannerWaiting {
		v.CodeExpires = given(s.CodeExpires)
	}
	return v
}

type scannerBody struct {
	Label  string `json:"label"`
	EndDay string `json:"end_day"`
}

// addScanner adds a scanner to the manager's venue and shows the code that enrols it.
func addScanner(directory *accounts.Directory, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		b, err := body[scannerBody](c)
		if err != nil {
			return err
		}
		end, err := dayField("end_day", b.EndDay)
		if err != nil {
			return err
		}
		made, err := directory.AddScanner(c.UserContext(), actor(c), models.Scanner{Label: b.Label, EndDay: end, Idempotency: key})
		if err != nil {
			return err
		}
		view := viewScanner(&made.Scanner, now())
		view.Code = made.Code
		return c.Status(fiber.StatusCreated).JSON(view)
	}
}

type scannerList struct {
	Scanners []scannerView `json:"scanners"`
}

// listScanners lists the scanners of the manager's venue.
func listScanners(directory *accounts.Directory, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		all, err := directory.Scanners(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		view := scannerList{Scanners: make([]scannerView, len(all))}
		for i := range all {
			view.Scanners[i] = viewScanner(&all[i], now())
		}
		return c.JSON(view)
	}
}

// removeScanner ends a scanner from afar.
func removeScanner(directory *accounts.Directory) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := directory.RemoveScanner(c.UserContext(), actor(c), models.ScannerID(c.Params("id"))); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

type enrolmentBody struct {
	Code string          `json:"code"`
	Key  json.RawMessage `json:"key"`
}

// enrolledView is what a scanner is told once. It proves its key, by a token, from then on.
type enrolledView struct {
	Scanner    scannerView  `json:"scanner"`
	Venue      venueView    `json:"venue"`
	BundleKeys []models.JWK `json:"bundle_keys"`
	Now        time.Time    `json:"now"`
}

type venueView struct {
	ID   models.OrganisationID `json:"id"`
	Name models.Text           `json:"name"`
}

// enrolScanner binds a scanner's own key to the code that its manager was shown.
func enrolScanner(directory *accounts.Directory) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[enrolmentBody](c)
		if err != nil {
			return err
		}
		point, thumbprint, err := models.ParseJWK(b.Key)
		if err != nil {
			return models.BadField("key", "This is "+err.Error()+".")
		}
		e, err := directory.EnrolScanner(c.UserContext(), b.Code, thumbprint, point)
		if err != nil {
			return err
		}
		return c.Status(fiber.StatusCreated).JSON(viewEnrolled(&e))
	}
}

func viewEnrolled(e *accounts.Enrolled) enrolledView {
	view := enrolledView{
		Scanner: viewScanner(&e.Scanner, e.Now), Venue: venueView{ID: e.Venue.ID, Name: e.Venue.Name},
		BundleKeys: make([]models.JWK, len(e.BundleKeys)), Now: e.Now,
	}
	for i := range e.BundleKeys {
		key := models.PublicJWK(e.BundleKeys[i].Public)
		key.KID, key.ALG, key.Use = e.BundleKeys[i].KID, "ES256", "sig"
		view.BundleKeys[i] = key
	}
	return view
}
