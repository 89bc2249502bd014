package offers

import (
	"context"
	"slices"

	"kaikukortti/models"
)

// How long words can be, in characters.
const (
	longestTitle       = 120
	longestDescription = 2000
	longestAccess      = 600
	longestPlace       = 160
	longestGenre       = 40
)

// How much an offer can be at most.
const (
	mostSeatsPerPass  = 20
	mostCancelMinutes = 60 * 24 * 60
	mostTimes         = 366
)

// CreateOffer adds an offer to the manager's venue.
func (p *Programme) CreateOffer(ctx context.Context, by models.Actor, o models.Offer) (models.Offer, error) {
	venue, err := p.openVenue(ctx, by)
	if err != nil {
		return o, err
	}
	if o.Municipality == "" {
		o.Municipality = venue.Municipality
	}
	if o.Sector == "" {
		o.Sector = venue.Sector
	}
	if err := p.parseOffer(ctx, &o); err != nil {
		return o, err
	}
	o.ID, o.Organisation, o.CreatedAt = models.NewID[models.OfferID](p.random), venue.ID, p.clock()
	return p.store.CreateOffer(ctx, o, p.audit(by, "offer_created", string(o.ID)))
}

// openVenue reads the manager's venue, which must have doors.
func (p *Programme) openVenue(ctx context.Context, by models.Actor) (models.Organisation, error) {
	venue, _, err := p.store.VenueWithNetwork(ctx, by.Organisation)
	switch {
	case err != nil:
		return venue, err
	case !venue.Admits():
		return venue, &models.Error{Kind: models.Forbidden, Code: "no_doors", Detail: "A distributor has no doors."}
	case !venue.ClosedAt.IsZero():
		return venue, &models.Error{Kind: models.Conflict, Code: "organisation_closed", Detail: "This venue was closed."}
	}
	return venue, nil
}

func (p *Programme) parseOffer(ctx context.Context, o *models.Offer) error {
	if err := parseWords(o); err != nil {
		return err
	}
	if err := parseSettings(o); err != nil {
		return err
	}
	if len(o.Networks) == 0 {
		return nil
	}
	return p.parseNetworks(ctx, o)
}

func parseWords(o *models.Offer) error {
	var err error
	if o.Title, err = models.ParseText("title", o.Title, longestTitle); err != nil {
		return err
	}
	if o.Description, err = models.ParseTextOrNone("description", o.Description, longestDescription); err != nil {
		return err
	}
	if o.Access, err = models.ParseTextOrNone("access", o.Access, longestAccess); err != nil {
		return err
	}
	if o.Place, err = models.ParseWords("place", o.Place, longestPlace); err != nil {
		return err
	}
	o.Genre, err = models.ParseWords("genre", o.Genre, longestGenre)
	return err
}

func parseSettings(o *models.Offer) error {
	switch {
	case !o.Sector.Known():
		return models.BadField("sector", "The sectors are culture, education, science and sport.")
	case !models.Municipal(o.Municipality):
		return models.BadField("municipality", "A municipality has three digits.")
	case o.SeatsPerPass < 0 || o.SeatsPerPass > mostSeatsPerPass:
		return models.BadField("seats_per_pass", "A pass takes 0 (as many as it covers) to 20 seats.")
	case o.CancelMinutes < 0 || o.CancelMinutes > mostCancelMinutes:
		return models.BadField("cancel_minutes", "It is 0 to 86400 minutes before the start.")
	}
	switch o.Kind {
	case models.Event, models.Course:
		return parseDated(o)
	case models.Standing:
		return parseStanding(o)
	default:
		return models.BadField("kind", "An offer is an event, a course or standing.")
	}
}

// parseDated is for what has sessions.
func parseDated(o *models.Offer) error {
	switch {
	case o.Limit != nil:
		return models.BadField("limit", "Only a standing offer has a limit.")
	case o.First != "" || o.Last != "":
		return models.BadField("first", "Only a standing offer has a season; sessions have their own days.")
	case !o.Reservable && !o.WalkIns:
		return models.BadField("walk_ins", "Without reservations and walk-ins nobody can come.")
	}
	return nil
}

func parseStanding(o *models.Offer) error {
	switch {
	case o.Reservable:
		return models.BadField("reservable", "A standing offer cannot be reserved.")
	case o.CancelMinutes != 0:
		return models.BadField("cancel_minutes", "A standing offer cannot be reserved.")
	case o.Last != "" && o.Last < o.First:
		return models.BadField("last", "The last day is before the first.")
	}
	o.WalkIns = true
	return parseLimit(o)
}

