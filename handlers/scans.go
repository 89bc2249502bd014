package handlers

import (
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
	"kaikukortti/passes"
)

// partyBody is who comes in with one pass.
type partyBody struct {
	Children   int `json:"children"`
	Assistants int `json:"assistants"`
	Group      int `json:"group"`
}

// A party has at most so many of each; a pass allows fewer.
const (
	mostChildren   = 15
	mostAssistants = 5
)

func (p partyBody) parse() (models.Party, error) {
	for _, n := range []struct {
		field    string
		got, max int
	}{{"party.children", p.Children, mostChildren}, {"party.assistants", p.Assistants, mostAssistants}, {"party.group", p.Group, 99}} {
		if n.got < 0 || n.got > n.max {
			return models.Party{}, models.BadField(n.field, "This is a number of people that no pass covers.")
		}
	}
	return models.Party{Children: p.Children, Assistants: p.Assistants, Group: p.Group}, nil
}

// scanIDs are made by the scanner, at random: 16 to 64 letters, digits, hyphens or underscores.
var scanIDs = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// parseScanID answers what is kept of it, which is its hash: nothing that somebody writes there is stored.
func parseScanID(s string) (models.ScanID, error) {
	if !scanIDs.MatchString(s) {
		return "", models.BadField("scan_id", "A scan id is 16 to 64 letters, digits, hyphens or underscores, drawn at random by the scanner.")
	}
	return models.ScanID(digest(s)), nil
}

type scanBody struct {
	ScanID    string     `json:"scan_id"`
	Session   string     `json:"session"`
	Code      string     `json:"code"`
	Typed     string     `json:"typed"`
	Party     *partyBody `json:"party"` // left out: as it was booked
	ScannedAt time.Time  `json:"scanned_at"`
}

// The longest code is 366 characters; anything longer than this is refused unread.
const (
	longestCode  = 4096
	longestTyped = 40
)

func (b scanBody) parse() (passes.ScanRequest, error) {
	id, err := parseScanID(b.ScanID)
	if err != nil {
		return passes.ScanRequest{}, err
	}
	asBooked := b.Party == nil
	if asBooked {
		b.Party = &partyBody{}
	}
	party, err := b.Party.parse()
	if err != nil {
		return passes.ScanRequest{}, err
	}
	switch {
	case b.Session == "":
		return passes.ScanRequest{}, models.BadField("session", "Name a session or a standing offer of this venue.")
	case (b.Code == "") == (b.Typed == ""):
		return passes.ScanRequest{}, models.BadField("code", "Send either code or typed.")
	case len(b.Code) > longestCode:
		return passes.ScanRequest{}, models.BadField("code", "No code is as long as this.")
	case len(b.Typed) > longestTyped:
		return passes.ScanRequest{}, models.BadField("typed", "No number is as long as this.")
	}
	return passes.ScanRequest{
		ID: id, Session: models.SessionID(b.Session), Code: b.Code, Typed: b.Typed, Party: party, AsBooked: asBooked,
	}, nil
}

// decisionView is the answer to a scan. It tells a number of people and never a person.
type decisionView struct {
	ScanID   string             `json:"scan_id"`
	Decision models.Outcome     `json:"decision"`
	Reason   models.Reason      `json:"reason,omitempty"`
	Marks    []models.Mark      `json:"marks,omitempty"`
	Party    models.Party       `json:"party"`
	At       time.Time          `json:"at"`
	FirstAt  *time.Time         `json:"first_at,omitempty"`
	Welcome  int                `json:"welcome"`
	Opens    *time.Time         `json:"opens,omitempty"`
	LastDay  models.Day         `json:"last_day,omitempty"`
	Other    *models.OtherPlace `json:"other,omitempty"`
	Limit    *models.LimitState `json:"limit,omitempty"`
	Group    bool               `json:"group,omitempty"`
}

func viewDecision(said string, d models.Decision) decisionView {
	return decisionView{
		ScanID: said, Decision: d.Outcome, Reason: d.Reason, Marks: d.Marks, Party: d.Party, At: d.At, FirstAt: given(d.FirstAt),
		Welcome: d.Welcome, Opens: given(d.Opens), LastDay: d.LastDay, Other: d.Other, Limit: d.Limit, Group: d.Group,
	}
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// scan answers a showing: a refusal at the door is an answer too.
func scan(doors *passes.Doors) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[scanBody](c)
		if err != nil {
			return err
		}
		request, err := b.parse()
		if err != nil {
			return err
		}
		d, err := doors.Scan(c.UserContext(), actor(c), request)
		if err != nil {
			return err
		}
		return c.JSON(viewDecision(b.ScanID, d))
	}
}

type uploadBody struct {
	Scans []uploadItem `json:"scans"`
}

type uploadItem struct {
	ScanID      string        `json:"scan_id"`
	Session     string        `json:"session"`
	Code        string        `json:"code"`
	Party       partyBody     `json:"party"`
	ScannedAt   time.Time     `json:"scanned_at"`
	Shown       models.Shown  `json:"shown"`
	ShownReason models.Reason `json:"shown_reason"`
}

// mostUploads is how many scans one batch has at the most.
const mostUploads = 100

