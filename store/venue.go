package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"kaikukortti/models"
)

// onceByKey keeps a repeated request from making a second document.
func onceByKey() Index {
	return Index{Name: "idempotency", Keys: []string{"idempotency.key"}, Unique: true, Where: []Condition{Exists("idempotency.key")}}
}

var networks = keep("networks", func(n *models.Network) models.NetworkID { return n.ID },
	Index{Name: "first", Keys: []string{"first"}},
	onceByKey(),
)

var organisations = keep("organisations", func(o *models.Organisation) models.OrganisationID { return o.ID },
	Index{Name: "network", Keys: []string{"network"}, Where: []Condition{Exists("network")}},
	Index{Name: "kind", Keys: []string{"kind"}},
	Index{Name: "moved_to", Keys: []string{"moved_to"}, Where: []Condition{Exists("moved_to")}},
	onceByKey(),
)

var scanners = keep("scanners", func(s *models.Scanner) models.ScannerID { return s.ID },
	Index{Name: "organisation", Keys: []string{"organisation"}},
	Index{Name: "code", Keys: []string{"code"}, Unique: true, Where: []Condition{Exists("code")}},
	Index{Name: "code_expires", Keys: []string{"code_expires"}, Where: []Condition{Exists("code_expires")}},
	// A key is one scanner's: whoever proves it is that scanner.
	Index{Name: "thumbprint", Keys: []string{"thumbprint"}, Unique: true, Where: []Condition{Exists("thumbprint")}},
	onceByKey(),
)

var offers = keep("offers", func(o *models.Offer) models.OfferID { return o.ID },
	Index{Name: "organisation_kind", Keys: []string{"organisation", "kind"}},
	onceByKey(),
)

var sessions = keep("sessions", func(s *models.Session) models.SessionID { return s.ID },
	Index{Name: "offer_last_day", Keys: []string{"offer", "last_day"}},
	Index{Name: "organisation_last_day", Keys: []string{"organisation", "last_day"}},
	Index{Name: "limiting", Keys: []string{"limiting"}, Where: []Condition{IsTrue("limiting")}},
	Index{Name: "cancelled_last_day", Keys: []string{"last_day"}, Where: []Condition{Exists("cancelled_at")}},
	onceByKey(),
)

func venueCollections() []Collection {
	return []Collection{networks.Collection, organisations.Collection, scanners.Collection, offers.Collection, sessions.Collection}
}

// once inserts a document with its audit row, unless an earlier request with the same idempotency key did: then that document is the
// answer, or key_reused if that request had another body. What first demands is demanded in the same transaction.
func once[D any, P document[D]](
	ctx context.Context, s *Store, k kept[D, P], doc P, key func(P) *models.Idempotency, audit models.AuditEntry, first ...func(Writer) error,
) (D, error) {
	var made D
	change := func(w Writer) error {
		found, err := earlier(w, k, key(doc), key)
		if !isNotFound(err) {
			made = found
			return err
		}
		for _, demand := range first {
			if err := demand(w); err != nil {
				return err
			}
		}
		if request := key(doc); request != nil {
			request.At = audit.At
		}
		if err := k.insert(w, doc); err != nil {
			return err
		}
		made = *doc
		return record(w, audit)
	}
	err := s.update(ctx, change)
	if k.duplicate(err, "idempotency") { // the same request came twice at once: now the other has made it
		err = s.update(ctx, change)
	}
	return made, err
}

// earlier finds the document that an earlier request with the same idempotency key made; ErrNotFound if there was none.
func earlier[D any, P document[D]](r Reader, k kept[D, P], key *models.Idempotency, of func(P) *models.Idempotency) (D, error) {
	var none D
	if key == nil {
		return none, ErrNotFound
	}
	found, err := k.first(r, Equal("idempotency.key", key.Key))
	if err != nil {
		return none, err
	}
	if of(&found).Body != key.Body {
		return none, &models.Error{Kind: models.Unprocessable, Code: "key_reused", Detail: "This Idempotency-Key belongs to another request."}
	}
	return found, nil
}

// missing makes ErrNotFound fit for people.
func missing(err error, code, detail string) error {
	if isNotFound(err) {
		return &models.Error{Kind: models.NotFound, Code: code, Detail: detail}
	}
	return err
}

func noSuchNetwork(err error) error {
	return missing(err, "no_such_network", "There is no such network.")
}

