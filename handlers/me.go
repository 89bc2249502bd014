package handlers

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"

	"github.com/gofiber/fiber/v2"
)

// holderView is a pass as its own app shows it.
type holderView struct {
	ID           models.PassID    `json:"id"`
	Number       models.Digits    `json:"number"`
	Network      models.NetworkID `json:"network"`
	Community    bool             `json:"community"`
	Children     int              `json:"children"`
	ChildAge     int              `json:"child_age"` // children under it come along
	Language     string           `json:"language"`
	State        models.PassState `json:"state"`
	First        models.Day       `json:"first"`
	Last         models.Day       `json:"last"`
	GraceDays    int              `json:"grace_days"`
	RenewAsked   models.Day       `json:"renew_asked,omitempty"`
	RecoveryCode bool             `json:"recovery_code"` // there is one
}

func viewHolder(p *models.Pass) holderView {
	return holderView{
		ID: p.ID, Number: p.Number, Network: p.Network, Community: p.Community, Children: p.Children, ChildAge: p.ChildAge,
		Language: p.Language, State: p.State, First: p.First, Last: p.Last, GraceDays: p.GraceDays, RenewAsked: p.RenewAsked,
		RecoveryCode: p.Recovery != nil,
	}
}

// storedView is all that is stored about a holder. Who gave the pass out is not shown: the holder was there, and a phone that somebody
// else looks at must not tell.
type storedView struct {
	holderView
	BirthYear     int                `json:"birth_year,omitempty"`
	PostalCode    string             `json:"postal_code,omitempty"`
	Municipality  string             `json:"municipality"`
	TermsVersion  string             `json:"terms_version"`
	TermsDay      models.Day         `json:"terms_day"`
	IssuedAt      time.Time          `json:"issued_at"`
	UsableUntil   time.Time          `json:"usable_until"`
	EndedAt       *time.Time         `json:"ended_at,omitempty"`
	States        []models.StateSpan `json:"states"`
	Phones        []storedCarrier    `json:"phones"`
	Papers        []storedCarrier    `json:"papers"`
	Activation    *activationView    `json:"activation,omitempty"`
	RecoverySince *time.Time         `json:"recovery_code_since,omitempty"`
	SpokenAt      *time.Time         `json:"spoken_code_at,omitempty"`
	Credentials   int                `json:"credentials"`
	Notices       int                `json:"notices"`
	Reservations  int                `json:"reservations"`
	Visits        int                `json:"visits"`
	PushAddress   bool               `json:"push_address"` // one is kept
	Now           time.Time          `json:"now"`
}

type storedCarrier struct {
	ID       models.CarrierID `json:"id"`
	This     bool             `json:"this,omitempty"` // the phone that asks
	Carried  []models.Span    `json:"carried"`
	Exp      *time.Time       `json:"exp,omitempty"`
	BackTill *time.Time       `json:"undo_until,omitempty"`
}

func viewStored(p *models.Pass, n *models.Network, held models.Holdings, by models.Actor, now time.Time) storedView {
	v := storedView{
		holderView: viewHolder(p), BirthYear: p.BirthYear, PostalCode: p.PostalCode, Municipality: p.Municipality,
		TermsVersion: p.TermsVersion, TermsDay: p.TermsDay, IssuedAt: p.IssuedAt, UsableUntil: p.UsableUntil(n), EndedAt: given(p.EndedAt),
		States: p.States, Phones: []storedCarrier{}, Papers: []storedCarrier{}, Credentials: held.Credentials,
		Notices: held.Notices, Reservations: held.Reservations, Visits: held.Visits, PushAddress: held.PushAddress, Now: now,
	}
	for _, ph := range p.Phones {
		v.Phones = append(v.Phones, storedCarrier{ID: ph.ID, This: ph.ID == by.Phone, Carried: ph.Spans, BackTill: given(ph.UndoUntil)})
	}
	for _, paper := range p.Papers {
		v.Papers = append(v.Papers, storedCarrier{ID: paper.ID, Carried: paper.Spans, Exp: given(paper.Exp)})
	}
	if a := p.Activation; a != nil {
		v.Activation = &activationView{Expires: a.Expires, NewPhone: a.Replace, UsedAt: given(a.UsedAt)}
	}
	if p.Recovery != nil {
		v.RecoverySince = given(p.Recovery.At)
	}
	if p.Spoken != nil {
		v.SpokenAt = given(p.Spoken.At)
	}
	return v
}

