package web_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	crand "crypto/rand"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
	"kaikukortti/store/storetest"
)

// table is the part of the shared table of decisions that makes a town: what the server holds, and codes to show.
type table struct {
	Keys      []passes.BundleKey  `json:"keys"`
	Documents storetest.Documents `json:"documents"`
	Bundle    struct {
		Accepts []kp1.KID `json:"accepts"`
	} `json:"bundle"`
	Rows []struct {
		Code    string           `json:"code"`
		At      time.Time        `json:"at"`
		Session models.SessionID `json:"session"`
		Party   models.Party     `json:"party"`
	} `json:"rows"`
}

func readTable(t *testing.T) table {
	t.Helper()
	raw, err := os.ReadFile("../passes/testdata/decisions.json")
	if err != nil {
		t.Fatal(err)
	}
	var d table
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// ring has the issuers of the table, and bundle keys of its own: one that signs, one that waits.
type ring struct {
	issuers    []models.SigningKey
	signs      *ecdsa.PrivateKey
	bundleKeys []models.SigningKey
}

func newRing(t *testing.T, d table) ring {
	t.Helper()
	r := ring{signs: newKey(t)}
	for _, k := range d.Keys {
		key := models.SigningKey{KID: k.KID.String(), Public: k.Point}
		if !slices.Contains(d.Bundle.Accepts, k.KID) {
			key.Network = "savonlinna"
		}
		r.issuers = append(r.issuers, key)
	}
	for i, key := range []*ecdsa.PublicKey{&r.signs.PublicKey, &newKey(t).PublicKey} {
		k := models.SigningKey{KID: kp1.KeyID(key).String(), Public: pointOf(t, key)}
		if i == 0 {
			k.From = time.Unix(1, 0)
		}
		r.bundleKeys = append(r.bundleKeys, k)
	}
	return r
}

func (r ring) PublicIssuer(kp1.KID) *ecdsa.PublicKey                   { return nil }
func (r ring) Reload(context.Context) error                            { return nil }
func (r ring) IssuerKeys(context.Context) ([]models.SigningKey, error) { return r.issuers, nil }
func (r ring) Signer(context.Context, models.KeyUse) (string, crypto.Signer, error) {
	return r.bundleKeys[0].KID, r.signs, nil
}

func (r ring) PublicKeys(context.Context, models.KeyUse) ([]models.SigningKey, error) {
	return r.bundleKeys, nil
}

// doorFacts are what the app tells of a bundle that it opened.
type doorFacts struct {
	OK      bool               `json:"ok"`
	Problem string             `json:"problem"`
	Issued  int64              `json:"issued"`
	Keys    []kp1.KID          `json:"keys"`
	Accepts []kp1.KID          `json:"accepts"`
	Places  []models.SessionID `json:"places"`
	Revoked int                `json:"revoked"`
	Trusted []passes.BundleKey `json:"trusted"`
}

// appScan and appWelcomed are a showing and a memory in the app's shape; times are in milliseconds.
type appScan struct {
	ScanID  string           `json:"scan_id"`
	Session models.SessionID `json:"session"`
	Code    string           `json:"code"`
	Party   models.Party     `json:"party"`
	At      int64            `json:"at"`
	Before  []appWelcomed    `json:"before"`
}

type appWelcomed struct {
	ScanID   string           `json:"scan_id"`
	CTI      kp1.CTI          `json:"cti"`
	SignedAt int64            `json:"signed_at"`
	Session  models.SessionID `json:"session"`
	At       int64            `json:"at"`
}

type appJudged struct {
	Decision models.Decision `json:"decision"`
	Remember *appWelcomed    `json:"remember"`
}

// TestTheAppJudgesAsTheServerWould makes a bundle as the server does and shows codes to both at random: whole decisions are compared,
// also where no row of the table is.
func TestTheAppJudgesAsTheServerWould(t *testing.T) {
	t.Parallel()
	app, d := startApp(t), readTable(t)
	bundle := openBoth(t, app, d)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	scans := make([]appScan, 3000)
	for i := range scans {
		scans[i] = randomScan(random, d, bundle)
	}
	var got []appJudged
	app.ask("judge", map[string]any{"scans": scans}, &got)
	used := map[string]int{}
	for i, s := range scans {
		want, remember := bundle.Judge(s.scan(), s.before())
		if !sameDecision(t, got[i].Decision, want) || (got[i].Remember != nil) != (want.Outcome == models.OutcomeAdmitted) {
			t.Errorf("seed %d, scan %d: %s\nthe app   %s\nthe server %s", seed, i, asJSON(t, s), asJSON(t, got[i]), asJSON(t, want))
		}
		if r := got[i].Remember; r != nil && (r.CTI != remember.CTI || r.SignedAt != remember.SignedAt || r.Session != remember.Session || r.At != s.At) {
			t.Errorf("seed %d, scan %d is remembered as %+v, want %+v", seed, i, *r, remember)
		}
		used[string(want.Outcome)+string(want.Reason)]++
		for _, m := range want.Marks {
			used[string(m)]++
		}
	}
	t.Log("decisions:", used)
}

// openBoth makes a bundle and opens it on both sides.
func openBoth(t *testing.T, app *app, d table) *passes.Bundle {
	t.Helper()
	keys := newRing(t, d)
	master := make(models.Secret, models.MasterKeySize)
	sealing, err := models.NewKeys(master)
	if err != nil {
		t.Fatal(err)
	}
	at := d.Rows[0].At.Add(-time.Hour)
	doors := passes.NewDoors(storetest.SQLiteWith(t, d.Documents), sealing, keys, func() time.Time { return at }, crand.Reader)
	const scanner = models.ScannerID("scanner")
	token, err := doors.Bundle(t.Context(), models.Actor{Role: models.ScannerRole, Scanner: scanner, Organisation: "theatre", Network: "kainuu"})
	if err != nil {
		t.Fatal(err)
	}
	trusted := []passes.BundleKey{{KID: kp1.KeyID(&keys.signs.PublicKey), Point: pointOf(t, &keys.signs.PublicKey)}}
	bundle, err := passes.OpenBundle(token, scanner, trusted)
	if err != nil {
		t.Fatal(err)
	}
	var got doorFacts
	app.ask("open", map[string]any{"token": token, "scanner": "another", "trusted": trusted}, &got)
	if got.Problem != "other_scanner" {
		t.Errorf("another scanner's bundle: %+v", got)
	}
	app.ask("open", map[string]any{"token": token, "scanner": scanner, "trusted": trusted}, &got)
	if !got.OK {
		t.Fatalf("the app does not open the server's bundle: %s", got.Problem)
	}
	if got.Issued != bundle.Issued || !slices.Equal(got.Accepts, bundle.Accepts) || len(got.Keys) != len(bundle.Keys) ||
		got.Revoked != len(bundle.Revoked)/8 || len(got.Places) != len(bundle.Places) || got.Revoked == 0 || len(got.Places) == 0 {
		t.Errorf("the app opens the bundle as %+v", got)
	}
	if len(got.Trusted) != 2 || got.Trusted[1].KID != bundle.NextKey.KID || string(got.Trusted[1].Point) != string(bundle.NextKey.Point) {
		t.Errorf("the app goes on to trust %+v, want %+v too", got.Trusted, bundle.NextKey)
	}
	return bundle
}

// randomScan shows a code of the table at a place of the bundle, about when its door opens or closes, or its code or credential ages.
func randomScan(random *rand.Rand, d table, b *passes.Bundle) appScan {
	row := d.Rows[random.IntN(len(d.Rows))]
	s := appScan{ScanID: "scan", Session: row.Session, Code: row.Code, Party: row.Party}
	place := func() models.SessionID { return b.Places[random.IntN(len(b.Places))].ID }
	if random.IntN(3) == 0 {
		s.Session = place()
	}
	if random.IntN(3) == 0 {
		s.Party = models.Party{Children: random.IntN(4), Assistants: random.IntN(2), Group: random.IntN(2) * random.IntN(20)}
	}
	at := row.At
	switch random.IntN(8) {
	case 0:
		at = at.Add(time.Duration(random.IntN(200)-100) * time.Second)
	case 1:
		at = at.Add(time.Duration(random.IntN(10*24)) * time.Hour)
	case 2:
		at = at.Add(time.Duration(random.IntN(2000)) * time.Millisecond)
	}
	s.At = at.UnixMilli()
	shown, err := kp1.DecodeUnverified(row.Code)
	if err != nil {
		return s
	}
	for range random.IntN(4) {
		w := appWelcomed{ScanID: "before", CTI: shown.CTI, SignedAt: shown.SignedAt, Session: s.Session, At: s.At}
		if random.IntN(2) == 0 && !shown.Paper() {
			w.SignedAt -= int64(random.IntN(3) * 20)
		}
		if random.IntN(3) == 0 {
			w.Session = place()
		}
		if random.IntN(4) == 0 {
			w.CTI[0]++
		}
		if shown.Paper() || w.SignedAt != shown.SignedAt { // the very code was shown just now
			w.At -= int64(random.IntN(3)) * int64(random.IntN(48)) * time.Hour.Milliseconds()
		}
		// A session that the bundle does not have: what was there before is not asked.
		if slices.ContainsFunc(b.Places, func(p passes.BundlePlace) bool { return p.ID == s.Session }) {
			s.Before = append(s.Before, w)
		}
	}
	return s
}

func (s appScan) scan() passes.OfflineScan {
	return passes.OfflineScan{Code: s.Code, Session: s.Session, Party: s.Party, At: time.UnixMilli(s.At).UTC()}
}

func (s appScan) before() (before []passes.Welcomed) {
	for _, w := range s.Before {
		before = append(before, passes.Welcomed{CTI: w.CTI, SignedAt: w.SignedAt, Session: w.Session, At: time.UnixMilli(w.At).UTC()})
	}
	return before
}

// sameDecision compares decisions as they would be sent.
func sameDecision(t *testing.T, got, want models.Decision) bool {
	t.Helper()
	return asJSON(t, got) == asJSON(t, want)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestTheAppFindsReservations: what the server lists under a hash is found by the code that a holder shows.
func TestTheAppFindsReservations(t *testing.T) {
	t.Parallel()
	app, d := startApp(t), readTable(t)
	bundle := openBoth(t, app, d)
	type lookup struct {
		Session models.SessionID `json:"session"`
		CTI     kp1.CTI          `json:"cti"`
	}
	var asked []lookup
	for _, p := range bundle.Places {
		for _, row := range d.Rows {
			if c, err := kp1.DecodeUnverified(row.Code); err == nil {
				asked = append(asked, lookup{p.ID, c.CTI})
			}
		}
	}
	var got []bool
	app.ask("reserved", asked, &got)
	for i, a := range asked {
		if want := bundle.Reserved(a.Session, a.CTI); got[i] != want {
			t.Errorf("%s at %s: %v, want %v", a.CTI, a.Session, got[i], want)
		}
	}
}

var _ passes.DoorKeys = ring{}
