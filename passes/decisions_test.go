package passes_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// decisionsFile is the one table of decisions. Go online, Go offline, uploads and the web app are all held to it.
const decisionsFile = "testdata/decisions.json"

var update = flag.Bool("update", false, "make testdata anew, with new throw-away keys")

//go:generate go test -run TestDecisions -update .

// decisions is the shape of the file.
type decisions struct {
	About     string              `json:"about"`
	Keys      []passes.BundleKey  `json:"keys"`      // public issuer keys that the server knows
	Documents storetest.Documents `json:"documents"` // what the server's store holds
	Bundle    *passes.Bundle      `json:"bundle"`    // what the scanner holds
	Rows      []decisionRow       `json:"rows"`
}

// decisionRow is one code at one moment, and what is decided.
type decisionRow struct {
	Name    string           `json:"name"`
	Code    string           `json:"code"`
	At      time.Time        `json:"at"`
	Session models.SessionID `json:"session"`
	Party   models.Party     `json:"party"`
	// Before are codes that were shown and admitted earlier, at this scanner.
	Before []decisionStep `json:"before,omitempty"`
	// BundleAge is how old the bundle is, in seconds; OfflineNotAllowed is the network's setting.
	BundleAge         int64 `json:"bundle_age"`
	OfflineNotAllowed bool  `json:"offline_not_allowed,omitempty"`

	Online  decisionWant `json:"online"`
	Offline decisionWant `json:"offline"`
	Upload  decisionWant `json:"upload"` // of what the offline door showed
}

type decisionStep struct {
	Code    string           `json:"code"`
	At      time.Time        `json:"at"`
	Session models.SessionID `json:"session"`
}

// decisionWant is a decision in short: the outcome, the reason and the marks; for an upload, the result.
type decisionWant struct {
	Decision models.Outcome  `json:"decision,omitempty"`
	Reason   models.Reason   `json:"reason,omitempty"`
	Marks    []models.Mark   `json:"marks,omitempty"`
	Welcome  *int            `json:"welcome,omitempty"`
	Result   models.Uploaded `json:"result,omitempty"`
}

func (w decisionWant) String() string {
	return fmt.Sprint(w.Decision, w.Reason, w.Result, w.Marks)
}

// refused, welcome and uploaded are wants in the words of the table.
func refused(r models.Reason) decisionWant {
	return decisionWant{Decision: models.OutcomeRefused, Reason: r}
}

func welcome(marks ...models.Mark) decisionWant {
	return decisionWant{Decision: models.OutcomeAdmitted, Marks: marks}
}

func uploaded(r models.Uploaded, marks ...models.Mark) decisionWant {
	return decisionWant{Result: r, Marks: marks}
}

const testScanner, testVenue = models.ScannerID("scanner"), models.OrganisationID("theatre")

func readDecisions(t *testing.T) decisions {
	t.Helper()
	raw, err := os.ReadFile(decisionsFile)
	if err != nil {
		t.Fatal(err)
	}
	var d decisions
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// publicRing gives doors the public keys of the table. It signs nothing.
type publicRing struct{ keys map[kp1.KID]*ecdsa.PublicKey }

func ringOf(t testing.TB, keys []passes.BundleKey) publicRing {
	t.Helper()
	r := publicRing{map[kp1.KID]*ecdsa.PublicKey{}}
	for _, k := range keys {
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), k.Point)
		if err != nil {
			t.Fatal(err)
		}
		r.keys[k.KID] = key
	}
	return r
}

func (r publicRing) PublicIssuer(kid kp1.KID) *ecdsa.PublicKey { return r.keys[kid] }
func (publicRing) Reload(context.Context) error                { return nil }

var errSignsNothing = errors.New("this ring signs nothing")

func (publicRing) IssuerKeys(context.Context) ([]models.SigningKey, error) {
	return nil, errSignsNothing
}

func (publicRing) Signer(context.Context, models.KeyUse) (string, crypto.Signer, error) {
	return "", nil, errSignsNothing
}

func (publicRing) PublicKeys(context.Context, models.KeyUse) ([]models.SigningKey, error) {
	return nil, errSignsNothing
}

