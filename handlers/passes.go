package handlers

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"

	"github.com/gofiber/fiber/v2"
)

// passView is a pass as a worker of its distributor sees it. No code or key that was kept as a hash is in it.
type passView struct {
	ID           models.PassID    `json:"id"`
	Version      int64            `json:"version"`
	Number       models.Digits    `json:"number"`
	Network      models.NetworkID `json:"network"`
	Community    bool             `json:"community"`
	BirthYear    int              `json:"birth_year,omitempty"`
	PostalCode   string           `json:"postal_code,omitempty"`
	Municipality string           `json:"municipality"`
	Children     int              `json:"children"`
	Language     string           `json:"language"`
	TermsVersion string           `json:"terms_version"`
	TermsDay     models.Day       `json:"terms_day"`
	State        models.PassState `json:"state"`
	First        models.Day       `json:"first"`
	Last         models.Day       `json:"last"`
	GraceDays    int              `json:"grace_days"`
	IssuedBy     models.PersonID  `json:"issued_by"`
	IssuedAt     time.Time        `json:"issued_at"`
	RenewAsked   models.Day       `json:"renew_asked,omitempty"`
	EndedAt      *time.Time       `json:"ended_at,omitempty"`
	Phone        *carrierView     `json:"phone,omitempty"`
	UndoUntil    *time.Time       `json:"undo_until,omitempty"` // a replaced phone can be brought back
	Paper        *carrierView     `json:"paper,omitempty"`
	Activation   *activationView  `json:"activation,omitempty"`
	RecoveryCode bool             `json:"recovery_code"` // there is one
}

type carrierView struct {
	Since time.Time  `json:"since"`
	Exp   *time.Time `json:"exp,omitempty"` // of a paper, offline
}

type activationView struct {
	Expires  time.Time  `json:"expires"`
	NewPhone bool       `json:"new_phone"`
	UsedAt   *time.Time `json:"used_at,omitempty"`
}

func viewPass(p *models.Pass) passView {
	v := passView{
		ID: p.ID, Version: p.Version, Number: p.Number, Network: p.Network, Community: p.Community, BirthYear: p.BirthYear,
		PostalCode: p.PostalCode, Municipality: p.Municipality, Children: p.Children, Language: p.Language,
		TermsVersion: p.TermsVersion, TermsDay: p.TermsDay, State: p.State, First: p.First, Last: p.Last, GraceDays: p.GraceDays,
		IssuedBy: p.IssuedBy, IssuedAt: p.IssuedAt, RenewAsked: p.RenewAsked, EndedAt: given(p.EndedAt), RecoveryCode: p.Recovery != nil,
	}
	if phone := p.LivePhone(); phone != nil {
		v.Phone = &carrierView{Since: since(phone.Spans)}
	}
	if paper := p.LivePaper(); paper != nil {
		v.Paper = &carrierView{Since: since(paper.Spans), Exp: given(paper.Exp)}
	}
	for i := range p.Phones {
		if until := p.Phones[i].UndoUntil; !until.IsZero() {
			v.UndoUntil = &until
		}
	}
	if a := p.Activation; a != nil {
		v.Activation = &activationView{Expires: a.Expires, NewPhone: a.Replace, UsedAt: given(a.UsedAt)}
	}
	return v
}

// since is when the last of some spans began.
func since(spans []models.Span) time.Time { return spans[len(spans)-1].From }

type issueBody struct {
	Community    bool              `json:"community"`
	BirthYear    int               `json:"birth_year"`
	PostalCode   string            `json:"postal_code"`
	Municipality string            `json:"municipality"`
	Children     int               `json:"children"`
	Language     string            `json:"language"`
	TermsVersion string            `json:"terms_version"`
	TermsDay     models.Day        `json:"terms_day"`
	Answers      map[string]string `json:"answers"` // question: answer
}

// issuePass makes a pass. There is no field for who it is for.
func issuePass(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[issueBody](c)
		if err != nil {
			return err
		}
		n := passes.NewPass{
			Community: b.Community, BirthYear: b.BirthYear, PostalCode: b.PostalCode, Municipality: b.Municipality, Children: b.Children,
			Language: b.Language, TermsVersion: b.TermsVersion, TermsDay: b.TermsDay,
		}
		for question, answer := range b.Answers {
			n.Answers = append(n.Answers, models.Answer{Question: question, Answer: answer})
		}
		if n.Idempotency, err = idempotent(c); err != nil {
			return err
		}
		p, err := desk.Issue(c.UserContext(), actor(c), n)
		if err != nil {
			return err
		}
		return c.Status(http.StatusCreated).JSON(viewPass(&p))
	}
}

