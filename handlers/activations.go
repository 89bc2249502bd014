package handlers

import (
	"encoding/json"
	"net/http"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"

	"github.com/gofiber/fiber/v2"
)

// parseKey reads a public key that stands in a field as a JWK.
func parseKey(field string, raw json.RawMessage) (passes.DeviceKey, error) {
	point, thumbprint, err := models.ParseJWK(raw)
	if err != nil {
		return passes.DeviceKey{}, models.BadField(field, "This is "+err.Error()+".")
	}
	return passes.DeviceKey{Point: point, Thumbprint: thumbprint}, nil
}

// activatedView is a pass that a phone carries now.
type activatedView struct {
	Pass         holderView       `json:"pass"`
	Phone        models.CarrierID `json:"phone"`
	RecoveryCode models.Digits    `json:"recovery_code,omitempty"` // the next one, after a recovery; shown once
	Now          time.Time        `json:"now"`
}

func viewActivated(a *passes.Activated, now time.Time) activatedView {
	return activatedView{Pass: viewHolder(&a.Pass), Phone: a.Phone, RecoveryCode: a.Recovery, Now: now}
}

// activate makes a phone carry the pass of a worker's code.
func activate(desk *passes.Desk) fiber.Handler {
	type request struct {
		Code      string          `json:"code"`
		DeviceKey json.RawMessage `json:"device_key"` // JWK
		Replace   bool            `json:"replace"`
		BirthYear int             `json:"birth_year"`
	}
	return func(c *fiber.Ctx) error {
		b, err := body[request](c)
		if err != nil {
			return err
		}
		key, err := parseKey("device_key", b.DeviceKey)
		if err != nil {
			return err
		}
		a, err := desk.Activate(c.UserContext(), passes.Activation{Code: b.Code, Device: key, Replace: b.Replace, BirthYear: b.BirthYear})
		if err != nil {
			return err
		}
		return c.JSON(viewActivated(&a, desk.Now()))
	}
}

// recoverPass makes a phone carry a pass by its number and recovery code, without a worker.
func recoverPass(desk *passes.Desk) fiber.Handler {
	type request struct {
		PassNumber string          `json:"pass_number"`
		Code       string          `json:"code"`
		DeviceKey  json.RawMessage `json:"device_key"` // JWK
		BirthYear  int             `json:"birth_year"`
	}
	return func(c *fiber.Ctx) error {
		b, err := body[request](c)
		if err != nil {
			return err
		}
		key, err := parseKey("device_key", b.DeviceKey)
		if err != nil {
			return err
		}
		a, err := desk.Recover(c.UserContext(), passes.Recovery{Number: b.PassNumber, Code: b.Code, Device: key, BirthYear: b.BirthYear})
		if err != nil {
			return err
		}
		return c.JSON(viewActivated(&a, desk.Now()))
	}
}

type requestView struct {
	ID      string              `json:"id"`
	State   passes.RequestState `json:"state"`
	Digits  models.Digits       `json:"digits,omitempty"`  // to be read out to the worker; shown once
	Expires *time.Time          `json:"expires,omitempty"` // while it waits
	*activatedView
}

// openRequest gives a phone eight digits that its holder reads out to a worker.
func openRequest(desk *passes.Desk) fiber.Handler {
	type request struct {
		DeviceKey json.RawMessage `json:"device_key"` // JWK
	}
	return func(c *fiber.Ctx) error {
		b, err := body[request](c)
		if err != nil {
			return err
		}
		key, err := parseKey("device_key", b.DeviceKey)
		if err != nil {
			return err
		}
		opened, err := desk.OpenRequest(c.UserContext(), clientAddress(c).String(), key)
		if err != nil {
			return err
		}
		return c.Status(http.StatusCreated).JSON(requestView{
			ID: opened.ID, State: passes.RequestWaiting, Digits: opened.Digits, Expires: given(opened.Expires),
		})
	}
}

// readRequest says how a request went.
func readRequest(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		state, a, err := desk.Request(c.UserContext(), c.Params("id"))
		if err != nil {
			return err
		}
		v := requestView{ID: c.Params("id"), State: state}
		if state == passes.RequestActive {
			activated := viewActivated(&a, desk.Now())
			v.activatedView = &activated
		}
		return c.JSON(v)
	}
}
