package accounts

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

var _ DirectoryStore = (*store.Store)(nil)

// A region is a directory over a store of its own, with a clock that the test moves.
type region struct {
	t         *testing.T
	store     *store.Store
	ring      *passes.Keyring
	desk      *passes.Desk
	directory *Directory
	keys      *models.Keys
	now       time.Time
	national  models.Actor
}

func newRegion(t *testing.T) *region {
	t.Helper()
	r := &region{
		t: t, store: storetest.SQLite(t), now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
		national: models.Actor{Role: models.National, Person: "national"},
	}
	var err error
	r.keys, err = models.NewKeys(bytes.Repeat([]byte{1}, models.MasterKeySize))
	r.must(err)
	clock := func() time.Time { return r.now }
	r.ring = passes.NewKeyring(r.store, r.keys, clock, rand.Reader)
	r.desk = passes.NewDesk(r.store, r.keys, r.ring, clock, rand.Reader)
	r.directory = r.with(r.desk)
	r.must(r.ring.EnsureKeys(t.Context()))
	return r
}

// with is a directory with a desk of the test's.
func (r *region) with(desk Desk) *Directory {
	return NewDirectory(r.store, r.keys, r.ring, desk, func() time.Time { return r.now }, rand.Reader)
}

func (r *region) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *region) refused(err error, code string) {
	r.t.Helper()
	if codeOfError(err) != code {
		r.t.Fatalf("got %v, want %s", err, code)
	}
}

func permanent(id models.NetworkID) models.Network {
	return models.Network{
		ID: id, Name: models.Text{"fi": string(id)}, Status: models.Permanent, First: "2016-01-01",
		Municipalities: []models.Municipality{{Code: "205", Name: models.Text{"fi": "Kajaani"}, PostalPrefixes: []string{"87"}}},
	}
}

func (r *region) network(n models.Network) models.Network {
	r.t.Helper()
	made, err := r.directory.CreateNetwork(r.t.Context(), r.national, n)
	r.must(err)
	return made
}

// organisation adds one in Kainuu.
func (r *region) organisation(kind models.OrganisationKind) models.OrganisationID {
	r.t.Helper()
	made, err := r.directory.CreateOrganisation(r.t.Context(), r.national, models.Organisation{Network: "kainuu", Kind: kind, Name: models.Text{"fi": "Talo"}})
	r.must(err)
	return made.ID
}

func coordinating(n models.NetworkID) models.Actor {
	return models.Actor{Role: models.Coordinator, Person: "coordinator", Network: n}
}

func TestWhatANetworkCanBe(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	town := func(code, name string, prefixes ...string) models.Municipality {
		return models.Municipality{Code: code, Name: models.Text{"fi": name}, PostalPrefixes: prefixes}
	}
	for name, c := range map[string]struct {
		change func(*models.Network)
		field  string
	}{
		"as it is":                        {func(*models.Network) {}, ""},
		"an id with a capital":            {func(n *models.Network) { n.ID = "Kainuu" }, "id"},
		"an id that leads elsewhere":      {func(n *models.Network) { n.ID = "../kainuu" }, "id"},
		"no name":                         {func(n *models.Network) { n.Name = nil }, "name"},
		"no first day":                    {func(n *models.Network) { n.First = "" }, "first"},
		"a status that is none":           {func(n *models.Network) { n.Status = "planned" }, "status"},
		"permanent with a last day":       {func(n *models.Network) { n.Last = "2027-01-01" }, "last"},
		"a pilot":                         {func(n *models.Network) { n.Status, n.Last = models.Pilot, "2027-01-01" }, ""},
		"a pilot without a last day":      {func(n *models.Network) { n.Status = models.Pilot }, "last"},
		"no municipality":                 {func(n *models.Network) { n.Municipalities = nil }, "municipalities"},
		"a municipality twice":            {func(n *models.Network) { n.Municipalities = []models.Municipality{town("205", "a"), town("205", "b")} }, "municipalities.code"},
		"a municipality without a code":   {func(n *models.Network) { n.Municipalities = []models.Municipality{town("20", "a")} }, "municipalities.code"},
		"a municipality without a name":   {func(n *models.Network) { n.Municipalities = []models.Municipality{town("205", "")} }, "municipalities.name"},
		"a postal code that is too long":  {func(n *models.Network) { n.Municipalities = []models.Municipality{town("205", "a", "871001")} }, "municipalities.postal_prefixes"},
		"a postal code that is no number": {func(n *models.Network) { n.Municipalities = []models.Municipality{town("205", "a", "87x")} }, "municipalities.postal_prefixes"},
	} {
		n := permanent(models.NetworkID("n" + strings.ToLower(rand.Text())))
		c.change(&n)
		_, err := r.directory.CreateNetwork(t.Context(), r.national, n)
		if got := wrongField(err); got != c.field {
			t.Errorf("%s: got %v, want a wrong %q", name, err, c.field)
		}
	}
}