func readPass(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := desk.ReadPass(c.UserContext(), actor(c), models.PassID(c.Params("id")))
		if err != nil {
			return err
		}
		return c.JSON(viewPass(&p))
	}
}

type passList struct {
	Passes []passView `json:"passes"`
	Next   string     `json:"next,omitempty"` // the cursor of the next page
}

// findPasses lists the passes of the worker's distributor.
func findPasses(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		q, err := parsePassQuery(c.Queries())
		if err != nil {
			return err
		}
		found, next, err := desk.FindPasses(c.UserContext(), actor(c), q)
		if err != nil {
			return err
		}
		list := passList{Passes: make([]passView, 0, len(found)), Next: next}
		for i := range found {
			list.Passes = append(list.Passes, viewPass(&found[i]))
		}
		return c.JSON(list)
	}
}

// parsePassQuery reads the filters of a list; one that is not known is refused, so that nobody reads a list for another than it is.
func parsePassQuery(given map[string]string) (passes.PassQuery, error) {
	var q passes.PassQuery
	for name, value := range given {
		read, known := passFilters[name]
		if !known {
			return q, unknownQuery(slices.Collect(maps.Keys(passFilters)))
		}
		if !read(&q, value) {
			return q, models.BadField(name, "This is no value of the filter.")
		}
	}
	return q, nil
}

var passFilters = map[string]func(q *passes.PassQuery, value string) bool{
	"number": func(q *passes.PassQuery, value string) bool {
		digits, err := passes.ParseTyped("number", value, models.PassNumber)
		q.Number = digits
		return err == nil
	},
	"issued_by":  func(q *passes.PassQuery, value string) bool { q.Mine = true; return value == "me" },
	"ends_soon":  func(q *passes.PassQuery, value string) bool { q.EndsSoon = true; return value == "true" },
	"asked":      func(q *passes.PassQuery, value string) bool { q.Asked = true; return value == "true" },
	"cursor":     func(q *passes.PassQuery, value string) bool { q.Cursor = value; return value != "" },
	"birth_year": func(q *passes.PassQuery, value string) bool { return number(value, &q.BirthYear) && q.BirthYear > 0 },
	"limit":      func(q *passes.PassQuery, value string) bool { return number(value, &q.Limit) && q.Limit > 0 },
	"month": func(q *passes.PassQuery, value string) bool {
		_, err := models.ParseDay(value + "-01")
		q.Month = value
		return err == nil
	},
	"postal_code": func(q *passes.PassQuery, value string) bool {
		q.PostalCode = value
		return len(value) == 5
	},
	"children": func(q *passes.PassQuery, value string) bool {
		q.Children = new(int)
		return number(value, q.Children)
	},
	"state": func(q *passes.PassQuery, value string) bool {
		q.State = models.PassState(value)
		return slices.Contains([]models.PassState{models.Issued, models.Active, models.Suspended, models.Revoked}, q.State)
	},
}

func number(value string, into *int) bool {
	n, err := strconv.Atoi(value)
	*into = n
	return err == nil && n >= 0
}

// A passAction changes a pass and answers what the worker sees then; nil when there is nothing to see.
type passAction func(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error)

// passActions are all that a worker can do with a pass.
var passActions = map[string]passAction{
	"activation-code": func(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
		return makeCode(c, desk, by, id, false)
	},
	"new-phone": func(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
		return makeCode(c, desk, by, id, true)
	},
	"cancel-code":      plainAction((*passes.Desk).CancelCode),
	"lost-phone":       plainAction((*passes.Desk).StopPhone),
	"undo-replacement": plainAction((*passes.Desk).UndoReplacement),
	"suspend":          reasonAction((*passes.Desk).Suspend),
	"resume":           reasonAction((*passes.Desk).Resume),
	"revoke":           reasonAction((*passes.Desk).Revoke),
	"bind":             bindPhone,
	"renew":            renewPass,
	"paper":            printPaper,
	"recovery-code":    sheetCode,
	"correct":          correctPass,
	"erase":            erasePass,
}

// changePass does one of the actions.
func changePass(desk *passes.Desk) fiber.Handler {
	return func(c *fiber.Ctx) error {
		act, known := passActions[c.Params("action")]
		if !known {
			return errNoRoute
		}
		answer, err := act(c, desk, actor(c), models.PassID(c.Params("id")))
		switch {
		case err != nil:
			return err
		case answer == nil:
			return c.SendStatus(http.StatusNoContent)
		}
		return c.JSON(answer)
	}
}