func readMe(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, network, held, err := desk.MyPass(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		return c.JSON(viewStored(&p, &network, held, actor(c), desk.Now()))
	}
}

// eraseMe forgets the pass and all that belongs to it.
func eraseMe(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		by := actor(c)
		if err := desk.Erase(c.UserContext(), by, by.Pass, models.AskedByHolder); err != nil {
			return err
		}
		return c.SendStatus(http.StatusNoContent)
	}
}

type credentialBody struct {
	CodeKey json.RawMessage `json:"code_key"` // JWK
}

// credentialView is what a phone shows codes with until the next one.
type credentialView struct {
	Credential string     `json:"credential"` // base64url
	Kind       int        `json:"kind"`
	Children   int        `json:"children"`
	Issued     time.Time  `json:"issued"`
	Exp        time.Time  `json:"exp"`
	RenewAfter time.Time  `json:"renew_after"` // from then on a request gets a new one
	First      models.Day `json:"first"`
	Last       models.Day `json:"last"`
	GraceDays  int        `json:"grace_days"`
	Now        time.Time  `json:"now"`
}

func credential(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[credentialBody](c)
		if err != nil {
			return err
		}
		key, err := parseKey("code_key", b.CodeKey)
		if err != nil {
			return err
		}
		public, err := ecdsa.ParseUncompressedPublicKey(p256, key.Point)
		if err != nil {
			return models.BadField("code_key", "This is no key on P-256.")
		}
		s, err := desk.Credential(c.UserContext(), actor(c), public)
		if err != nil {
			return err
		}
		return c.JSON(credentialView{
			Credential: base64.RawURLEncoding.EncodeToString(s.Bytes), Kind: s.CodeKind, Children: s.Children, Issued: s.Issued, Exp: s.Exp,
			RenewAfter: s.Issued.Add(models.CredentialRenew), First: s.Pass.First, Last: s.Pass.Last, GraceDays: s.Pass.GraceDays, Now: desk.Now(),
		})
	}
}

func spokenCode(desk *passes.Desk) fiber.Handler {
	type answer struct {
		Code  models.Digits `json:"code"`
		Until time.Time     `json:"until"`
	}
	return func(c *fiber.Ctx) error {
		if _, err := bodyOrNone[noBody](c); err != nil {
			return err
		}
		code, until, err := desk.SpokenCode(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		return c.JSON(answer{Code: code, Until: until})
	}
}

func newRecoveryCode(desk *passes.Desk) fiber.Handler {
	type answer struct {
		Number models.Digits `json:"pass_number"` // a recovery asks for both
		Code   models.Digits `json:"recovery_code"`
	}
	return func(c *fiber.Ctx) error {
		if _, err := bodyOrNone[noBody](c); err != nil {
			return err
		}
		by := actor(c)
		p, code, err := desk.NewRecoveryCode(c.UserContext(), by, by.Pass)
		if err != nil {
			return err
		}
		return c.JSON(answer{Number: p.Number, Code: code})
	}
}

func askToRenew(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if _, err := bodyOrNone[noBody](c); err != nil {
			return err
		}
		p, err := desk.AskToRenew(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		return c.JSON(viewHolder(&p))
	}
}

func changeLanguage(desk *passes.Desk) fiber.Handler {
	type request struct {
		Language string `json:"language"`
	}
	return func(c *fiber.Ctx) error {
		b, err := body[request](c)
		if err != nil {
			return err
		}
		p, err := desk.ChangeLanguage(c.UserContext(), actor(c), b.Language)
		if err != nil {
			return err
		}
		return c.JSON(viewHolder(&p))
	}
}
