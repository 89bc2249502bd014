package offers_test

import (
	"strings"
	"testing"

	"kaikukortti/models"
)

func TestWhatAnOfferCanBe(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		change func(*models.Offer)
		field  string // that is wrong; empty if all is well
	}{
		"as it is":                         {func(*models.Offer) {}, ""},
		"no title":                         {func(o *models.Offer) { o.Title = nil }, "title"},
		"a title of blanks":                {func(o *models.Offer) { o.Title = models.Text{"fi": "  "} }, "title"},
		"a title in a language we lack":    {func(o *models.Offer) { o.Title = models.Text{"de": "Theater"} }, "title"},
		"a title just long enough":         {func(o *models.Offer) { o.Title = models.Text{"sv": strings.Repeat("å", 120)} }, ""},
		"a title that is too long":         {func(o *models.Offer) { o.Title = models.Text{"sv": strings.Repeat("å", 121)} }, "title.sv"},
		"a title that turns the text":      {func(o *models.Offer) { o.Title = models.Text{"fi": "a\u202eb"} }, "title.fi"},
		"a description in lines":           {func(o *models.Offer) { o.Description = models.Text{"fi": "yksi\nkaksi"} }, ""},
		"a description with a bell":        {func(o *models.Offer) { o.Description = models.Text{"fi": "a\ab"} }, "description.fi"},
		"a sector that is none":            {func(o *models.Offer) { o.Sector = "war" }, "sector"},
		"a municipality that is none":      {func(o *models.Offer) { o.Municipality = "Kajaani" }, "municipality"},
		"a network that is none":           {func(o *models.Offer) { o.Networks = []models.NetworkID{"kainuu", "nowhere"} }, "networks"},
		"a network twice":                  {func(o *models.Offer) { o.Networks = []models.NetworkID{"kainuu", "kainuu"} }, ""},
		"a kind that is none":              {func(o *models.Offer) { o.Kind = "party" }, "kind"},
		"more seats a pass than there are": {func(o *models.Offer) { o.SeatsPerPass = 21 }, "seats_per_pass"},
		"nobody can come":                  {func(o *models.Offer) { o.Reservable, o.WalkIns = false, false }, "walk_ins"},
		"an event with a limit":            {func(o *models.Offer) { o.Limit = &models.Limit{Times: 1, Per: models.PerDay} }, "limit"},
		"an event with a season":           {func(o *models.Offer) { o.First = "2026-01-01" }, "first"},
		"cancelling after the start":       {func(o *models.Offer) { o.CancelMinutes = -1 }, "cancel_minutes"},
		"standing":                         {standing, ""},
		"standing and reserved":            {func(o *models.Offer) { standing(o); o.Reservable = true }, "reservable"},
		"standing, twice a week":           {func(o *models.Offer) { standing(o); o.Limit = &models.Limit{Times: 2, Per: models.PerWeek} }, ""},
		"standing, never":                  {func(o *models.Offer) { standing(o); o.Limit = &models.Limit{Times: 0, Per: models.PerWeek} }, "limit.times"},
		"standing, an age":                 {func(o *models.Offer) { standing(o); o.Limit = &models.Limit{Times: 1, Per: "age"} }, "limit.per"},
		"standing, as courses are counted": {func(o *models.Offer) { standing(o); o.Limit = &models.Limit{Times: 2, Per: models.PerCalendar} }, "limit.per"},
		"a season without days":            {func(o *models.Offer) { standing(o); o.Limit = &models.Limit{Times: 1, Per: models.PerSeason} }, "first"},
		"a season": {func(o *models.Offer) {
			standing(o)
			o.First, o.Last = "2026-11-01", "2027-04-30"
			o.Limit = &models.Limit{Times: 1, Per: models.PerSeason}
		}, ""},
		"a season that ends before it came": {func(o *models.Offer) { standing(o); o.First, o.Last = "2026-11-01", "2026-10-31" }, "last"},
	} {
		o := play()
		c.change(&o)
		_, err := h.programme.CreateOffer(t.Context(), h.manager, o)
		if got := fieldOf(err); got != c.field {
			t.Errorf("%s: got %v, want a wrong %q", name, err, c.field)
		}
	}
}