// bodyOrNone reads a body that may be left out.
func bodyOrNone[T any](c *fiber.Ctx) (T, error) {
	if len(c.BodyRaw()) == 0 {
		var none T
		return none, nil
	}
	return body[T](c)
}

type noBody struct{}

type passAnswer struct {
	Pass passView `json:"pass"`
}

func answerPass(p models.Pass, err error) (any, error) { return passAnswer{viewPass(&p)}, err }

func plainAction(do func(*passes.Desk, context.Context, models.Actor, models.PassID) (models.Pass, error)) passAction {
	return func(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
		if _, err := bodyOrNone[noBody](c); err != nil {
			return nil, err
		}
		return answerPass(do(desk, c.UserContext(), by, id))
	}
}

type reasonBody struct {
	Reason models.ReasonForChange `json:"reason"`
}

func reasonAction(do func(*passes.Desk, context.Context, models.Actor, models.PassID, models.ReasonForChange) (models.Pass, error)) passAction {
	return func(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
		b, err := bodyOrNone[reasonBody](c)
		if err != nil {
			return nil, err
		}
		return answerPass(do(desk, c.UserContext(), by, id, b.Reason))
	}
}

type codeAnswer struct {
	Pass    passView      `json:"pass"`
	Code    models.Digits `json:"code"` // shown once
	Expires time.Time     `json:"expires"`
}

func makeCode(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID, newPhone bool) (any, error) {
	if _, err := bodyOrNone[noBody](c); err != nil {
		return nil, err
	}
	p, code, err := desk.MakeActivationCode(c.UserContext(), by, id, newPhone)
	if err != nil {
		return nil, err
	}
	return codeAnswer{Pass: viewPass(&p), Code: code, Expires: p.Activation.Expires}, nil
}

type bindBody struct {
	Digits  string `json:"digits"`
	Replace bool   `json:"replace"`
}

func bindPhone(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
	b, err := body[bindBody](c)
	if err != nil {
		return nil, err
	}
	return answerPass(desk.Bind(c.UserContext(), by, id, b.Digits, b.Replace))
}

type renewBody struct {
	Last models.Day `json:"last"` // the last day that the worker saw: a repeated request renews once
}

func renewPass(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
	b, err := body[renewBody](c)
	if err != nil {
		return nil, err
	}
	if _, err := models.ParseDay(string(b.Last)); err != nil {
		return nil, models.BadField("last", "Send the last day of the pass as it was shown.")
	}
	return answerPass(desk.Renew(c.UserContext(), by, id, b.Last))
}

type paperAnswer struct {
	Pass   passView      `json:"pass"`
	Code   string        `json:"code"`   // what the QR says; shown once
	Number models.Digits `json:"number"` // to be typed at a door; shown once
	Exp    time.Time     `json:"exp"`
}

func printPaper(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
	if _, err := bodyOrNone[noBody](c); err != nil {
		return nil, err
	}
	printed, err := desk.PrintPaper(c.UserContext(), by, id)
	if err != nil {
		return nil, err
	}
	return paperAnswer{Pass: viewPass(&printed.Pass), Code: printed.Code, Number: printed.Number, Exp: printed.Exp}, nil
}

type sheetAnswer struct {
	Pass passView      `json:"pass"`
	Code models.Digits `json:"recovery_code"` // shown once
}

func sheetCode(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
	if _, err := bodyOrNone[noBody](c); err != nil {
		return nil, err
	}
	p, code, err := desk.NewRecoveryCode(c.UserContext(), by, id)
	return sheetAnswer{Pass: viewPass(&p), Code: code}, err
}

type correctBody struct {
	Children     *int                   `json:"children"`
	Language     *string                `json:"language"`
	PostalCode   *string                `json:"postal_code"`
	Municipality *string                `json:"municipality"`
	Reason       models.ReasonForChange `json:"reason"`
	Version      int64                  `json:"version"` // that the worker saw, if it matters
}

func correctPass(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
	b, err := body[correctBody](c)
	if err != nil {
		return nil, err
	}
	return answerPass(desk.Correct(c.UserContext(), by, id, passes.Correction{
		Children: b.Children, Language: b.Language, PostalCode: b.PostalCode, Municipality: b.Municipality, Reason: b.Reason, Version: b.Version,
	}))
}

func erasePass(c *fiber.Ctx, desk *passes.Desk, by models.Actor, id models.PassID) (any, error) {
	b, err := bodyOrNone[reasonBody](c)
	if err != nil {
		return nil, err
	}
	return nil, desk.Erase(c.UserContext(), by, id, b.Reason)
}
