package passes

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"kaikukortti/models"
)

// A ScanRequest is a code, or a typed number, shown at a scanner for a session or a standing offer.
type ScanRequest struct {
	ID      models.ScanID
	Session models.SessionID
	Code    string
	Typed   string
	Party   models.Party
	// AsBooked says that the door told no party: whoever has a reservation comes as it says, everybody else alone.
	AsBooked bool
}

// Scan decides a scan as of now. A refusal is an answer; err means that no answer could be given.
func (d *Doors) Scan(ctx context.Context, by models.Actor, r ScanRequest) (models.Decision, error) {
	at := d.clock()
	read := d.read
	if r.Typed != "" {
		read = d.readTyped
	}
	place, s, err := read(ctx, by, r)
	if err != nil {
		return models.Decision{}, err
	}
	scan, err := d.prepare(ctx, by, &place, s, r, at)
	if err != nil {
		return models.Decision{}, err
	}
	return d.store.AdmitScan(ctx, scan)
}

// prepare gathers all that is known of a scan before the store looks at its claims.
func (d *Doors) prepare(ctx context.Context, by models.Actor, place *models.DoorPlace, s shown, r ScanRequest, at time.Time) (models.Scan, error) {
	scan := models.Scan{ID: r.ID, By: by.Scanner, AsBooked: r.AsBooked, Facts: d.placeFacts(place, at), Claim: d.claim(place, at)}
	f := &scan.Facts
	f.Broken, f.SignedAt, f.Window, f.CheckID, f.Party = s.broken, s.signedAt, s.window, s.checkID, r.Party
	if place.Session != nil {
		scan.Seats = place.Session.Seats
	}
	if s.pass == nil {
		f.NotInUse = true
		return scan, nil
	}
	home, err := d.home(ctx, place, s.pass)
	if err != nil {
		return scan, err
	}
	passFacts(f, place, s, home, at)
	link(&scan.Claim, s, home)
	if place.Offer.Kind == models.Standing {
		scan.Use, err = d.useLimit(ctx, place, s.pass.ID, scan.Claim.Day)
	}
	return scan, err
}

// home is the pass's network; most are scanned in their own, which was read with the place a moment ago.
func (d *Doors) home(ctx context.Context, place *models.DoorPlace, p *models.Pass) (*models.Network, error) {
	if place.Network != nil && place.Network.ID == p.Network {
		return place.Network, nil
	}
	n, err := d.store.Network(ctx, p.Network)
	return &n, err
}

// placeFacts are the facts of the session alone.
func (d *Doors) placeFacts(place *models.DoorPlace, at time.Time) models.Facts {
	open, opens := place.Open(at)
	o := &place.Offer
	return models.Facts{
		At: at, DoorShut: !open, Opens: opens, Course: o.Kind == models.Course, SeatsPerPass: o.SeatsPerPass,
		ChildrenCounted: o.ChildrenCounted, WalkIns: o.WalkIns || o.Kind == models.Standing,
		NoLimit: place.Session == nil || place.Session.NoLimit,
	}
}

// passFacts are the facts of the pass at that place and moment.
func passFacts(f *models.Facts, place *models.DoorPlace, s shown, home *models.Network, at time.Time) {
	p, day := s.pass, place.Day(at)
	f.NotInUse = p.StateAt(at) != models.Active || s.carrier != "" && !p.CarriedAt(s.carrier, at)
	f.Expired, f.InGrace, f.LastDay = p.ExpiredOn(day), p.InGrace(day), p.Last
	f.Community = p.Community
	f.WrongArea = home.Ended(day) || !place.Offer.For(home.ID) || home.LocalOnly && place.Organisation.Network != home.ID ||
		place.Network != nil && place.Network.Ended(day)
	f.ChildrenMost = p.ChildrenMost(place.Offer.Kind, place.Rules(at))
}

// claim is the visit that a scan at this place becomes, before it is known whose.
func (d *Doors) claim(place *models.DoorPlace, at time.Time) models.Claim {
	return models.Claim{
		ID: models.NewID[models.ClaimID](d.random), Session: place.ID(), Offer: place.Offer.ID, Organisation: place.Organisation.ID,
		Day: place.Day(at), At: at, EndsDay: place.EndsDay(at), Network: place.Organisation.Network,
		Municipality: place.Offer.Municipality, Sector: place.Offer.Sector, Kind: place.Offer.Kind,
	}
}

