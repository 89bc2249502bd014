package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
)

// An Enrolled is all that a scanner keeps. It keeps a code only while the scan waits to be uploaded.
type Enrolled struct {
	Key      Key                `json:"key"`
	Scanner  models.ScannerID   `json:"scanner,omitempty"`
	Label    string             `json:"label,omitempty"`
	EndDay   models.Day         `json:"end_day,omitempty"`
	Venue    models.Text        `json:"venue,omitempty"`
	Trusted  []passes.BundleKey `json:"trusted,omitempty"` // keys that sign bundles
	Bundle   string             `json:"bundle,omitempty"`  // the last one, as it came
	Welcomed []passes.Welcomed  `json:"welcomed,omitempty"`
	Queue    []Queued           `json:"queue,omitempty"`
}

// A Queued is a scan that was decided without the network, on its way to the server.
type Queued struct {
	ScanID      models.ScanID    `json:"scan_id"`
	Session     models.SessionID `json:"session"`
	Code        string           `json:"code"`
	Party       models.Party     `json:"party"`
	ScannedAt   time.Time        `json:"scanned_at"`
	Shown       models.Shown     `json:"shown"`
	ShownReason models.Reason    `json:"shown_reason,omitempty"`
}

// A Scanner stands at a venue's door.
type Scanner struct {
	Enrolled
	prover *prover
}

// NewEnrolled begins with a new key, for a scanner that is yet to be enrolled.
func NewEnrolled() (Enrolled, error) {
	key, err := NewKey()
	return Enrolled{Key: key}, err
}

// NewScanner is a scanner that keeps what was kept.
func NewScanner(server *Server, clock *Clock, kept Enrolled) *Scanner {
	return &Scanner{Enrolled: kept, prover: &prover{server: server, key: kept.Key, typ: scannerType, clock: clock}}
}

// Enrol uses the manager's code up, and learns by which keys bundles are known.
func (s *Scanner) Enrol(ctx context.Context, code string) error {
	var answer struct {
		Scanner struct {
			ID     models.ScannerID `json:"id"`
			Label  string           `json:"label"`
			EndDay models.Day       `json:"end_day"`
		} `json:"scanner"`
		Venue struct {
			Name models.Text `json:"name"`
		} `json:"venue"`
		BundleKeys []models.JWK `json:"bundle_keys"`
		Now        time.Time    `json:"now"`
	}
	body := struct {
		Code string     `json:"code"`
		Key  models.JWK `json:"key"`
	}{code, s.Key.JWK()}
	if _, err := s.prover.server.do(ctx, call{method: http.MethodPost, path: "/v1/scanner-enrolments", body: body}, &answer); err != nil {
		return err
	}
	var trusted []passes.BundleKey
	for _, k := range answer.BundleKeys {
		key, err := bundleKey(k)
		if err != nil {
			return err
		}
		trusted = append(trusted, key)
	}
	s.Scanner, s.Label, s.EndDay = answer.Scanner.ID, answer.Scanner.Label, answer.Scanner.EndDay
	s.Venue, s.Trusted = answer.Venue.Name, trusted
	s.prover.clock.correct(answer.Now)
	return nil
}

func bundleKey(k models.JWK) (passes.BundleKey, error) {
	point, err := k.Point()
	if err != nil {
		return passes.BundleKey{}, fmt.Errorf("read a bundle key: %w", err)
	}
	kid, err := kp1.ParseKID(k.KID)
	if err != nil {
		return passes.BundleKey{}, fmt.Errorf("read a bundle key: %w", err)
	}
	return passes.BundleKey{KID: kid, Point: point}, nil
}

// A Door is what can be scanned for today.
type Door struct {
	ID       models.SessionID `json:"id"`
	Title    models.Text      `json:"title"`
	Kind     models.OfferKind `json:"kind"`
	Open     bool             `json:"open"`
	Opens    *time.Time       `json:"opens"`
	Counts   *Counts          `json:"counts"`   // of a session
	Admitted int              `json:"admitted"` // of a standing offer, today
}

// Counts are how full a session is.
type Counts struct {
	Admitted int  `json:"admitted"`
	Reserved int  `json:"reserved"`
	Free     *int `json:"free"` // nil where there is no limit
}

// today is the answer about a venue's doors.
type today struct {
	Sessions []Door `json:"sessions"`
	Standing []Door `json:"standing"`
}

// doors are all of them; a standing offer is open as long as it is listed.
func (t *today) doors() []Door {
	for i := range t.Standing {
		t.Standing[i].Open = true
	}
	return slices.Concat(t.Sessions, t.Standing)
}

// Today lists what can be scanned for today.
func (s *Scanner) Today(ctx context.Context) ([]Door, error) {
	var t today
	err := s.ask(ctx, http.MethodGet, "/v1/venue/today", nil, &t)
	return t.doors(), err
}