func noSuchOrganisation(err error) error {
	return missing(err, "no_such_organisation", "There is no such organisation.")
}

func noSuchScanner(err error) error {
	return missing(err, "no_such_scanner", "There is no such scanner.")
}

func noSuchOffer(err error) error { return missing(err, "no_such_offer", "There is no such offer.") }

func noSuchSession(err error) error {
	return missing(err, "no_such_session", "There is no such session.")
}

// read is a View of one document.
func read[D any, P document[D]](ctx context.Context, s *Store, k kept[D, P], id string) (D, error) {
	var d D
	err := s.view(ctx, func(r Reader) error {
		var err error
		d, err = k.get(r, id)
		return err
	})
	return d, err
}

// list is a View of what a query asks for.
func list[D any, P document[D]](ctx context.Context, s *Store, k kept[D, P], q Query) ([]D, error) {
	var all []D
	err := s.view(ctx, func(r Reader) error {
		var err error
		all, err = k.find(r, q)
		return err
	})
	return all, err
}

// edit changes one document in a transaction, with its audit row. change answers false when there is nothing to write.
func edit[D any, P document[D]](ctx context.Context, s *Store, k kept[D, P], id string, audit models.AuditEntry, change func(P) (bool, error)) (D, error) {
	var d D
	err := s.update(ctx, func(w Writer) error {
		var err error
		if d, err = k.get(w, id); err != nil {
			return err
		}
		write, err := change(&d)
		if err != nil || !write {
			return err
		}
		if err := k.replace(w, &d); err != nil {
			return err
		}
		return record(w, audit)
	})
	return d, err
}

// CreateNetwork adds a network.
func (s *Store) CreateNetwork(ctx context.Context, n models.Network, audit models.AuditEntry) (models.Network, error) {
	made, err := once(ctx, s, networks, &n, func(n *models.Network) *models.Idempotency { return n.Idempotency }, audit)
	if networks.duplicate(err, "_id") {
		err = &models.Error{Kind: models.Conflict, Code: "network_exists", Field: "id", Detail: "There is a network with this id."}
	}
	return made, err
}

// Network reads one, or says no_such_network.
func (s *Store) Network(ctx context.Context, id models.NetworkID) (models.Network, error) {
	n, err := read(ctx, s, networks, string(id))
	return n, noSuchNetwork(err)
}

// Networks reads all of them, the oldest first.
func (s *Store) Networks(ctx context.Context) ([]models.Network, error) {
	return list(ctx, s, networks, Query{Where: []Condition{AtLeast("first", "")}, Order: []string{"first"}})
}

// SetRules gives a network rules from a day on, in the place of those that it had from that day.
func (s *Store) SetRules(ctx context.Context, id models.NetworkID, rules models.DatedRules, audit models.AuditEntry) (models.Network, error) {
	n, err := edit(ctx, s, networks, string(id), audit, func(n *models.Network) (bool, error) {
		n.Rules = slices.DeleteFunc(n.Rules, func(r models.DatedRules) bool { return r.From == rules.From })
		n.Rules = append(n.Rules, rules)
		slices.SortFunc(n.Rules, func(a, b models.DatedRules) int { return strings.Compare(string(a.From), string(b.From)) })
		return true, nil
	})
	return n, noSuchNetwork(err)
}

// ExtendPilot moves a pilot's last day to a later one. It is looked up at each decision, so its passes go on at once.
func (s *Store) ExtendPilot(ctx context.Context, id models.NetworkID, last models.Day, audit models.AuditEntry) (models.Network, error) {
	n, err := edit(ctx, s, networks, string(id), audit, func(n *models.Network) (bool, error) {
		switch {
		case n.Status != models.Pilot:
			return false, &models.Error{Kind: models.Conflict, Code: "not_a_pilot", Detail: "Only a pilot has a last day."}
		case last < n.Last:
			return false, &models.Error{Kind: models.Conflict, Code: "not_later", Field: "last", Detail: "A pilot can only be extended."}
		}
		write := last > n.Last
		n.Last = last
		return write, nil
	})
	return n, noSuchNetwork(err)
}

// CreateOrganisation adds an organisation.
func (s *Store) CreateOrganisation(ctx context.Context, o models.Organisation, audit models.AuditEntry) (models.Organisation, error) {
	return once(ctx, s, organisations, &o, func(o *models.Organisation) *models.Idempotency { return o.Idempotency }, audit)
}