// testKeys derive from a master key of the test's own.
func testKeys(t testing.TB) *models.Keys {
	t.Helper()
	master := make(models.Secret, models.MasterKeySize)
	if _, err := rand.Read(master); err != nil {
		t.Fatal(err)
	}
	keys, err := models.NewKeys(master)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestDecisions(t *testing.T) {
	if *update {
		writeDecisions(t)
	}
	table := readDecisions(t)
	t.Run("every reason and every mark is used", func(t *testing.T) { everythingIsUsed(t, table) })
	t.Run("offline", func(t *testing.T) { decideOffline(t, table) })
	t.Run("online", func(t *testing.T) {
		storetest.Load(t, table.Documents, func(t *testing.T, s *store.Store) { decideOnline(t, table, s) })
	})
	t.Run("upload", func(t *testing.T) {
		storetest.Load(t, table.Documents, func(t *testing.T, s *store.Store) { decideUploads(t, table, s) })
	})
}

func everythingIsUsed(t *testing.T, table decisions) {
	if len(table.Rows) < 60 {
		t.Errorf("%d rows, want 60 at the least", len(table.Rows))
	}
	used := map[string]bool{}
	for _, row := range table.Rows {
		for _, w := range []decisionWant{row.Online, row.Offline, row.Upload} {
			used[string(w.Reason)] = true
			for _, m := range w.Marks {
				used[string(m)] = true
			}
		}
	}
	for _, r := range models.Reasons() {
		if !used[string(r)] {
			t.Errorf("no row has the reason %s", r)
		}
	}
	for _, m := range models.Marks() {
		if !used[string(m)] {
			t.Errorf("no row has the mark %s", m)
		}
	}
}

// compare reports a decision that is not what the row wants.
func compare(t *testing.T, row decisionRow, got models.Decision, want decisionWant) {
	t.Helper()
	if got.Outcome != want.Decision || got.Reason != want.Reason || !slices.Equal(got.Marks, want.Marks) {
		t.Errorf("%s: got %s%s %v, want %s", row.Name, got.Outcome, got.Reason, got.Marks, want)
	}
	if want.Welcome != nil && got.Welcome != *want.Welcome {
		t.Errorf("%s: %d are welcome, want %d", row.Name, got.Welcome, *want.Welcome)
	}
}

func decideOffline(t *testing.T, table decisions) {
	for _, row := range table.Rows {
		d := offlineDecision(t, table, row)
		compare(t, row, d, row.Offline)
	}
}

func offlineDecision(t *testing.T, table decisions, row decisionRow) models.Decision {
	t.Helper()
	b := *table.Bundle
	b.Issued, b.Offline = row.At.Unix()-row.BundleAge, !row.OfflineNotAllowed
	if err := b.Ready(); err != nil {
		t.Fatal(err)
	}
	var memory []passes.Welcomed
	for _, step := range row.Before {
		d, w := b.Judge(passes.OfflineScan{Code: step.Code, Session: step.Session, At: step.At}, memory)
		if d.Outcome == models.OutcomeAdmitted {
			memory = append(memory, w)
		}
	}
	d, _ := b.Judge(passes.OfflineScan{Code: row.Code, Session: row.Session, Party: row.Party, At: row.At}, memory)
	return d
}

// doorsAt are the doors of a store with a clock that the test sets.
func doorsAt(t *testing.T, table decisions, s *store.Store) (*passes.Doors, *time.Time) {
	t.Helper()
	clock := new(time.Time)
	return passes.NewDoors(s, testKeys(t), ringOf(t, table.Keys), func() time.Time { return *clock }, rand.Reader), clock
}

var atTheDoor = models.Actor{Role: models.ScannerRole, Scanner: testScanner, Organisation: testVenue, Network: "kainuu"}

func scanID() models.ScanID { return models.NewID[models.ScanID](rand.Reader) }

func decideOnline(t *testing.T, table decisions, s *store.Store) {
	doors, clock := doorsAt(t, table, s)
	for _, row := range table.Rows {
		for _, step := range row.Before {
			*clock = step.At
			if _, err := doors.Scan(t.Context(), atTheDoor, passes.ScanRequest{ID: scanID(), Session: step.Session, Code: step.Code}); err != nil {
				t.Fatal(err)
			}
		}
		*clock = row.At
		d, err := doors.Scan(t.Context(), atTheDoor, passes.ScanRequest{ID: scanID(), Session: row.Session, Code: row.Code, Party: row.Party})
		if err != nil {
			t.Fatalf("%s: %v", row.Name, err)
		}
		compare(t, row, d, row.Online)
	}
}

// decideUploads uploads, an hour later, what the offline door showed.
func decideUploads(t *testing.T, table decisions, s *store.Store) {
	doors, clock := doorsAt(t, table, s)
	for _, row := range table.Rows {
		for _, step := range row.Before {
			*clock = step.At
			if _, err := doors.Scan(t.Context(), atTheDoor, passes.ScanRequest{ID: scanID(), Session: step.Session, Code: step.Code}); err != nil {
				t.Fatal(err)
			}
		}
		offline := offlineDecision(t, table, row)
		u := passes.Upload{
			ScanRequest: passes.ScanRequest{ID: scanID(), Session: row.Session, Code: row.Code, Party: row.Party}, ScannedAt: row.At,
			Shown: models.ShownRefused, ShownReason: offline.Reason,
		}
		if offline.Outcome == models.OutcomeAdmitted {
			u.Shown, u.ShownReason = models.ShownWelcome, ""
		}
		*clock = row.At.Add(time.Hour)
		a, err := doors.Upload(t.Context(), atTheDoor, u)
		if err != nil || a.Problem != nil {
			t.Fatalf("%s: %v %v", row.Name, err, a.Problem)
		}
		if a.Result != row.Upload.Result || !slices.Equal(a.Decision.Marks, row.Upload.Marks) {
			t.Errorf("%s: the upload is %s %v, want %s", row.Name, a.Result, a.Decision.Marks, row.Upload)
		}
	}
}

// ---- making the table anew ----

// t0 is the moment of the table: a Monday evening in Kajaani.
var t0 = time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC)

