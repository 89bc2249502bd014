// Package offers is what venues and institutes give: offers, their sessions with seats, and reservations of them. It never decides who
// comes in at a door.
package offers

import (
	"context"
	"io"
	"time"

	"kaikukortti/models"
)

// A Programme is the offers of all venues, with the reservations of them.
type Programme struct {
	store  Store
	keys   *models.Keys
	now    func() time.Time
	random io.Reader
}

// Store is what a Programme needs of the store; each method is one atomic step.
type Store interface {
	Networks(ctx context.Context) ([]models.Network, error)
	VenueWithNetwork(ctx context.Context, id models.OrganisationID) (models.Organisation, *models.Network, error)

	CreateOffer(ctx context.Context, o models.Offer, audit models.AuditEntry) (models.Offer, error)
	Offer(ctx context.Context, id models.OfferID) (models.Offer, error)
	Offers(ctx context.Context, venue models.OrganisationID) ([]models.Offer, error)
	OffersByID(ctx context.Context, ids []models.OfferID) ([]models.Offer, error)
	StandingOffers(ctx context.Context, venue models.OrganisationID) ([]models.Offer, error)
	DescribeOffer(ctx context.Context, o models.Offer, audit models.AuditEntry) (models.Offer, error)
	CloseOffer(ctx context.Context, venue models.OrganisationID, id models.OfferID, at time.Time, audit models.AuditEntry) (models.Offer, error)

	CreateSession(ctx context.Context, s models.Session, audit models.AuditEntry) (models.Session, error)
	Session(ctx context.Context, id models.SessionID) (models.Session, error)
	SessionsOf(ctx context.Context, offer models.OfferID, from models.Day) ([]models.Session, error)
	SessionsBetween(ctx context.Context, venue models.OrganisationID, first, last models.Day) ([]models.Session, error)
	CancelSession(ctx context.Context, cancelled models.Session, audit models.AuditEntry) (models.Session, error)
	CancelledSessions(ctx context.Context, from models.Day) ([]models.Session, error)
	ReservationsAt(ctx context.Context, session models.SessionID, limit int) ([]models.Claim, error)
	CancelWithSession(ctx context.Context, batch []models.Cancelling) error
	ChangeSeats(ctx context.Context, to models.Session, audit models.AuditEntry) (models.Session, error)
	ConfirmLimit(ctx context.Context, id models.SessionID, audit models.AuditEntry) (models.Session, error)
	LimitingSessions(ctx context.Context) ([]models.Session, error)

	LookupReservation(ctx context.Context, pass models.PassID, session models.SessionID, key *models.Idempotency) (models.ReservationPlace, error)
	LookupPass(ctx context.Context, id models.PassID) (models.Pass, error)
	LookupPaper(ctx context.Context, number string) (models.Pass, error)
	Count(ctx context.Context, tally string, by int) (int, error)
	ReserveSeats(ctx context.Context, r models.Reserving) (models.Claim, error)
	CancelReservation(ctx context.Context, id models.ClaimID, audit ...models.AuditEntry) (models.Claim, error)
	Reservation(ctx context.Context, id models.ClaimID) (models.Reservation, error)
	Reservations(ctx context.Context, pass models.PassID) ([]models.Reservation, error)

	CountSessions(ctx context.Context, all []models.Session) (map[models.SessionID]models.Counts, error)
	CountStanding(ctx context.Context, venue models.OrganisationID, all []models.Offer, day models.Day) (map[models.OfferID]int, error)
}

// NewProgramme takes what a Programme needs.
func NewProgramme(store Store, keys *models.Keys, now func() time.Time, random io.Reader) *Programme {
	return &Programme{store: store, keys: keys, now: now, random: random}
}

func (p *Programme) clock() time.Time { return p.now().UTC().Truncate(time.Second) }

// audit begins the row that tells of a change.
func (p *Programme) audit(by models.Actor, action, subject string) models.AuditEntry {
	e := by.Audit()
	e.ID, e.At, e.Action, e.Subject = models.NewID[models.AuditID](p.random), p.clock(), action, subject
	return e
}

// Resume goes on with what was broken off: at start, and once a day.
func (p *Programme) Resume(ctx context.Context) error {
	if err := p.resumeLimits(ctx); err != nil {
		return err
	}
	return p.resumeCancelled(ctx)
}