// Organisation reads one, or says no_such_organisation.
func (s *Store) Organisation(ctx context.Context, id models.OrganisationID) (models.Organisation, error) {
	o, err := read(ctx, s, organisations, string(id))
	return o, noSuchOrganisation(err)
}

// Organisations reads those of a network, closed ones included.
func (s *Store) Organisations(ctx context.Context, network models.NetworkID) ([]models.Organisation, error) {
	return list(ctx, s, organisations, Query{Where: []Condition{Equal("network", network)}})
}

// Popups reads those that are in no network.
func (s *Store) Popups(ctx context.Context) ([]models.Organisation, error) {
	return list(ctx, s, organisations, Query{Where: []Condition{Equal("kind", models.Popup)}})
}

// MovedDistributors reads the closed distributors whose passes go, or went, to another.
func (s *Store) MovedDistributors(ctx context.Context) ([]models.Organisation, error) {
	return list(ctx, s, organisations, Query{Where: []Condition{Exists("moved_to")}})
}

// CloseOrganisation closes one, and names the open distributor of the same network that gets its passes. That is the intent: it
// stands before the first pass is moved, so that a move which was broken off goes on. Closing it again changes nothing.
func (s *Store) CloseOrganisation(ctx context.Context, id, moveTo models.OrganisationID, at time.Time, audit models.AuditEntry) (models.Organisation, error) {
	var o models.Organisation
	err := s.update(ctx, func(w Writer) error {
		var err error
		if o, err = organisations.get(w, string(id)); err != nil {
			return err
		}
		if !o.ClosedAt.IsZero() {
			return closedAlike(&o, moveTo)
		}
		if err := takesOver(w, &o, moveTo); err != nil {
			return err
		}
		o.ClosedAt, o.MovedTo = at, moveTo
		if err := organisations.replace(w, &o); err != nil {
			return err
		}
		return record(w, audit)
	})
	return o, noSuchOrganisation(err)
}

func closedAlike(o *models.Organisation, moveTo models.OrganisationID) error {
	if o.MovedTo != moveTo {
		return &models.Error{Kind: models.Conflict, Code: "organisation_closed", Detail: "It is closed, and its passes went elsewhere."}
	}
	return nil
}

// takesOver asks whether a closing organisation's passes may go where they are sent. The heir is written too, so that it cannot
// close at the same moment.
func takesOver(w Writer, o *models.Organisation, moveTo models.OrganisationID) error {
	if o.Kind != models.Distributor {
		if moveTo != "" {
			return models.BadField("move_to", "Only a distributor has passes to move.")
		}
		return nil
	}
	heir, err := organisations.get(w, string(moveTo))
	if isNotFound(err) || err == nil && !heir.CanInherit(o) {
		return &models.Error{
			Kind: models.Unprocessable, Code: "no_heir", Field: "move_to", Detail: "Its passes need another open distributor of the same network.",
		}
	}
	if err != nil {
		return err
	}
	return organisations.replace(w, &heir)
}

// AddScanner adds a scanner that is yet to be enrolled. The same request again gives it a new code in the place of the old one,
// unless it is enrolled by now.
func (s *Store) AddScanner(ctx context.Context, scanner models.Scanner, audit models.AuditEntry) (models.Scanner, error) {
	made, err := once(ctx, s, scanners, &scanner, func(s *models.Scanner) *models.Idempotency { return s.Idempotency }, audit)
	if err != nil || made.Code == scanner.Code || made.Thumbprint != "" {
		return made, err
	}
	audit.Action = "scanner_code_renewed"
	return edit(ctx, s, scanners, string(made.ID), audit, func(kept *models.Scanner) (bool, error) {
		if kept.Thumbprint != "" || !kept.RemovedAt.IsZero() {
			return false, nil
		}
		kept.Code, kept.CodeExpires = scanner.Code, scanner.CodeExpires
		return true, nil
	})
}