// maker builds the documents and the codes. Its private keys go when it does.
type maker struct {
	t        testing.TB
	issuers  map[models.NetworkID]*ecdsa.PrivateKey
	stranger *ecdsa.PrivateKey // an issuer that nobody knows
	out      decisions
	docs     map[string][]any
	revoked  []models.CTI
}

// spec is a row before it is made.
type spec struct {
	name                    string
	kind                    kp1.Kind
	children                int
	home                    models.NetworkID   // kainuu unless said
	age                     int64              // of the code when it is shown, in seconds; negative is ahead
	exp                     time.Duration      // of the credential, after t0; ten days unless said
	pass                    func(*models.Pass) // changes to the pass
	off                     bool               // the pass or carrier is not live: its cti is on the list
	lost                    bool               // the server knows no such cti
	place                   func(*models.Offer, *models.Session)
	standing                bool
	reserved                int  // seats that the pass has reserved here
	elsewhere               bool // it has a reservation for another session here today
	taken                   int  // seats that others have
	party                   models.Party
	before                  []int64                        // ages of codes of this pass that were admitted here earlier
	same                    bool                           // the one before was this very code
	beforeAt                string                         // "other": at another session
	sign                    func(m *maker, s *spec) string // makes the code in another way
	text                    func(string) string            // spoils it
	bundle                  time.Duration                  // age; an hour unless said
	noOffline               bool
	online, offline, upload decisionWant
}

