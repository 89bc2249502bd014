package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"kaikukortti/models"
)

// A NewPass is what a worker fills in.
type NewPass struct {
	Community    bool       `json:"community,omitempty"`
	BirthYear    int        `json:"birth_year,omitempty"`
	PostalCode   string     `json:"postal_code,omitempty"`
	Municipality string     `json:"municipality,omitempty"`
	Children     int        `json:"children"`
	Language     string     `json:"language"`
	TermsVersion string     `json:"terms_version"`
	TermsDay     models.Day `json:"terms_day"`
}

// A Pass is what a worker sees of one.
type Pass struct {
	ID         models.PassID    `json:"id"`
	Number     models.Digits    `json:"number"`
	State      models.PassState `json:"state"`
	First      models.Day       `json:"first"`
	Last       models.Day       `json:"last"`
	Children   int              `json:"children"`
	RenewAsked models.Day       `json:"renew_asked"`
	Phone      *struct {
		Since time.Time `json:"since"`
	} `json:"phone"`
	Paper *struct {
		Since time.Time `json:"since"`
	} `json:"paper"`
}

// Issue makes a pass. The same key makes it once, however often it is asked.
func (p *Person) Issue(ctx context.Context, n NewPass, key string) (Pass, error) {
	var issued Pass
	return issued, p.ask(ctx, call{method: http.MethodPost, path: "/v1/passes", key: key, body: n}, &issued)
}

// Pass reads a pass of the own distributor.
func (p *Person) Pass(ctx context.Context, id models.PassID) (Pass, error) {
	var found Pass
	return found, p.ask(ctx, call{method: http.MethodGet, path: "/v1/passes/" + segment(string(id))}, &found)
}

// Passes lists those of the own distributor that the filters leave, such as number=….
func (p *Person) Passes(ctx context.Context, filters url.Values) ([]Pass, error) {
	var list struct {
		Passes []Pass `json:"passes"`
	}
	return list.Passes, p.ask(ctx, call{method: http.MethodGet, path: "/v1/passes?" + filters.Encode()}, &list)
}

// A Handed is what a worker hands to the holder after changing a pass: what there is of it is shown this once.
type Handed struct {
	Pass     Pass          `json:"pass"`
	Code     string        `json:"code"`          // an activation code, or what a paper's QR says
	Number   models.Digits `json:"number"`        // of a paper
	Recovery models.Digits `json:"recovery_code"` // of a sheet
}

// Change does something with a pass: the action is the end of its route, the body what it takes.
func (p *Person) Change(ctx context.Context, id models.PassID, action string, body map[string]any) (Handed, error) {
	var handed Handed
	c := call{method: http.MethodPost, path: "/v1/passes/" + segment(string(id)) + "/" + segment(action)}
	if len(body) == 0 {
		return handed, p.ask(ctx, c, &handed)
	}
	c.body = body
	return handed, p.ask(ctx, c, &handed)
}
