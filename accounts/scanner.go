package accounts

import (
	"context"
	"errors"
	"time"

	"kaikukortti/models"
)

const (
	longestLabel   = 60
	longestScanner = 24 // months that a scanner can be added for
)

// A NewScanner is a scanner with the code that enrols it, which is shown this once; empty if it was enrolled by now.
type NewScanner struct {
	Scanner models.Scanner
	Code    string
}

// AddScanner adds a scanner to the manager's venue. The same request again gives a new code in the place of the old one.
func (d *Directory) AddScanner(ctx context.Context, by models.Actor, s models.Scanner) (NewScanner, error) {
	if err := d.parseScanner(&s); err != nil {
		return NewScanner{}, err
	}
	if err := d.hasDoors(ctx, by.Organisation); err != nil {
		return NewScanner{}, err
	}
	code := models.NewEnrolmentCode(d.random)
	s.ID, s.Organisation = models.NewID[models.ScannerID](d.random), by.Organisation
	s.Code, s.CodeExpires = d.hash(code), d.clock().Add(models.EnrolmentLife)
	kept, err := d.store.AddScanner(ctx, s, d.audit(by, "scanner_added", string(s.ID)))
	if err != nil || kept.Code != s.Code {
		return NewScanner{Scanner: kept}, err
	}
	return NewScanner{Scanner: kept, Code: code}, nil
}

func (d *Directory) parseScanner(s *models.Scanner) error {
	var err error
	if s.Label, err = models.ParseWords("label", s.Label, longestLabel); err != nil {
		return err
	}
	today := models.DayOf(d.now())
	switch {
	case s.Label == "":
		return models.BadField("label", "A scanner has a label, so that it can be found and removed.")
	case s.EndDay < today || s.EndDay > today.AddMonths(longestScanner):
		return models.BadField("end_day", "A scanner ends today or later, and within two years.")
	}
	return nil
}

func (d *Directory) hasDoors(ctx context.Context, id models.OrganisationID) error {
	o, err := d.store.Organisation(ctx, id)
	if err != nil {
		return err
	}
	if !o.Admits() {
		return forbidden("no_doors", "A distributor has no doors.")
	}
	return nil
}

func (d *Directory) hash(code string) string { return d.keys.Hash("scanner-code", code) }

// Enrolled is what a scanner is told once: who it is, where, and the keys with which it will judge the bundle.
type Enrolled struct {
	Scanner    models.Scanner
	Venue      models.Organisation
	BundleKeys []models.SigningKey
	Now        time.Time
}

// EnrolScanner binds a scanner's own key to the code that a manager was shown. The same code with the same key again, within the
// code's life, has the same answer.
func (d *Directory) EnrolScanner(ctx context.Context, typed, thumbprint string, key []byte) (Enrolled, error) {
	code, ok := models.ParseEnrolmentCode(typed)
	if !ok {
		return Enrolled{}, models.BadField("code", "An enrolment code has ten letters and digits.")
	}
	now := d.clock()
	audit := d.audit(models.Actor{Role: models.ScannerRole}, "scanner_enrolled", "")
	s, err := d.store.EnrolScanner(ctx, d.hash(code), thumbprint, key, now, audit)
	if err != nil {
		return Enrolled{}, err
	}
	s, venue, err := d.store.ScannerWithVenue(ctx, s.ID)
	if err != nil {
		return Enrolled{}, err
	}
	keys, err := d.ring.PublicKeys(ctx, models.BundleKey)
	return Enrolled{Scanner: s, Venue: venue, BundleKeys: keys, Now: now}, err
}

// Scanners lists the scanners of the manager's venue.
func (d *Directory) Scanners(ctx context.Context, by models.Actor) ([]models.Scanner, error) {
	return d.store.Scanners(ctx, by.Organisation)
}

// RemoveScanner ends a scanner from afar.
func (d *Directory) RemoveScanner(ctx context.Context, by models.Actor, id models.ScannerID) error {
	audit := d.audit(by, "scanner_removed", string(id))
	return d.store.RemoveScanner(ctx, by.Organisation, id, audit.At, audit)
}

// Scanning is the actor that a scanner is, if it may scan now. It is asked on every request, so a removed scanner is dead at once.
func (d *Directory) Scanning(ctx context.Context, id models.ScannerID) (models.Actor, error) {
	s, venue, err := d.store.ScannerWithVenue(ctx, id)
	if err != nil {
		return models.Actor{}, ended(err)
	}
	if !s.Works(d.now()) || !venue.ClosedAt.IsZero() {
		return models.Actor{}, errScannerEnded
	}
	return models.Actor{Role: models.ScannerRole, Scanner: s.ID, Organisation: venue.ID, Network: venue.Network}, nil
}

var errScannerEnded = &models.Error{
	Kind: models.Unauthenticated, Code: "scanner_ended", Detail: "This scanner was removed, or its last day is past. Enrol it anew.",
}

// ended answers for a scanner that is not there as for one that was removed.
func ended(err error) error {
	if known := new(models.Error); errors.As(err, &known) && known.Kind == models.NotFound {
		return errScannerEnded
	}
	return err
}

// ScannerByThumbprint is the scanner whose key has this thumbprint, with the key, if it may scan now; otherwise no_such_scanner.
func (d *Directory) ScannerByThumbprint(ctx context.Context, thumbprint string) (models.Actor, []byte, error) {
	s, err := d.store.ScannerByThumbprint(ctx, thumbprint)
	if err != nil {
		return models.Actor{}, nil, err
	}
	who, err := d.Scanning(ctx, s.ID)
	if errors.Is(err, errScannerEnded) {
		err = &models.Error{Kind: models.NotFound, Code: "no_such_scanner", Detail: "There is no such scanner."}
	}
	return who, s.Key, err
}