// link ties a claim to its pass, to be removed in time, and gives it what statistics need.
func link(c *models.Claim, s shown, home *models.Network) {
	c.HomeMunicipality, c.HomeNetwork = s.pass.Municipality, home.ID
	c.Pass, c.UnlinkDay = s.pass.ID, c.EndsDay.Add(s.pass.UnlinkDays)
	if s.cti != "" {
		c.CTI, c.SignedAt = s.cti, s.signedAt
	}
}

// secretDays is how long after its period the secret of uses is kept (late uploads).
const secretDays = 31

// useLimit is the limit of a standing offer for one pass: its key says nothing once the period's secret is destroyed.
func (d *Doors) useLimit(ctx context.Context, place *models.DoorPlace, pass models.PassID, day models.Day) (*models.UseLimit, error) {
	limit := place.Offer.Use()
	period := place.Offer.Period(limit.Per, day)
	destroy := period.Last.Add(secretDays)
	key, err := d.periodSecret(ctx, "use/"+period.Name, destroy)
	if err != nil {
		return nil, err
	}
	mac := models.MAC(key, string(pass), string(place.Offer.ID), period.Name)
	return &models.UseLimit{
		Key: base64.RawURLEncoding.EncodeToString(mac), Times: limit.Times, Next: period.Last.Add(1), Destroy: destroy,
	}, nil
}

func (d *Doors) periodSecret(ctx context.Context, id string, destroy models.Day) (models.Secret, error) {
	fresh := make([]byte, 32)
	if _, err := d.random.Read(fresh); err != nil {
		return nil, fmt.Errorf("draw a secret: %w", err)
	}
	sealed, err := d.keys.Seal("period", id, fresh, d.random)
	if err != nil {
		return nil, err
	}
	kept, err := d.store.PeriodSecret(ctx, id, sealed, destroy)
	if err != nil {
		return nil, err
	}
	return d.keys.Open("period", id, kept)
}

// pseudonymDays is how long after its month a venue's secret is kept.
const pseudonymDays = 90

// Tag is what a venue sees instead of a pass: HMAC under the venue's secret of the month, so that neither two venues nor two months
// can be compared. It is never stored.
func (d *Doors) Tag(ctx context.Context, venue models.OrganisationID, pass models.PassID, day models.Day) (string, error) {
	if pass == "" {
		return "", nil
	}
	monthEnd := models.Day(day.Month() + "-01").AddMonths(1)
	key, err := d.periodSecret(ctx, "venue/"+string(venue)+"/"+day.Month(), monthEnd.Add(pseudonymDays))
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(models.MAC(key, string(pass))[:8]), nil
}

// Undo takes an admission back.
func (d *Doors) Undo(ctx context.Context, by models.Actor, id models.ScanID) (models.Decision, error) {
	return d.store.UndoScan(ctx, by.Scanner, id, d.clock())
}

// ChangeParty corrects who came in with an admitted scan.
func (d *Doors) ChangeParty(ctx context.Context, by models.Actor, id models.ScanID, party models.Party) (models.Decision, error) {
	at := d.clock()
	c, err := d.store.ScanClaim(ctx, by.Scanner, id)
	if err != nil {
		return models.Decision{}, err
	}
	place, err := d.store.LookupDoor(ctx, by.Organisation, c.Session)
	if err != nil {
		return models.Decision{}, err
	}
	room := models.Room{At: at, Facts: d.placeFacts(&place, at)}
	room.Facts.DoorShut = false // they are inside
	room.Facts.Course = false   // judged as anybody's party
	if place.Session != nil {
		room.Seats = place.Session.Seats
	}
	pass, err := d.store.LookupPass(ctx, c.Pass)
	if err != nil && !notFound(err) {
		return models.Decision{}, err
	}
	room.Facts.Community = pass.Community
	room.Facts.ChildrenMost = pass.ChildrenMost(place.Offer.Kind, place.Rules(at))
	return d.store.ChangeParty(ctx, by.Scanner, id, party, room)
}