// wrongField is the field that an error names.
func wrongField(err error) string {
	if e := new(models.Error); errors.As(err, &e) && e.Code == "invalid_field" {
		return e.Field
	}
	return codeOfError(err)
}

func TestALocalOnlyNetworkHasItsKeyPublishedAtOnce(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	n := permanent("island")
	n.LocalOnly = true
	r.network(n)
	all, err := r.ring.IssuerKeys(t.Context())
	r.must(err)
	var own int
	for i := range all {
		if all[i].Network == "island" {
			own++
		}
	}
	if own != 1 {
		t.Errorf("%d issuer keys of the network are published, want 1", own)
	}
}

func TestRulesAreSetForTheFutureByTheNetworksOwn(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	r.network(permanent("espoo"))
	rules := models.DefaultRules()
	rules.GraceDays = 10
	set := func(by models.Actor, from models.Day, rules models.Rules) error {
		_, err := r.directory.SetRules(t.Context(), by, "kainuu", models.DatedRules{From: from, Rules: rules})
		return err
	}
	r.refused(set(coordinating("espoo"), "2026-12-01", rules), "other_network")
	r.refused(set(coordinating("kainuu"), "2026-11-22", rules), "invalid_field")
	r.must(set(coordinating("kainuu"), "2026-11-23", rules))
	r.must(set(r.national, "2027-01-01", models.DefaultRules()))
	for field, change := range map[string]func(*models.Rules){
		"min_age":        func(r *models.Rules) { r.MinAge = -1 },
		"child_age":      func(r *models.Rules) { r.ChildAge = 0 },
		"valid_months":   func(r *models.Rules) { r.ValidMonths = 37 },
		"grace_days":     func(r *models.Rules) { r.GraceDays = 91 },
		"unlink_days":    func(r *models.Rules) { r.UnlinkDays = 91 },
		"group_max":      func(r *models.Rules) { r.GroupMax = 16 },
		"opens_minutes":  func(r *models.Rules) { r.OpensMinutes = 24*60 + 1 },
		"closes_minutes": func(r *models.Rules) { r.ClosesMinutes = 12*60 + 1 },
		"suppress_under": func(r *models.Rules) { r.SuppressUnder = 2 },
	} {
		wrong := models.DefaultRules()
		change(&wrong)
		if got := wrongField(set(r.national, "2026-12-01", wrong)); got != field {
			t.Errorf("%s: got %q", field, got)
		}
	}
	all, err := r.directory.Networks(t.Context())
	r.must(err)
	kainuu := all[0]
	if kainuu.ID != "kainuu" {
		kainuu = all[1]
	}
	for day, grace := range map[models.Day]int{"2026-11-22": 30, "2026-11-23": 10, "2026-12-31": 10, "2027-01-01": 30} {
		if got := kainuu.RulesOn(day).GraceDays; got != grace {
			t.Errorf("on %s %d days of grace, want %d", day, got, grace)
		}
	}
}

func TestAPilotIsExtendedAlsoWhenItHasEnded(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	pilot := permanent("pilot")
	pilot.Status, pilot.Last = models.Pilot, "2026-10-31"
	r.network(pilot)
	_, err := r.directory.ExtendPilot(t.Context(), r.national, "pilot", "2026-11-22")
	r.refused(err, "invalid_field")
	n, err := r.directory.ExtendPilot(t.Context(), r.national, "pilot", "2026-11-23")
	r.must(err)
	if n.Ended("2026-11-23") || !n.Ended("2026-11-24") {
		t.Errorf("the pilot is %+v", n)
	}
}