func writeDecisions(t *testing.T) {
	m := &maker{t: t, issuers: map[models.NetworkID]*ecdsa.PrivateKey{}, docs: map[string][]any{}}
	m.world()
	for i, s := range specs() {
		m.row(i, s)
	}
	m.bundle()
	m.out.Documents = storetest.Documents{}
	for name, all := range m.docs {
		for _, doc := range all {
			m.out.Documents[name] = append(m.out.Documents[name], m.json(doc))
		}
	}
	m.out.About = "Codes, the moment at which each is shown, and what is decided: by the server online, by a scanner that has only the bundle, " +
		"and by the server when the scanner's answer is uploaded. Made by go generate ./passes with keys that were thrown away."
	raw, err := json.MarshalIndent(m.out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(decisionsFile, append(raw, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (m *maker) json(doc any) json.RawMessage {
	raw, err := json.Marshal(doc)
	if err != nil {
		m.t.Fatal(err)
	}
	return raw
}

func (m *maker) key() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
	return key
}

func (m *maker) point(key *ecdsa.PublicKey) []byte {
	p, err := key.Bytes()
	if err != nil {
		m.t.Fatal(err)
	}
	return p
}

func (m *maker) add(collection string, doc any) { m.docs[collection] = append(m.docs[collection], doc) }

var firstVersion = models.Record{Version: 1}

// world makes the networks with their keys, and the venue with its scanner.
func (m *maker) world() {
	m.stranger = m.key()
	for _, n := range []models.Network{
		{ID: "kainuu", Status: models.Permanent, First: "2016-01-01"},
		{ID: "espoo", Status: models.Permanent, First: "2016-01-01"},
		{ID: "savonlinna", Status: models.Pilot, First: "2026-01-01", Last: "2027-06-30", LocalOnly: true},
		{ID: "lappeenranta", Status: models.Pilot, First: "2026-01-01", Last: "2026-11-22"},
	} {
		n.Record, n.Name = firstVersion, models.Text{"fi": string(n.ID)}
		n.Municipalities = []models.Municipality{{Code: "205", Name: models.Text{"fi": "Kajaani"}}}
		m.add("networks", n)
		if n.LocalOnly || n.ID == "kainuu" {
			m.issuers[n.ID] = m.key()
			public := &m.issuers[n.ID].PublicKey
			m.out.Keys = append(m.out.Keys, passes.BundleKey{KID: kp1.KeyID(public), Point: m.point(public)})
		}
	}
	for _, id := range []models.NetworkID{"espoo", "lappeenranta"} {
		m.issuers[id] = m.issuers["kainuu"] // networks that are not local only share their keys
	}
	m.add("organisations", models.Organisation{
		ID: testVenue, Record: firstVersion, Network: "kainuu", Kind: models.Venue, Name: models.Text{"fi": "Teatteri"},
		Municipality: "205", Sector: models.Culture,
	})
	m.add("scanners", models.Scanner{
		ID: testScanner, Record: firstVersion, Organisation: testVenue, Label: "Ovi", EndDay: "2027-12-31", Thumbprint: "scanner",
	})
	m.session("other", nil)
}

// session adds an offer and its session; change may alter both.
func (m *maker) session(id string, change func(*models.Offer, *models.Session)) (models.Offer, models.Session) {
	o := models.Offer{
		ID: models.OfferID("offer-" + id), Record: firstVersion, Organisation: testVenue, Kind: models.Event, Sector: models.Culture,
		Title: models.Text{"fi": "Esitys " + id}, Municipality: "205", ChildrenCounted: true, WalkIns: true, CreatedAt: t0.Add(-240 * time.Hour),
	}
	s := models.Session{
		ID: models.SessionID("session-" + id), Record: firstVersion, Offer: o.ID, Organisation: testVenue, Start: t0.Add(30 * time.Minute),
		End: t0.Add(150 * time.Minute), Seats: 10,
	}
	if change != nil {
		change(&o, &s)
	}
	s.FirstDay, s.LastDay = models.DayOf(s.Start), models.DayOf(s.Start)
	if len(s.Meetings) > 0 {
		s.LastDay = models.DayOf(s.Meetings[len(s.Meetings)-1].From)
	}
	m.add("offers", o)
	if o.Kind != models.Standing {
		m.add("sessions", s)
	}
	return o, s
}

// row makes the documents, the code and the line of one spec.
func (m *maker) row(i int, s spec) {
	id := fmt.Sprintf("%02d", i)
	s.fill()
	o, session := m.session(id, func(o *models.Offer, ss *models.Session) {
		if s.standing {
			o.Kind = models.Standing
		}
		if s.place != nil {
			s.place(o, ss)
		}
	})
	where := session.ID
	if o.Kind == models.Standing {
		where = models.SessionID(o.ID)
	}
	holder := m.holder(id, &s)
	m.claims(&s, id, &o, &session)
	at := t0
	row := decisionRow{
		Name: s.name, At: at, Session: where, Party: s.party, BundleAge: int64(s.bundle / time.Second), OfflineNotAllowed: s.noOffline,
		Online: s.online, Offline: s.offline, Upload: s.upload,
	}
	row.Code = holder.show(at.Unix() - s.age)
	if s.sign != nil {
		row.Code = s.sign(m, &s)
	}
	if s.text != nil {
		row.Code = s.text(row.Code)
	}
	for _, age := range s.before {
		step := decisionStep{Code: holder.show(at.Unix() - age), At: at.Add(-time.Duration(age) * time.Second), Session: where}
		if s.same {
			step.Code = row.Code
		}
		if s.beforeAt != "" {
			step.Session = models.SessionID("session-" + s.beforeAt)
		}
		row.Before = append(row.Before, step)
	}
	m.out.Rows = append(m.out.Rows, row)
}

func (s *spec) fill() {
	if s.kind == 0 {
		s.kind = kp1.KindPhone
	}
	if s.home == "" {
		s.home = "kainuu"
	}
	if s.exp == 0 {
		s.exp = 240 * time.Hour
	}
	if s.bundle == 0 {
		s.bundle = time.Hour
	}
}

// shower makes codes of one credential.
type shower struct {
	m          *maker
	credential []byte
	key        *ecdsa.PrivateKey
}

func (h shower) show(signedAt int64) string {
	var text string
	var err error
	if h.key == nil {
		text, err = kp1.PaperCode(h.credential)
	} else {
		text, err = kp1.SignCode(h.key, h.credential, signedAt)
	}
	if err != nil {
		h.m.t.Fatal(err)
	}
	return text
}

func (m *maker) sign(issuer *ecdsa.PrivateKey, s *spec, cti kp1.CTI) shower {
	h := shower{m: m}
	c := kp1.Credential{Kind: s.kind, Children: s.children, CTI: cti, Exp: t0.Add(s.exp).Unix()}
	if !s.kind.Paper() {
		h.key = m.key()
		c.CodeKey = &h.key.PublicKey
	}
	var err error
	if h.credential, err = kp1.SignCredential(issuer, c); err != nil {
		m.t.Fatal(err)
	}
	return h
}

// holder makes a pass with its credential.
func (m *maker) holder(id string, s *spec) shower {
	var cti kp1.CTI
	if _, err := rand.Read(cti[:]); err != nil {
		m.t.Fatal(err)
	}
	carrier, since := models.CarrierID("carrier-"+id), t0.Add(-1000*time.Hour)
	p := models.Pass{
		ID: models.PassID("pass-" + id), Record: firstVersion, Number: models.NewDigits(models.PassNumber, rand.Reader), Network: s.home,
		Distributor: "office", Community: s.kind.Community(), Municipality: "205", Children: s.children, Language: "fi", TermsVersion: "1",
		TermsDay: "2026-01-01", First: "2026-06-01", Last: "2027-05-31", GraceDays: 30, UnlinkDays: 90, ChildAge: 18, CredentialNo: 1,
		IssuedAt: since, IssuedMonth: "2026-06", State: models.Active, States: []models.StateSpan{{State: models.Active, From: since}},
	}
	kind := models.CarrierPhone
	if s.kind.Paper() {
		kind = models.CarrierPaper
		p.Papers = []models.Paper{{ID: carrier, Number: "number-" + id, CTI: models.CTI(cti.String()), Exp: t0.Add(s.exp), Spans: []models.Span{{From: since}}}}
	} else {
		p.Phones = []models.Phone{{ID: carrier, Thumbprint: "phone-" + id, Spans: []models.Span{{From: since}}}}
	}
	if s.pass != nil {
		s.pass(&p)
	}
	m.add("passes", p)
	if !s.lost {
		c := models.Credential{
			CTI: models.CTI(cti.String()), Record: firstVersion, Pass: p.ID, Carrier: carrier, Kind: kind, Network: s.home, No: 1, Issued: since,
			Exp: t0.Add(s.exp), CodeKind: int(s.kind), Children: s.children,
		}
		c.Switch(s.off)
		m.add("credentials", c)
	}
	if s.off {
		m.revoked = append(m.revoked, models.CTI(cti.String()))
	}
	return m.sign(m.issuers[s.home], s, cti)
}

// claims makes the seats that are taken and the reservations that there are.
func (m *maker) claims(s *spec, id string, o *models.Offer, session *models.Session) {
	base := models.Claim{
		Record: firstVersion, Session: session.ID, Offer: o.ID, Organisation: testVenue, Day: session.FirstDay, EndsDay: session.LastDay,
		At: t0.Add(-24 * time.Hour), State: models.Reserved, Live: true, Kind: o.Kind, UnlinkDay: "2027-02-21",
	}
	for n := range s.taken {
		c := base
		c.ID, c.Pass = models.ClaimID(fmt.Sprintf("taken-%s-%d", id, n)), models.PassID(fmt.Sprintf("stranger-%s-%d", id, n))
		c.Slots, c.Reserved = []int{n}, 1
		m.add("claims", c)
	}
	mine := base
	mine.ID, mine.Pass = models.ClaimID("claim-"+id), models.PassID("pass-"+id)
	switch {
	case s.elsewhere:
		mine.Session, mine.Offer, mine.Slots, mine.Reserved = "session-other", "offer-other", []int{len(m.docs["claims"]) % 10}, 1
		m.add("claims", mine)
	case s.reserved > 0:
		for n := range s.reserved {
			mine.Slots = append(mine.Slots, session.Seats-1-n)
		}
		mine.Reserved = s.reserved
		m.add("claims", mine)
	}
}

// bundle makes what the scanner holds, from the same facts.
func (m *maker) bundle() {
	documents := storetest.Documents{}
	for _, name := range []string{"networks", "organisations", "scanners", "offers", "sessions", "passes", "claims", "credentials"} {
		for _, doc := range m.docs[name] {
			documents[name] = append(documents[name], m.json(doc))
		}
	}
	s := storetest.SQLiteWith(m.t, documents)
	ring := &bundleRing{publicRing: ringOf(m.t, m.out.Keys), key: m.key()}
	for id, key := range m.issuers {
		if id == "kainuu" || id == "savonlinna" {
			k := models.SigningKey{KID: kp1.KeyID(&key.PublicKey).String(), Public: m.point(&key.PublicKey)}
			if id == "savonlinna" {
				k.Network = id
			}
			ring.issuers = append(ring.issuers, k)
		}
	}
	slices.SortFunc(ring.issuers, func(a, b models.SigningKey) int { return strings.Compare(a.KID, b.KID) })
	doors := passes.NewDoors(s, testKeys(m.t), ring, func() time.Time { return t0.Add(-time.Hour) }, rand.Reader)
	token, err := doors.Bundle(m.t.Context(), atTheDoor)
	if err != nil {
		m.t.Fatal(err)
	}
	trusted := []passes.BundleKey{{KID: kp1.KeyID(&ring.key.PublicKey), Point: m.point(&ring.key.PublicKey)}}
	if m.out.Bundle, err = passes.OpenBundle(token, testScanner, trusted); err != nil {
		m.t.Fatal(err)
	}
}

// bundleRing signs bundles with a key of its own.
type bundleRing struct {
	publicRing
	key     *ecdsa.PrivateKey
	issuers []models.SigningKey
}

func (r *bundleRing) IssuerKeys(context.Context) ([]models.SigningKey, error) { return r.issuers, nil }

func (r *bundleRing) Signer(context.Context, models.KeyUse) (string, crypto.Signer, error) {
	return kp1.KeyID(&r.key.PublicKey).String(), r.key, nil
}

func (r *bundleRing) PublicKeys(context.Context, models.KeyUse) ([]models.SigningKey, error) {
	point, err := r.key.PublicKey.Bytes()
	return []models.SigningKey{{KID: kp1.KeyID(&r.key.PublicKey).String(), Public: point}}, err
}