// EnrolScanner binds a key to the scanner of a code: one conditional update uses the code and binds the key, so of two keys one
// wins. The same code with the same key again, while it lives, has the same answer. Unknown, expired and used codes answer alike.
func (s *Store) EnrolScanner(ctx context.Context, code, thumbprint string, key []byte, at time.Time, audit models.AuditEntry) (models.Scanner, error) {
	var scanner models.Scanner
	err := s.update(ctx, func(w Writer) error {
		var err error
		if scanner, err = scanners.first(w, Equal("code", code)); err != nil {
			return err
		}
		if !scanner.CanEnrol(thumbprint, at) {
			return ErrNotFound
		}
		if scanner.Thumbprint == thumbprint {
			return nil
		}
		scanner.Thumbprint, scanner.Key, scanner.EnrolledAt = thumbprint, key, at
		if err := scanners.replace(w, &scanner); err != nil {
			return err
		}
		audit.Subject, audit.Organisation = string(scanner.ID), scanner.Organisation
		return record(w, audit)
	})
	if scanners.duplicate(err, "thumbprint") {
		err = &models.Error{Kind: models.Conflict, Code: "key_in_use", Field: "key", Detail: "This key is another scanner's. Make a new one."}
	}
	return scanner, missing(err, "wrong_code", "This code enrols no scanner: it is wrong, too old, or used.")
}

// Scanner reads one, or says no_such_scanner.
func (s *Store) Scanner(ctx context.Context, id models.ScannerID) (models.Scanner, error) {
	scanner, err := read(ctx, s, scanners, string(id))
	return scanner, noSuchScanner(err)
}

// ScannerByThumbprint reads the scanner whose key it is.
func (s *Store) ScannerByThumbprint(ctx context.Context, thumbprint string) (models.Scanner, error) {
	found, err := list(ctx, s, scanners, Query{Where: []Condition{Equal("thumbprint", thumbprint)}, Limit: 1})
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return models.Scanner{}, noSuchScanner(err)
	}
	return found[0], nil
}

// ScannerWithVenue reads a scanner and its organisation at one moment.
func (s *Store) ScannerWithVenue(ctx context.Context, id models.ScannerID) (models.Scanner, models.Organisation, error) {
	var scanner models.Scanner
	var venue models.Organisation
	err := s.view(ctx, func(r Reader) error {
		var err error
		if scanner, err = scanners.get(r, string(id)); err != nil {
			return err
		}
		venue, err = organisations.get(r, string(scanner.Organisation))
		return err
	})
	return scanner, venue, noSuchScanner(err)
}

// Scanners reads those of a venue, removed ones included.
func (s *Store) Scanners(ctx context.Context, venue models.OrganisationID) ([]models.Scanner, error) {
	return list(ctx, s, scanners, Query{Where: []Condition{Equal("organisation", venue)}})
}

// RemoveScanner ends a venue's scanner: its next request is refused. Removing it again changes nothing.
func (s *Store) RemoveScanner(ctx context.Context, venue models.OrganisationID, id models.ScannerID, at time.Time, audit models.AuditEntry) error {
	_, err := edit(ctx, s, scanners, string(id), audit, func(scanner *models.Scanner) (bool, error) {
		if scanner.Organisation != venue {
			return false, ErrNotFound
		}
		if !scanner.RemovedAt.IsZero() {
			return false, nil
		}
		scanner.RemovedAt, scanner.Code, scanner.CodeExpires = at, "", time.Time{}
		return true, nil
	})
	return noSuchScanner(err)
}

// ForgetEnrolmentCodes unsets the codes that ended before an instant, of at most limit scanners, and says of how many.
func (s *Store) ForgetEnrolmentCodes(ctx context.Context, before time.Time, limit int) (int, error) {
	var forgotten int
	err := s.update(ctx, func(w Writer) error {
		old, err := scanners.find(w, Query{Where: []Condition{Exists("code_expires"), Below("code_expires", before)}, Limit: limit})
		if err != nil {
			return err
		}
		for i := range old {
			old[i].Code, old[i].CodeExpires = "", time.Time{}
			if err := scanners.replace(w, &old[i]); err != nil {
				return err
			}
		}
		forgotten = len(old)
		return nil
	})
	return forgotten, err
}

// CountWrongTyped counts a wrong typed number against the scanner.
func (s *Store) CountWrongTyped(ctx context.Context, id models.ScannerID, at time.Time) error {
	err := s.update(ctx, func(w Writer) error {
		scanner, err := scanners.get(w, string(id))
		if err != nil {
			return err
		}
		scanner.CountWrongTyped(at)
		return scanners.replace(w, &scanner)
	})
	return noSuchScanner(err)
}

// TypingPaused says until when the scanner may type no numbers; the zero time if it may now.
func (s *Store) TypingPaused(ctx context.Context, id models.ScannerID, at time.Time) (time.Time, error) {
	scanner, err := s.Scanner(ctx, id)
	return scanner.TypingPausedUntil(at), err
}