func (s *Scanner) ask(ctx context.Context, method, path string, body, into any) error {
	return s.prover.ask(ctx, call{method: method, path: path, body: body}, into)
}

// FetchBundle gets what the scanner judges with while there is no network.
func (s *Scanner) FetchBundle(ctx context.Context) error {
	var token string
	if err := s.ask(ctx, http.MethodGet, "/v1/venue/bundle", nil, &token); err != nil {
		return err
	}
	b, err := passes.OpenBundle(token, s.Scanner, s.Trusted)
	if err != nil {
		return err
	}
	s.Bundle = token
	known := func(k passes.BundleKey) bool { return k.KID == b.NextKey.KID }
	if len(b.NextKey.Point) > 0 && !slices.ContainsFunc(s.Trusted, known) {
		s.Trusted = append(s.Trusted, b.NextKey)
	}
	return nil
}

// OpenBundle is the last bundle, ready to judge with.
func (s *Scanner) OpenBundle() (*passes.Bundle, error) {
	if s.Bundle == "" {
		return nil, errors.New("there is no bundle yet")
	}
	return passes.OpenBundle(s.Bundle, s.Scanner, s.Trusted)
}

// NewScanID draws the id of a scan. A scan that is sent again under its id is the same scan.
func NewScanID() models.ScanID { return models.ScanID(rand.Text()) }

// A Showing is a code, or a typed number, shown for a session or standing offer.
type Showing struct {
	ScanID  models.ScanID    `json:"scan_id"`
	Session models.SessionID `json:"session"`
	Code    string           `json:"code,omitempty"`
	Typed   string           `json:"typed,omitempty"`
	Party   *models.Party    `json:"party,omitempty"` // left out: as it was booked
	At      time.Time        `json:"scanned_at"`
}

// A Decision is the answer to a scan.
type Decision struct {
	ScanID models.ScanID `json:"scan_id"`
	models.Decision
}

// Scan asks the server.
func (s *Scanner) Scan(ctx context.Context, shown Showing) (Decision, error) {
	var d Decision
	return d, s.ask(ctx, http.MethodPost, "/v1/scans", shown, &d)
}

// ChangeParty corrects who came in.
func (s *Scanner) ChangeParty(ctx context.Context, id models.ScanID, party models.Party) (Decision, error) {
	var d Decision
	return d, s.ask(ctx, http.MethodPut, "/v1/scans/"+url.PathEscape(string(id))+"/party", party, &d)
}

// Undo takes an admission back.
func (s *Scanner) Undo(ctx context.Context, id models.ScanID) (Decision, error) {
	var d Decision
	return d, s.ask(ctx, http.MethodDelete, "/v1/scans/"+url.PathEscape(string(id)), nil, &d)
}

// JudgeOffline decides with the bundle alone, and queues the scan for the server. A typed number is nothing that it can judge.
func (s *Scanner) JudgeOffline(shown Showing) (models.Decision, error) {
	if shown.Typed != "" {
		return models.Decision{}, errors.New("a typed number needs the network")
	}
	b, err := s.OpenBundle()
	if err != nil {
		return models.Decision{}, err
	}
	var party models.Party // a list knows no bookings' sizes
	if shown.Party != nil {
		party = *shown.Party
	}
	scan := passes.OfflineScan{Code: shown.Code, Session: shown.Session, Party: party, At: shown.At}
	d, welcomed := b.Judge(scan, s.Welcomed)
	item := Queued{
		ScanID: shown.ScanID, Session: shown.Session, Code: shown.Code, Party: party, ScannedAt: shown.At,
		Shown: models.ShownRefused, ShownReason: d.Reason,
	}
	if d.Outcome == models.OutcomeAdmitted {
		item.Shown = models.ShownWelcome
		s.Welcomed = append(s.Welcomed, welcomed)
	}
	s.Queue = append(s.Queue, item)
	return d, nil
}

// An Uploaded is what became of a queued scan.
type Uploaded struct {
	ScanID  models.ScanID   `json:"scan_id"`
	Result  models.Uploaded `json:"result"`
	Problem string          `json:"problem"`
}

// uploadBatch keeps a request well under the 64 KiB that the server takes.
const uploadBatch = 50

// Upload sends what waits, in batches. What was answered leaves the queue, and its code with it.
func (s *Scanner) Upload(ctx context.Context) ([]Uploaded, error) {
	var all []Uploaded
	for len(s.Queue) > 0 {
		n := min(uploadBatch, len(s.Queue))
		var answer struct {
			Answers []Uploaded `json:"answers"`
		}
		body := struct {
			Scans []Queued `json:"scans"`
		}{s.Queue[:n]}
		if err := s.ask(ctx, http.MethodPost, "/v1/scans/uploads", body, &answer); err != nil {
			return all, err
		}
		all = append(all, answer.Answers...)
		s.Queue = s.Queue[n:]
	}
	return all, nil
}