func TestWhoAddsWhichOrganisation(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	r.network(permanent("espoo"))
	own := coordinating("kainuu")
	for name, c := range map[string]struct {
		by   models.Actor
		o    models.Organisation
		want string
	}{
		"a coordinator, the own network unsaid":   {own, models.Organisation{Kind: models.Venue}, ""},
		"a coordinator, the own network":          {own, models.Organisation{Kind: models.Distributor, Network: "kainuu"}, ""},
		"a coordinator, another network":          {own, models.Organisation{Kind: models.Venue, Network: "espoo"}, "other_network"},
		"a coordinator, a pop-up":                 {own, popup(), "other_network"},
		"the national unit, a pop-up":             {r.national, popup(), ""},
		"the national unit, a member":             {r.national, models.Organisation{Kind: models.Institute, Network: "espoo"}, ""},
		"the national unit, no network":           {r.national, models.Organisation{Kind: models.Venue}, "network"},
		"the national unit, a network that isn't": {r.national, models.Organisation{Kind: models.Venue, Network: "nowhere"}, "no_such_network"},
		"a pop-up without a period":               {r.national, models.Organisation{Kind: models.Popup}, "last"},
		"a pop-up in a network":                   {r.national, models.Organisation{Kind: models.Popup, Network: "espoo", First: "2026-01-01", Last: "2026-02-01"}, "network"},
		"a venue with a period":                   {own, models.Organisation{Kind: models.Venue, First: "2026-01-01"}, "first"},
		"a kind that is none":                     {own, models.Organisation{Kind: "club"}, "kind"},
		"a sector that is none":                   {own, models.Organisation{Kind: models.Venue, Sector: "war"}, "sector"},
		"a municipality that is none":             {own, models.Organisation{Kind: models.Venue, Municipality: "Kuhmo"}, "municipality"},
	} {
		c.o.Name = models.Text{"fi": "Talo"}
		_, err := r.directory.CreateOrganisation(t.Context(), c.by, c.o)
		if got := wrongField(err); got != c.want {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	for network, want := range map[models.NetworkID]int{"kainuu": 2, "espoo": 1, "": 1} {
		all, err := r.directory.Organisations(t.Context(), r.national, network)
		r.must(err)
		if len(all) != want {
			t.Errorf("%q has %d organisations, want %d", network, len(all), want)
		}
	}
	all, err := r.directory.Organisations(t.Context(), own, "espoo")
	r.must(err)
	if len(all) != 2 || all[0].Network != "kainuu" {
		t.Errorf("a coordinator who names another network sees %+v", all)
	}
}

func popup() models.Organisation {
	return models.Organisation{Kind: models.Popup, First: "2026-11-01", Last: "2026-12-01"}
}

// pass keeps a pass of a distributor.
func (r *region) pass(of models.OrganisationID) models.PassID {
	r.t.Helper()
	p := models.Pass{
		ID: models.NewID[models.PassID](rand.Reader), Number: models.NewDigits(models.PassNumber, rand.Reader), Network: "kainuu", Distributor: of,
	}
	p.Enter(models.Active, r.now)
	kept, err := r.store.IssuePass(r.t.Context(), p, nil, models.AuditEntry{ID: models.NewID[models.AuditID](rand.Reader), At: r.now})
	r.must(err)
	return kept.ID
}

func (r *region) at(pass models.PassID) models.OrganisationID {
	r.t.Helper()
	p, err := r.store.LookupPass(r.t.Context(), pass)
	r.must(err)
	return p.Distributor
}

func TestAClosedDistributorsPassesGoOn(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	r.network(permanent("espoo"))
	a, b := r.organisation(models.Distributor), r.organisation(models.Distributor)
	pass := r.pass(a)
	_, err := r.directory.CloseOrganisation(t.Context(), coordinating("espoo"), a, b)
	r.refused(err, "no_such_organisation")
	_, err = r.directory.CloseOrganisation(t.Context(), coordinating("kainuu"), a, "")
	r.refused(err, "no_heir")
	o, err := r.directory.CloseOrganisation(t.Context(), coordinating("kainuu"), a, b)
	r.must(err)
	if o.ClosedAt.IsZero() || o.MovedTo != b || r.at(pass) != b {
		t.Errorf("closed is %+v, and its pass is at %s", o, r.at(pass))
	}
	_, err = r.directory.CloseOrganisation(t.Context(), coordinating("kainuu"), a, b)
	r.must(err)
	_, err = r.directory.CloseOrganisation(t.Context(), coordinating("kainuu"), a, "another")
	r.refused(err, "organisation_closed")
}

// lost is a desk that cannot be reached.
type lost struct{}

var errLost = errors.New("the connection was lost")

func (lost) MovePasses(context.Context, models.Actor, models.OrganisationID, models.OrganisationID) error {
	return errLost
}

func TestAMoveThatWasBrokenOffGoesOnToWhoeverIsOpenNow(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	a, b, c := r.organisation(models.Distributor), r.organisation(models.Distributor), r.organisation(models.Distributor)
	ofA, ofB := r.pass(a), r.pass(b)
	if _, err := r.with(lost{}).CloseOrganisation(t.Context(), r.national, a, b); !errors.Is(err, errLost) {
		t.Fatalf("got %v, want it to be broken off", err)
	}
	_, err := r.directory.CloseOrganisation(t.Context(), r.national, b, c)
	r.must(err)
	if r.at(ofA) != a || r.at(ofB) != c {
		t.Fatalf("the passes are at %s and %s", r.at(ofA), r.at(ofB))
	}
	for range 2 {
		r.must(r.directory.Resume(t.Context()))
	}
	if r.at(ofA) != c || r.at(ofB) != c {
		t.Errorf("the passes are at %s and %s, want both at %s", r.at(ofA), r.at(ofB), c)
	}
}

func (r *region) managing(kind models.OrganisationKind) models.Actor {
	r.t.Helper()
	return models.Actor{Role: models.ManagerRole, Person: "manager", Organisation: r.organisation(kind), Network: "kainuu"}
}

// added adds a scanner with a year to go.
func (r *region) added(by models.Actor) NewScanner {
	r.t.Helper()
	made, err := r.directory.AddScanner(r.t.Context(), by, models.Scanner{Label: "Ovi 1", EndDay: "2027-11-23"})
	r.must(err)
	return made
}

func TestAScannerLivesFromItsCodeToItsLastDay(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	by := r.managing(models.Venue)
	made := r.added(by)
	_, err := r.directory.Scanning(t.Context(), made.Scanner.ID)
	r.refused(err, "scanner_ended") // not enrolled yet
	typed := made.Code[:5] + "-" + strings.ToLower(made.Code[5:])
	e, err := r.directory.EnrolScanner(t.Context(), typed, "thumbprint", []byte("point"))
	r.must(err)
	if e.Venue.ID != by.Organisation || e.Scanner.ID != made.Scanner.ID || len(e.BundleKeys) == 0 || !e.Now.Equal(r.now) {
		t.Errorf("it was told %+v", e)
	}
	who, key, err := r.directory.ScannerByThumbprint(t.Context(), "thumbprint")
	r.must(err)
	if who != (models.Actor{Role: models.ScannerRole, Scanner: made.Scanner.ID, Organisation: by.Organisation, Network: "kainuu"}) || string(key) != "point" {
		t.Errorf("the scanner acts as %+v with the key %q", who, key)
	}
	r.now = models.Day("2027-11-23").End().Add(-time.Second)
	_, err = r.directory.Scanning(t.Context(), made.Scanner.ID)
	r.must(err)
	r.now = models.Day("2027-11-23").End()
	_, err = r.directory.Scanning(t.Context(), made.Scanner.ID)
	r.refused(err, "scanner_ended")
	_, _, err = r.directory.ScannerByThumbprint(t.Context(), "thumbprint")
	r.refused(err, "no_such_scanner")
	_, _, err = r.directory.ScannerByThumbprint(t.Context(), "unknown")
	r.refused(err, "no_such_scanner")
}

func TestAScannerIsRemovedFromAfar(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	by, other := r.managing(models.Venue), r.managing(models.Venue)
	made := r.added(by)
	_, err := r.directory.EnrolScanner(t.Context(), made.Code, "thumbprint", []byte("point"))
	r.must(err)
	r.refused(r.directory.RemoveScanner(t.Context(), other, made.Scanner.ID), "no_such_scanner")
	r.must(r.directory.RemoveScanner(t.Context(), by, made.Scanner.ID))
	_, err = r.directory.Scanning(t.Context(), made.Scanner.ID)
	r.refused(err, "scanner_ended")
	for venue, want := range map[models.OrganisationID]int{by.Organisation: 1, other.Organisation: 0} {
		all, err := r.directory.Scanners(t.Context(), models.Actor{Role: models.ManagerRole, Organisation: venue})
		r.must(err)
		if len(all) != want || want == 1 && all[0].State(r.now) != models.ScannerRemoved {
			t.Errorf("%s lists %+v", venue, all)
		}
	}
}

func TestAClosedVenuesScannersScanNoMore(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	by := r.managing(models.Venue)
	made := r.added(by)
	_, err := r.directory.EnrolScanner(t.Context(), made.Code, "thumbprint", []byte("point"))
	r.must(err)
	_, err = r.directory.CloseOrganisation(t.Context(), r.national, by.Organisation, "")
	r.must(err)
	_, err = r.directory.Scanning(t.Context(), made.Scanner.ID)
	r.refused(err, "scanner_ended")
}

func TestWhatAScannerCanBe(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	by := r.managing(models.Venue)
	for name, c := range map[string]struct {
		s     models.Scanner
		field string
	}{
		"to the end of today":       {models.Scanner{Label: "Ovi", EndDay: "2026-11-23"}, ""},
		"for two years":             {models.Scanner{Label: "Ovi", EndDay: "2028-11-23"}, ""},
		"for two years and a day":   {models.Scanner{Label: "Ovi", EndDay: "2028-11-24"}, "end_day"},
		"to yesterday":              {models.Scanner{Label: "Ovi", EndDay: "2026-11-22"}, "end_day"},
		"for ever":                  {models.Scanner{Label: "Ovi"}, "end_day"},
		"without a label":           {models.Scanner{Label: " ", EndDay: "2026-11-23"}, "label"},
		"with a label that is long": {models.Scanner{Label: "Ovi ovi ovi ovi ovi ovi ovi ovi ovi ovi ovi ovi ovi ovi ovi ov", EndDay: "2026-11-23"}, "label"},
	} {
		_, err := r.directory.AddScanner(t.Context(), by, c.s)
		if got := wrongField(err); got != c.field {
			t.Errorf("%s: got %v, want a wrong %q", name, err, c.field)
		}
	}
	_, err := r.directory.AddScanner(t.Context(), r.managing(models.Distributor), models.Scanner{Label: "Ovi", EndDay: "2026-11-23"})
	r.refused(err, "no_doors")
}

func TestAddingAScannerAgainShowsANewCode(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	r.network(permanent("kainuu"))
	by := r.managing(models.Venue)
	scanner := models.Scanner{Label: "Ovi", EndDay: "2026-12-01", Idempotency: &models.Idempotency{Key: "person:manager/k", Body: "b"}}
	add := func() NewScanner {
		made, err := r.directory.AddScanner(t.Context(), by, scanner)
		r.must(err)
		return made
	}
	first, second := add(), add()
	if first.Scanner.ID != second.Scanner.ID || first.Code == second.Code || second.Code == "" {
		t.Fatalf("the codes are %q and %q", first.Code, second.Code)
	}
	_, err := r.directory.EnrolScanner(t.Context(), first.Code, "thumbprint", []byte("point"))
	r.refused(err, "wrong_code")
	_, err = r.directory.EnrolScanner(t.Context(), "AAAA", "thumbprint", []byte("point"))
	r.refused(err, "invalid_field")
	_, err = r.directory.EnrolScanner(t.Context(), second.Code, "thumbprint", []byte("point"))
	r.must(err)
	if third := add(); third.Code != "" || third.Scanner.Thumbprint != "thumbprint" {
		t.Errorf("once it is enrolled it was added as %+v", third)
	}
}