// LookupDoor reads what a venue's door at a session, or at a standing offer, goes by. Another venue's session answers as one that is
// not there.
func (s *Store) LookupDoor(ctx context.Context, venue models.OrganisationID, session models.SessionID) (models.DoorPlace, error) {
	var p models.DoorPlace
	err := s.view(ctx, func(r Reader) (err error) {
		p, err = doorAt(r, venue, session)
		return err
	})
	return p, err
}

// LookupShowing is LookupDoor together with whom a code speaks for, at one moment; nobody if its credential is not known any more.
func (s *Store) LookupShowing(
	ctx context.Context, venue models.OrganisationID, session models.SessionID, cti models.CTI,
) (models.DoorPlace, *models.SpokenFor, error) {
	var p models.DoorPlace
	var spoken *models.SpokenFor
	err := s.view(ctx, func(r Reader) (err error) {
		if p, err = doorAt(r, venue, session); err != nil {
			return err
		}
		spoken, err = spokenFor(r, cti)
		return err
	})
	return p, spoken, err
}

func doorAt(r Reader, venue models.OrganisationID, session models.SessionID) (p models.DoorPlace, err error) {
	if p.Offer, p.Session, err = offerAt(r, session); err != nil {
		return p, err
	}
	if p.Offer.Organisation != venue {
		return p, noSuchSession(ErrNotFound)
	}
	p.Organisation, p.Network, err = venueOf(r, venue)
	return p, err
}

// offerAt reads a session with its offer, or a standing offer, which has no session.
func offerAt(r Reader, id models.SessionID) (models.Offer, *models.Session, error) {
	session, err := sessions.get(r, string(id))
	if err == nil {
		offer, err := offers.get(r, string(session.Offer))
		return offer, &session, noSuchOffer(err)
	}
	if !isNotFound(err) {
		return models.Offer{}, nil, err
	}
	offer, err := offers.get(r, string(id))
	if err == nil && offer.Kind != models.Standing {
		err = ErrNotFound
	}
	return offer, nil, noSuchSession(err)
}

// venueOf reads an organisation with its network, which a pop-up does not have.
func venueOf(r Reader, id models.OrganisationID) (models.Organisation, *models.Network, error) {
	o, err := organisations.get(r, string(id))
	if err != nil {
		return o, nil, noSuchOrganisation(err)
	}
	if o.Network == "" {
		return o, nil, nil
	}
	n, err := networks.get(r, string(o.Network))
	return o, &n, noSuchNetwork(err)
}

// VenueWithNetwork reads an organisation and its network, nil for a pop-up, at one moment.
func (s *Store) VenueWithNetwork(ctx context.Context, id models.OrganisationID) (models.Organisation, *models.Network, error) {
	var o models.Organisation
	var n *models.Network
	err := s.view(ctx, func(r Reader) error {
		var err error
		o, n, err = venueOf(r, id)
		return err
	})
	return o, n, err
}

// CreateOffer adds an offer.
func (s *Store) CreateOffer(ctx context.Context, o models.Offer, audit models.AuditEntry) (models.Offer, error) {
	return once(ctx, s, offers, &o, func(o *models.Offer) *models.Idempotency { return o.Idempotency }, audit)
}

// Offer reads one, or says no_such_offer.
func (s *Store) Offer(ctx context.Context, id models.OfferID) (models.Offer, error) {
	o, err := read(ctx, s, offers, string(id))
	return o, noSuchOffer(err)
}

// OffersByID reads several; those that are not there are not in the answer.
func (s *Store) OffersByID(ctx context.Context, ids []models.OfferID) ([]models.Offer, error) {
	found := make([]models.Offer, 0, len(ids))
	err := s.view(ctx, func(r Reader) error {
		found = found[:0]
		for _, id := range ids {
			o, err := offers.get(r, string(id))
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			found = append(found, o)
		}
		return nil
	})
	return found, err
}

// Offers reads a venue's, the newest first, closed ones included.
func (s *Store) Offers(ctx context.Context, venue models.OrganisationID) ([]models.Offer, error) {
	return list(ctx, s, offers, Query{Where: []Condition{Equal("organisation", venue)}, Order: []string{"-created_at"}})
}