func parseLimit(o *models.Offer) error {
	if o.Limit == nil {
		return nil
	}
	if o.Limit.Times < 1 || o.Limit.Times > mostTimes {
		return models.BadField("limit.times", "It is 1 to 366 times.")
	}
	switch o.Limit.Per {
	case models.PerDay, models.PerWeek, models.PerMonth, models.PerQuarter, models.PerYear:
		return nil
	case models.PerSeason:
		if o.First == "" || o.Last == "" {
			return models.BadField("first", "A season has a first and a last day.")
		}
		return nil
	case models.PerCalendar: // for courses
	}
	return models.BadField("limit.per", "A period is day, week, month, 3_months, year or season.")
}

func (p *Programme) parseNetworks(ctx context.Context, o *models.Offer) error {
	known, err := p.store.Networks(ctx)
	if err != nil {
		return err
	}
	slices.Sort(o.Networks)
	o.Networks = slices.Compact(o.Networks)
	for _, id := range o.Networks {
		if !slices.ContainsFunc(known, func(n models.Network) bool { return n.ID == id }) {
			return models.BadField("networks", "There is no such network.")
		}
	}
	return nil
}

// An OfferWithSessions is an offer with its sessions and how full they are.
type OfferWithSessions struct {
	Offer    models.Offer
	Sessions []models.Session
	Counts   map[models.SessionID]models.Counts
}

// Offers lists those of the manager's venue, the newest first; closed ones only when asked for.
func (p *Programme) Offers(ctx context.Context, by models.Actor, closed bool) ([]models.Offer, error) {
	all, err := p.store.Offers(ctx, by.Organisation)
	if closed {
		return all, err
	}
	return slices.DeleteFunc(all, func(o models.Offer) bool { return !o.ClosedAt.IsZero() }), err
}

// shownBack is how many days of past sessions the manager sees with an offer.
const shownBack = 30

// Offer reads one of the manager's venue with its sessions, from a month ago on.
func (p *Programme) Offer(ctx context.Context, by models.Actor, id models.OfferID) (OfferWithSessions, error) {
	offer, err := p.ownOffer(ctx, by, id)
	if err != nil {
		return OfferWithSessions{}, err
	}
	all, err := p.store.SessionsOf(ctx, id, models.DayOf(p.now()).Add(-shownBack))
	if err != nil {
		return OfferWithSessions{}, err
	}
	counts, err := p.store.CountSessions(ctx, all)
	return OfferWithSessions{Offer: offer, Sessions: all, Counts: counts}, err
}

// ownOffer reads an offer of the manager's venue; another's answers as one that is not there.
func (p *Programme) ownOffer(ctx context.Context, by models.Actor, id models.OfferID) (models.Offer, error) {
	offer, err := p.store.Offer(ctx, id)
	if err == nil && offer.Organisation != by.Organisation {
		err = &models.Error{Kind: models.NotFound, Code: "no_such_offer", Detail: "There is no such offer."}
	}
	return offer, err
}

// DescribeOffer changes the words of an offer and whether it takes walk-ins.
func (p *Programme) DescribeOffer(ctx context.Context, by models.Actor, o models.Offer) (models.Offer, error) {
	kept, err := p.ownOffer(ctx, by, o.ID)
	if err != nil {
		return kept, err
	}
	if err := parseWords(&o); err != nil {
		return kept, err
	}
	kept.Title, kept.Description, kept.Access = o.Title, o.Description, o.Access
	kept.Place, kept.Genre, kept.WalkIns = o.Place, o.Genre, o.WalkIns
	if err := parseSettings(&kept); err != nil {
		return kept, err
	}
	return p.store.DescribeOffer(ctx, kept, p.audit(by, "offer_described", string(o.ID)))
}

// CloseOffer ends an offer: it takes no new sessions and no reservations, and no door opens for it. Whoever has a place at a session is
// told by cancelling that session, so while one is to come the offer stays open.
func (p *Programme) CloseOffer(ctx context.Context, by models.Actor, id models.OfferID) (models.Offer, error) {
	audit := p.audit(by, "offer_closed", string(id))
	return p.store.CloseOffer(ctx, by.Organisation, id, audit.At, audit)
}