func (i uploadItem) parse() (passes.Upload, error) {
	r, err := scanBody{ScanID: i.ScanID, Session: i.Session, Code: i.Code, Party: &i.Party}.parse()
	if err != nil {
		return passes.Upload{}, err
	}
	switch {
	case i.Shown != models.ShownWelcome && i.Shown != models.ShownRefused:
		return passes.Upload{}, models.BadField("shown", "This is welcome or refused.")
	case i.Shown == models.ShownRefused && !isReason(i.ShownReason):
		return passes.Upload{}, models.BadField("shown_reason", "Say the reason that was shown.")
	case i.ScannedAt.IsZero():
		return passes.Upload{}, models.BadField("scanned_at", "Say when the code was shown.")
	}
	return passes.Upload{ScanRequest: r, ScannedAt: i.ScannedAt, Shown: i.Shown, ShownReason: i.ShownReason}, nil
}

func isReason(r models.Reason) bool {
	return slices.Contains(models.Reasons(), r)
}

type uploadAnswers struct {
	Answers []uploadAnswer `json:"answers"`
}

type uploadAnswer struct {
	ScanID   string          `json:"scan_id"`
	Result   models.Uploaded `json:"result,omitempty"`
	Decision *decisionView   `json:"decision,omitempty"`
	Problem  string          `json:"problem,omitempty"` // a problem code: this item was not taken
}

// uploadScans takes what a door decided without the network: an answer for each item.
func uploadScans(doors *passes.Doors) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[uploadBody](c)
		if err != nil {
			return err
		}
		if len(b.Scans) == 0 || len(b.Scans) > mostUploads {
			return models.BadField("scans", "Send 1 to 100 scans.")
		}
		view := uploadAnswers{Answers: make([]uploadAnswer, 0, len(b.Scans))}
		for _, item := range b.Scans {
			a, err := takeUpload(c, doors, item)
			if err != nil {
				return err
			}
			view.Answers = append(view.Answers, a)
		}
		return c.JSON(view)
	}
}

// takeUpload takes one item. One that is wrong in itself has its problem in its own answer, so that it does not hold up the others.
func takeUpload(c *fiber.Ctx, doors *passes.Doors, item uploadItem) (uploadAnswer, error) {
	upload, err := item.parse()
	if e := new(models.Error); errors.As(err, &e) {
		return uploadAnswer{ScanID: item.ScanID, Problem: e.Code}, nil
	}
	a, err := doors.Upload(c.UserContext(), actor(c), upload)
	if err != nil {
		return uploadAnswer{}, err
	}
	return viewUpload(item.ScanID, a), nil
}

func viewUpload(said string, a passes.UploadAnswer) uploadAnswer {
	if a.Problem != nil {
		return uploadAnswer{ScanID: said, Problem: a.Problem.Code}
	}
	d := viewDecision(said, a.Decision)
	return uploadAnswer{ScanID: said, Result: a.Result, Decision: &d}
}

// changeParty corrects who came in with an admitted scan.
func changeParty(doors *passes.Doors) fiber.Handler {
	return func(c *fiber.Ctx) error {
		said := c.Params("id")
		id, err := parseScanID(said)
		if err != nil {
			return err
		}
		b, err := body[partyBody](c)
		if err != nil {
			return err
		}
		party, err := b.parse()
		if err != nil {
			return err
		}
		d, err := doors.ChangeParty(c.UserContext(), actor(c), id, party)
		if err != nil {
			return err
		}
		return c.JSON(viewDecision(said, d))
	}
}

// undoScan takes an admission back.
func undoScan(doors *passes.Doors) fiber.Handler {
	return func(c *fiber.Ctx) error {
		said := c.Params("id")
		id, err := parseScanID(said)
		if err != nil {
			return err
		}
		d, err := doors.Undo(c.UserContext(), actor(c), id)
		if err != nil {
			return err
		}
		return c.JSON(viewDecision(said, d))
	}
}

// bundle is what a scanner judges with offline, as one signed token.
func bundle(doors *passes.Doors) fiber.Handler {
	return func(c *fiber.Ctx) error {
		token, err := doors.Bundle(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "application/jwt")
		return c.SendString(token)
	}
}

type conflictView struct {
	ID      models.ClaimID   `json:"id"`
	Session models.SessionID `json:"session"`
	Offer   models.OfferID   `json:"offer"`
	At      time.Time        `json:"at"`
	Shown   models.Shown     `json:"shown"`
	Reason  models.Reason    `json:"reason"`
	Counted bool             `json:"counted,omitempty"` // it came in beyond the seats, and counts
	FirstAt *time.Time       `json:"first_at,omitempty"`
	Tag     string           `json:"tag,omitempty"`
	SeenAt  *time.Time       `json:"seen_at,omitempty"`
}

type conflictList struct {
	Conflicts []conflictView `json:"conflicts"`
}

// listConflicts lists who was welcomed offline and would have been refused, or came in beyond the seats, naming no one.
func listConflicts(doors *passes.Doors) fiber.Handler {
	return func(c *fiber.Ctx) error {
		rows, err := doors.Conflicts(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		view := conflictList{Conflicts: make([]conflictView, len(rows))}
		for i, r := range rows {
			view.Conflicts[i] = conflictView{
				ID: r.ID, Session: r.Session, Offer: r.Offer, At: r.At, Shown: r.Shown, Reason: r.Reason, Counted: r.Counted,
				FirstAt: given(r.FirstAt), Tag: r.Tag, SeenAt: given(r.SeenAt),
			}
		}
		return c.JSON(view)
	}
}

// seeConflict marks a row of the list as seen.
func seeConflict(doors *passes.Doors) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := doors.SeeConflict(c.UserContext(), actor(c), models.ClaimID(c.Params("id"))); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}
