package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"kaikukortti/models"
)

// A NewNetwork is what the national unit fills in.
type NewNetwork struct {
	ID             models.NetworkID      `json:"id"`
	Name           models.Text           `json:"name"`
	Status         models.NetworkStatus  `json:"status"`
	First          models.Day            `json:"first"`
	Municipalities []models.Municipality `json:"municipalities"`
}

// CreateNetwork adds a network.
func (p *Person) CreateNetwork(ctx context.Context, n NewNetwork) error {
	return p.ask(ctx, call{method: http.MethodPost, path: "/v1/networks", key: NewRequestKey(), body: n}, nil)
}

// A NewOrganisation is what a coordinator fills in.
type NewOrganisation struct {
	Network      models.NetworkID        `json:"network"`
	Kind         models.OrganisationKind `json:"kind"`
	Name         models.Text             `json:"name"`
	Municipality string                  `json:"municipality"`
	Sector       models.Sector           `json:"sector,omitempty"`
}

// CreateOrganisation adds a member of a network.
func (p *Person) CreateOrganisation(ctx context.Context, o NewOrganisation) (models.OrganisationID, error) {
	var made struct {
		ID models.OrganisationID `json:"id"`
	}
	return made.ID, p.ask(ctx, call{method: http.MethodPost, path: "/v1/organisations", key: NewRequestKey(), body: o}, &made)
}

// AddScanner gets the code that enrols a scanner.
func (p *Person) AddScanner(ctx context.Context, label string, end models.Day) (id models.ScannerID, code string, err error) {
	var made struct {
		ID   models.ScannerID `json:"id"`
		Code string           `json:"code"`
	}
	body := map[string]string{"label": label, "end_day": string(end)}
	err = p.ask(ctx, call{method: http.MethodPost, path: "/v1/scanners", key: NewRequestKey(), body: body}, &made)
	return made.ID, made.Code, err
}

// RemoveScanner ends a scanner.
func (p *Person) RemoveScanner(ctx context.Context, id models.ScannerID) error {
	return p.ask(ctx, call{method: http.MethodDelete, path: "/v1/scanners/" + segment(string(id))}, nil)
}

// A NewOffer is what a manager fills in.
type NewOffer struct {
	Title           models.Text      `json:"title"`
	Kind            models.OfferKind `json:"kind"`
	Sector          models.Sector    `json:"sector"`
	Municipality    string           `json:"municipality"`
	WalkIns         bool             `json:"walk_ins"`
	Reservable      bool             `json:"reservable"`
	ChildrenCounted bool             `json:"children_counted"`
	Limit           *models.Limit    `json:"limit,omitempty"` // of a standing offer
}

// CreateOffer adds an offer to the own venue.
func (p *Person) CreateOffer(ctx context.Context, o NewOffer) (models.OfferID, error) {
	var made struct {
		ID models.OfferID `json:"id"`
	}
	return made.ID, p.ask(ctx, call{method: http.MethodPost, path: "/v1/offers", key: NewRequestKey(), body: o}, &made)
}

// A NewSession is one date of an offer; without seats it has no limit.
type NewSession struct {
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Seats   int       `json:"seats"`
	NoLimit bool      `json:"no_limit"`
}

// CreateSession adds a session to an offer.
func (p *Person) CreateSession(ctx context.Context, offer models.OfferID, s NewSession) (models.SessionID, error) {
	var made struct {
		ID models.SessionID `json:"id"`
	}
	s.NoLimit = s.Seats == 0
	path := "/v1/offers/" + segment(string(offer)) + "/sessions"
	return made.ID, p.ask(ctx, call{method: http.MethodPost, path: path, key: NewRequestKey(), body: s}, &made)
}

// Doors lists today's doors of the own venue.
func (p *Person) Doors(ctx context.Context) ([]Door, error) {
	var t today
	err := p.ask(ctx, call{method: http.MethodGet, path: "/v1/door"}, &t)
	return t.doors(), err
}

// A Conflict is somebody who was welcomed offline and would have been refused; it names no one.
type Conflict struct {
	ID     models.ClaimID `json:"id"`
	At     time.Time      `json:"at"`
	Reason models.Reason  `json:"reason"`
	SeenAt *time.Time     `json:"seen_at"`
}

// Conflicts lists them.
func (p *Person) Conflicts(ctx context.Context) ([]Conflict, error) {
	var list struct {
		Conflicts []Conflict `json:"conflicts"`
	}
	return list.Conflicts, p.ask(ctx, call{method: http.MethodGet, path: "/v1/conflicts"}, &list)
}

// SeeConflict marks one as seen.
func (p *Person) SeeConflict(ctx context.Context, id models.ClaimID) error {
	return p.ask(ctx, call{method: http.MethodPost, path: "/v1/conflicts/" + segment(string(id)) + "/seen"}, nil)
}

// An AuditRow says who changed what.
type AuditRow struct {
	At     time.Time     `json:"at"`
	Action string        `json:"action"`
	Pass   models.PassID `json:"pass"`
}

// AuditLog lists the newest rows of the own organisation, those of one pass if it is named.
func (p *Person) AuditLog(ctx context.Context, pass models.PassID) ([]AuditRow, error) {
	var page struct {
		Rows []AuditRow `json:"rows"`
	}
	query := url.Values{}
	if pass != "" {
		query.Set("pass", string(pass))
	}
	return page.Rows, p.ask(ctx, call{method: http.MethodGet, path: "/v1/audit?" + query.Encode()}, &page)
}
