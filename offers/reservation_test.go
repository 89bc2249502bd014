package offers_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/offers"
)

func TestWhoCanReserve(t *testing.T) {
	t.Parallel()
	type try struct {
		pass    models.Pass
		offer   models.Offer
		session models.Session
	}
	h := newHouse(t)
	family := models.Party{Children: 2}
	for name, c := range map[string]struct {
		pass    func(*models.Pass)
		offer   func(*models.Offer)
		seats   int
		party   models.Party
		prepare func(*try)
		want    string
	}{
		"a holder with children":          {party: family},
		"without a limit of seats":        {seats: -1, party: family},
		"an assistant takes no seat":      {seats: 3, party: models.Party{Children: 2, Assistants: 1}},
		"children who are not counted":    {seats: 1, offer: func(o *models.Offer) { o.ChildrenCounted = false }, party: family},
		"in grace on the day":             {pass: func(p *models.Pass) { p.Last = "2026-10-24" }},
		"one seat too few":                {seats: 2, party: family, want: "no_seats"},
		"a suspended pass":                {pass: func(p *models.Pass) { p.Enter(models.Suspended, noon) }, want: "not_in_use"},
		"a pass that nothing carries yet": {pass: func(p *models.Pass) { p.State = models.Issued }, want: "not_in_use"},
		"past grace on the day":           {pass: func(p *models.Pass) { p.Last = "2026-10-23" }, want: "expired"},
		"an offer for its network":        {offer: func(o *models.Offer) { o.Networks = []models.NetworkID{"espoo", "kainuu"} }},
		"an offer for other networks":     {offer: func(o *models.Offer) { o.Networks = []models.NetworkID{"espoo"} }, want: "wrong_area"},
		"a local-only pass elsewhere":     {pass: func(p *models.Pass) { p.Network = "island" }, want: "wrong_area"},
		"a pilot's last day":              {pass: func(p *models.Pass) { p.Network = "pilot" }},
		"after a pilot's last day": {
			pass:    func(p *models.Pass) { p.Network = "pilot" },
			prepare: func(c *try) { c.session = h.session(c.offer, h.evening().AddDate(0, 0, 2), 5) }, want: "wrong_area",
		},
		"one child too many":      {party: models.Party{Children: 3}, want: "too_many_children"},
		"a group without a group": {party: models.Party{Group: 1}, want: "too_many_children"},
		"a community's group":     {pass: community, seats: 16, party: models.Party{Group: 15}},
		"a group that is too big": {pass: community, seats: 20, party: models.Party{Group: 16}, want: "too_many_children"},
		"a community's children":  {pass: community, party: models.Party{Children: 1}, want: "too_many_children"},
		"a course alone":          {offer: func(o *models.Offer) { o.Kind = models.Course }},
		"a course with children":  {offer: func(o *models.Offer) { o.Kind = models.Course }, party: models.Party{Children: 1}, want: "too_many_children"},
		"seats a pass":            {offer: func(o *models.Offer) { o.SeatsPerPass = 3 }, party: family},
		"above the seats a pass":  {offer: func(o *models.Offer) { o.SeatsPerPass = 2 }, party: family, want: "limit_reached"},
		"not to be reserved":      {offer: func(o *models.Offer) { o.Reservable = false }, want: "not_reservable"},
		"a second before it starts": {
			prepare: func(c *try) { h.now = c.session.Start.Add(-time.Second) },
		},
		"when it starts": {
			prepare: func(c *try) { h.now = c.session.Start }, want: "session_started",
		},
		"a cancelled session": {
			prepare: func(c *try) {
				_, err := h.programme.CancelSession(t.Context(), h.manager, c.session.ID)
				h.must(err)
			}, want: "session_cancelled",
		},
		"an offer that was closed": {
			prepare: func(c *try) {
				was := h.now
				h.now = c.session.End.Add(2 * time.Hour)
				_, err := h.programme.CloseOffer(t.Context(), h.manager, c.offer.ID)
				h.must(err)
				h.now = was
			}, want: "offer_closed",
		},
		"twice": {
			prepare: func(c *try) { h.reserved(c.pass, c.session, models.Party{}) }, want: "already_reserved",
		},
		"again after it was given back": {
			prepare: func(c *try) {
				r := h.reserved(c.pass, c.session, models.Party{})
				_, err := h.programme.Cancel(t.Context(), holder(c.pass), r.Claim.ID)
				h.must(err)
			},
		},
	} {
		h.now = noon
		offer := play()
		if c.offer != nil {
			c.offer(&offer)
		}
		x := try{pass: h.pass(c.pass), offer: h.offer(offer)}
		x.session = h.session(x.offer, h.evening(), map[bool]int{true: 50, false: max(c.seats, 0)}[c.seats == 0])
		if c.prepare != nil {
			c.prepare(&x)
		}
		if _, err := h.reserve(x.pass, x.session, c.party); codeOf(err) != c.want {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func community(p *models.Pass) { p.Community, p.Children = true, 0 }

func TestALocalPassReservesAtHomeAndAtNoPopup(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	local := h.pass(func(p *models.Pass) { p.Network = "island" })
	for name, c := range map[string]struct {
		network models.NetworkID
		kind    models.OrganisationKind
		want    string
	}{
		"at home":  {"island", models.Venue, ""},
		"a pop-up": {"", models.Popup, "wrong_area"},
	} {
		h.manager.Organisation = h.organisation(c.network, c.kind)
		_, err := h.reserve(local, h.session(h.offer(play()), h.evening(), 5), models.Party{})
		if codeOf(err) != c.want {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestAStandingOfferIsNotReserved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	always := h.offer(models.Offer{Kind: models.Standing, Title: models.Text{"fi": "Uinti"}})
	_, err := h.reserve(h.pass(nil), models.Session{ID: models.SessionID(always.ID)}, models.Party{})
	h.refused(err, "not_reservable")
	_, err = h.reserve(h.pass(nil), models.Session{ID: "nothing"}, models.Party{})
	h.refused(err, "no_such_session")
}

func TestAReservationKeepsWhatStatisticsNeedAndALinkThatEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	pass := h.pass(func(p *models.Pass) { p.Network, p.Municipality = "espoo", "049" })
	session := h.session(h.offer(play()), h.evening(), 5)
	r := h.reserved(pass, session, models.Party{Children: 1, Assistants: 1})
	c := r.Claim
	if c.HomeMunicipality != "049" || c.HomeNetwork != "espoo" || c.Network != "kainuu" || c.Municipality != "205" || c.Sector != models.Culture ||
		c.Kind != models.Event || c.Day != "2026-11-23" || c.EndsDay != "2026-11-23" || c.UnlinkDay != "2027-02-21" || c.Pass != pass.ID ||
		c.Reserved != 2 || len(c.Slots) != 2 || !c.Live || c.Counts {
		t.Errorf("the claim is %+v", c)
	}
}

func TestTheCodeIsShownOnceAndARepeatedRequestGetsANewOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	pass, session := h.pass(nil), h.session(h.offer(play()), h.evening(), 5)
	request := offers.ReserveRequest{Session: session.ID, Idempotency: key()}
	first, err := h.programme.Reserve(t.Context(), holder(pass), request)
	h.must(err)
	if _, ok := models.ParseReservationCode(first.Code); !ok || first.Claim.Code == first.Code {
		t.Fatalf("the code is %q, kept is %q", first.Code, first.Claim.Code)
	}
	h.now = session.Start.Add(time.Hour) // a repeated request is answered whatever happened since
	again, err := h.programme.Reserve(t.Context(), holder(pass), request)
	h.must(err)
	if again.Claim.ID != first.Claim.ID || again.Code == first.Code || again.Code == "" {
		t.Errorf("the same request answered claim %s with the code %q", again.Claim.ID, again.Code)
	}
	for code, want := range map[string]string{first.Code: "no_such_reservation", again.Code: ""} {
		_, err := h.store.ReservationByCode(t.Context(), h.manager.Organisation, h.keys.Hash("reservation", code))
		h.refused(err, want)
	}
	request.Idempotency = &models.Idempotency{Key: request.Idempotency.Key, Body: "another"}
	_, err = h.programme.Reserve(t.Context(), holder(pass), request)
	h.refused(err, "key_reused")

	mine, err := h.programme.Reservations(t.Context(), holder(pass))
	h.must(err)
	if len(mine) != 1 || mine[0].Claim.ID != first.Claim.ID || mine[0].Session.ID != session.ID || mine[0].Offer.Title["fi"] != "Näytelmä" {
		t.Errorf("the holder's list is %+v", mine)
	}
}

func TestAReservationIsGivenBackInTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		at   time.Duration // before the start
		by   func(h *house, r offers.Reserved) error
		want string
	}{
		"by its holder":                      {time.Hour, holderCancels, ""},
		"by its holder a second late":        {time.Hour - time.Second, holderCancels, "too_late_to_cancel"},
		"by the worker":                      {2 * time.Hour, workerCancels, ""},
		"by the worker, late":                {time.Minute, workerCancels, "too_late_to_cancel"},
		"by the venue":                       {2 * time.Hour, venueCancels, ""},
		"by the venue, however late":         {-time.Hour, venueCancels, ""},
		"by somebody else":                   {2 * time.Hour, otherCancels, "no_such_reservation"},
		"by another distributor":             {2 * time.Hour, otherWorkerCancels, "no_such_pass"},
		"by the worker under another's pass": {2 * time.Hour, workerCancelsUnderAnother, "no_such_reservation"},
		"by another venue":                   {2 * time.Hour, otherVenueCancels, "no_such_reservation"},
	} {
		pass, session := h.pass(nil), h.session(h.offer(play()), h.evening(), 1)
		r := h.reserved(pass, session, models.Party{})
		h.now = session.Start.Add(-c.at)
		err := c.by(h, r)
		if codeOf(err) != c.want {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if err == nil {
			h.must(c.by(h, r)) // again changes nothing
		}
		h.now = noon
		_, full := h.reserve(h.pass(nil), session, models.Party{})
		if (full == nil) != (err == nil) {
			t.Errorf("%s: given back said %v, and the next one was told %v", name, err, full)
		}
	}
}

func holderCancels(h *house, r offers.Reserved) error {
	_, err := h.programme.Cancel(h.t.Context(), models.Actor{Role: models.HolderRole, Pass: r.Claim.Pass}, r.Claim.ID)
	return err
}

func otherCancels(h *house, r offers.Reserved) error {
	_, err := h.programme.Cancel(h.t.Context(), holder(h.pass(nil)), r.Claim.ID)
	return err
}

func workerCancels(h *house, r offers.Reserved) error {
	_, err := h.programme.CancelFor(h.t.Context(), h.worker, r.Claim.Pass, r.Claim.ID)
	return err
}

func workerCancelsUnderAnother(h *house, r offers.Reserved) error {
	_, err := h.programme.CancelFor(h.t.Context(), h.worker, h.pass(nil).ID, r.Claim.ID)
	return err
}

func otherWorkerCancels(h *house, r offers.Reserved) error {
	other := h.worker
	other.Organisation = h.organisation("kainuu", models.Distributor)
	_, err := h.programme.CancelFor(h.t.Context(), other, r.Claim.Pass, r.Claim.ID)
	return err
}

func venueCancels(h *house, r offers.Reserved) error {
	_, err := h.programme.CancelHere(h.t.Context(), h.manager, r.Claim.ID)
	return err
}

func otherVenueCancels(h *house, r offers.Reserved) error {
	other := h.manager
	other.Organisation = h.organisation("kainuu", models.Venue)
	_, err := h.programme.CancelHere(h.t.Context(), other, r.Claim.ID)
	return err
}

func TestOthersReserveForAHolderWithoutASmartphone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.session(h.offer(play()), h.evening(), 5)
	live, ended := models.NewDigits(models.PaperNumber, rand.Reader), models.NewDigits(models.PaperNumber, rand.Reader)
	pass := h.pass(func(p *models.Pass) {
		p.Papers = []models.Paper{
			{ID: "ended", Number: h.keys.Hash("paper", string(ended)), Spans: []models.Span{{From: noon.Add(-time.Hour), To: noon}}},
			{ID: "live", Number: h.keys.Hash("paper", string(live)), Spans: []models.Span{{From: noon}}},
		}
	})
	request := func() offers.ReserveRequest { return offers.ReserveRequest{Session: session.ID, Idempotency: key()} }

	other := h.worker
	other.Organisation = h.organisation("kainuu", models.Distributor)
	_, err := h.programme.ReserveFor(t.Context(), other, pass.ID, request())
	h.refused(err, "no_such_pass")
	_, err = h.programme.ReserveFor(t.Context(), h.worker, "nobody", request())
	h.refused(err, "no_such_pass")
	r, err := h.programme.ReserveFor(t.Context(), h.worker, pass.ID, request())
	h.must(err)
	h.must(workerCancels(h, r))

	for name, paper := range map[string]models.Digits{"a paper that ended": ended, "a number of nothing": models.NewDigits(models.PaperNumber, rand.Reader)} {
		if _, err := h.programme.ReserveByPaper(t.Context(), h.manager, paper, request()); codeOf(err) != "no_such_pass" {
			t.Errorf("%s: %v", name, err)
		}
	}
	neighbor := h.manager
	neighbor.Organisation = h.organisation("kainuu", models.Venue)
	_, err = h.programme.ReserveByPaper(t.Context(), neighbor, live, request())
	h.refused(err, "no_such_session")
	r, err = h.programme.ReserveByPaper(t.Context(), h.manager, live, request())
	h.must(err)
	if r.Claim.Pass != pass.ID || r.Code == "" {
		t.Errorf("reserved was %+v", r)
	}
	_, err = h.programme.CancelHere(t.Context(), h.manager, r.Claim.ID)
	h.must(err)
	h.reserved(pass, session, models.Party{})

	// The distributor's rows name the pass and not the evening, the venue's the reservation and not the pass; the holder's own has none.
	want := []string{
		"manager: reservation_cancelled of " + string(r.Claim.ID), "manager: reservation_made of " + string(r.Claim.ID),
		"worker: reservation_cancelled of " + string(pass.ID), "worker: reservation_made of " + string(pass.ID),
	}
	if got := h.reservationsWrittenDown(); !slices.Equal(got, want) {
		t.Errorf("the audit log has %q, want %q", got, want)
	}
}

// Whoever tries numbers finds no paper: after twenty wrong ones in an hour the right one is not looked at either.
func TestWrongPaperNumbersPauseTyping(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.now = h.now.Truncate(time.Hour).Add(50 * time.Minute)
	session := h.session(h.offer(play()), h.evening(), 30)
	paper := models.NewDigits(models.PaperNumber, rand.Reader)
	h.pass(func(p *models.Pass) {
		p.Papers = []models.Paper{{ID: "paper", Number: h.keys.Hash("paper", string(paper)), Spans: []models.Span{{From: noon}}}}
	})
	try := func(by models.Actor, number models.Digits) error {
		_, err := h.programme.ReserveByPaper(t.Context(), by, number, offers.ReserveRequest{Session: session.ID, Idempotency: key()})
		return err
	}
	h.must(try(h.manager, paper))
	for range models.WrongTypedMost {
		h.refused(try(h.manager, models.NewDigits(models.PaperNumber, rand.Reader)), "no_such_pass")
	}
	paused := new(models.Error)
	if err := try(h.manager, paper); !errors.As(err, &paused) || paused.Code != "too_many_tries" || paused.RetryAfter != 600 {
		t.Errorf("after %d wrong numbers: %v", models.WrongTypedMost, err)
	}
	colleague := h.manager
	colleague.Person = "colleague"
	h.refused(try(colleague, paper), "already_reserved")
	h.now = h.now.Add(10 * time.Minute)
	h.refused(try(h.manager, paper), "already_reserved")
}

// reservationsWrittenDown are the rows about reservations that the audit log has: who did what to what.
func (h *house) reservationsWrittenDown() []string {
	h.t.Helper()
	page, err := h.store.AuditRows(h.t.Context(), models.AuditQuery{Before: h.now.Add(time.Hour), Limit: 100})
	h.must(err)
	var rows []string
	for _, r := range page.Rows {
		if strings.HasPrefix(r.Action, "reservation_") {
			rows = append(rows, string(r.Person)+": "+r.Action+" of "+string(r.Pass)+r.Subject)
		}
	}
	slices.Sort(rows)
	return rows
}