func standing(o *models.Offer) {
	*o = models.Offer{Kind: models.Standing, Title: models.Text{"fi": "Uinti"}}
}

// fieldOf is the field that an error names.
func fieldOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := err.(*models.Error); ok && e.Code == "invalid_field" { //nolint:errorlint // what is wrong in itself comes unwrapped
		return e.Field
	}
	return err.Error()
}

func TestOffersAreTheVenuesOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	offer := h.offer(play())
	if offer.Sector != models.Culture || offer.Municipality != "205" {
		t.Errorf("the venue's sector and municipality are not the offer's: %+v", offer)
	}
	other := h.manager
	other.Organisation = h.organisation("kainuu", models.Venue)
	_, err := h.programme.Offer(t.Context(), other, offer.ID)
	h.refused(err, "no_such_offer")
	_, err = h.programme.DescribeOffer(t.Context(), other, offer)
	h.refused(err, "no_such_offer")
	_, err = h.programme.CloseOffer(t.Context(), other, offer.ID)
	h.refused(err, "no_such_offer")
	_, err = h.programme.CreateSession(t.Context(), other, models.Session{Offer: offer.ID, Start: h.evening(), End: h.evening().Add(60e9), Seats: 1})
	h.refused(err, "no_such_offer")
	distributor := h.worker
	_, err = h.programme.CreateOffer(t.Context(), distributor, play())
	h.refused(err, "no_doors")
}

func TestWordsCanBeChangedAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	offer := h.offer(play())
	changed := offer
	changed.Title, changed.WalkIns = models.Text{"fi": "Toinen", "en": "Another"}, false
	changed.SeatsPerPass, changed.Kind, changed.Reservable = 7, models.Course, false
	kept, err := h.programme.DescribeOffer(t.Context(), h.manager, changed)
	h.must(err)
	if kept.Title["en"] != "Another" || kept.WalkIns || kept.SeatsPerPass != 0 || kept.Kind != models.Event || !kept.Reservable {
		t.Errorf("kept is %+v", kept)
	}
	walkIn := play()
	walkIn.Reservable = false
	walkIn = h.offer(walkIn)
	walkIn.WalkIns = false
	_, err = h.programme.DescribeOffer(t.Context(), h.manager, walkIn)
	if fieldOf(err) != "walk_ins" {
		t.Errorf("nobody can come any more: %v", err)
	}
}

func TestAClosedOfferLeavesTheList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stays, goes := h.offer(play()), h.offer(play())
	for range 2 {
		_, err := h.programme.CloseOffer(t.Context(), h.manager, goes.ID)
		h.must(err)
	}
	for closed, want := range map[bool]int{false: 1, true: 2} {
		all, err := h.programme.Offers(t.Context(), h.manager, closed)
		h.must(err)
		if len(all) != want || !closed && all[0].ID != stays.ID {
			t.Errorf("with closed ones (%t) the list has %d offers", closed, len(all))
		}
	}
	session := h.session(stays, h.evening(), 5)
	_, err := h.programme.CloseOffer(t.Context(), h.manager, stays.ID)
	h.refused(err, "sessions_to_come")
	_, err = h.programme.CancelSession(t.Context(), h.manager, session.ID)
	h.must(err)
	_, err = h.programme.CloseOffer(t.Context(), h.manager, stays.ID)
	h.must(err)
	_, err = h.programme.CreateSession(t.Context(), h.manager, models.Session{Offer: stays.ID, Start: h.evening(), End: h.evening().Add(60e9), Seats: 1})
	h.refused(err, "offer_closed")
}