// StandingOffers reads a venue's standing offers that are not closed.
func (s *Store) StandingOffers(ctx context.Context, venue models.OrganisationID) ([]models.Offer, error) {
	return list(ctx, s, offers, Query{
		Where: []Condition{Equal("organisation", venue), Equal("kind", models.Standing), Absent("closed_at")},
	})
}

// DescribeOffer changes the words of an offer and whether it takes walk-ins: what a venue may change while people hold places.
func (s *Store) DescribeOffer(ctx context.Context, o models.Offer, audit models.AuditEntry) (models.Offer, error) {
	kept, err := edit(ctx, s, offers, string(o.ID), audit, func(kept *models.Offer) (bool, error) {
		if kept.Organisation != o.Organisation {
			return false, ErrNotFound
		}
		kept.Title, kept.Description, kept.Access = o.Title, o.Description, o.Access
		kept.Place, kept.Genre, kept.WalkIns = o.Place, o.Genre, o.WalkIns
		return true, nil
	})
	return kept, noSuchOffer(err)
}

// CloseOffer closes a venue's offer, unless a session of it is yet to come. Closing it again changes nothing.
func (s *Store) CloseOffer(ctx context.Context, venue models.OrganisationID, id models.OfferID, at time.Time, audit models.AuditEntry) (models.Offer, error) {
	var o models.Offer
	err := s.update(ctx, func(w Writer) error {
		var err error
		if o, err = offers.get(w, string(id)); err != nil {
			return err
		}
		if o.Organisation != venue {
			return ErrNotFound
		}
		if !o.ClosedAt.IsZero() {
			return nil
		}
		if err := nothingToCome(w, &o, at); err != nil {
			return err
		}
		o.ClosedAt = at
		if err := offers.replace(w, &o); err != nil {
			return err
		}
		return record(w, audit)
	})
	return o, noSuchOffer(err)
}

// nothingToCome refuses while the door of one of an offer's sessions is yet to close.
func nothingToCome(r Reader, o *models.Offer, at time.Time) error {
	_, network, err := venueOf(r, o.Organisation)
	if err != nil {
		return err
	}
	today := models.DayOf(at)
	coming, err := sessions.find(r, Query{Where: []Condition{Equal("offer", o.ID), AtLeast("last_day", today.Add(-2))}})
	if err != nil {
		return err
	}
	for i := range coming {
		if _, _, over := coming[i].Door(at, network.RulesOn(coming[i].StartDay(at))); !over && coming[i].CancelledAt.IsZero() {
			return &models.Error{
				Kind: models.Conflict, Code: "sessions_to_come",
				Detail: "A session is yet to come. Cancel it first, so that those who hold places are told.",
			}
		}
	}
	return nil
}

// CreateSession adds a session to an offer that is open. The offer is written too, so that it cannot close at the same moment.
func (s *Store) CreateSession(ctx context.Context, session models.Session, audit models.AuditEntry) (models.Session, error) {
	return once(ctx, s, sessions, &session, func(s *models.Session) *models.Idempotency { return s.Idempotency }, audit, func(w Writer) error {
		offer, err := offers.get(w, string(session.Offer))
		if err != nil {
			return noSuchOffer(err)
		}
		if !offer.ClosedAt.IsZero() {
			return &models.Error{Kind: models.Conflict, Code: "offer_closed", Detail: "This offer was closed."}
		}
		return offers.replace(w, &offer)
	})
}

// Session reads one, or says no_such_session.
func (s *Store) Session(ctx context.Context, id models.SessionID) (models.Session, error) {
	session, err := read(ctx, s, sessions, string(id))
	return session, noSuchSession(err)
}

// SessionsOf reads the sessions of an offer that last to a day or beyond it, in order of time.
func (s *Store) SessionsOf(ctx context.Context, offer models.OfferID, from models.Day) ([]models.Session, error) {
	return list(ctx, s, sessions, Query{
		Where: []Condition{Equal("offer", offer), AtLeast("last_day", from)}, Order: []string{"start"},
	})
}

// SessionsBetween reads a venue's sessions that touch the days from first to last, cancelled ones included, in order of time.
func (s *Store) SessionsBetween(ctx context.Context, venue models.OrganisationID, first, last models.Day) ([]models.Session, error) {
	return list(ctx, s, sessions, Query{
		Where: []Condition{Equal("organisation", venue), AtLeast("last_day", first), Below("first_day", last.Add(1))},
		Order: []string{"start"},
	})
}
