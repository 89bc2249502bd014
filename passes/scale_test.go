package passes_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// BenchmarkScale measures what grows with the number of passes: a scan's p50, the bundle's bytes, and the time to make and to load it.
// Five passes in a hundred are revoked. It runs once for each size and takes minutes:
//
//	go test ./passes -run '^$' -bench Scale -benchtime 1x -timeout 60m
func BenchmarkScale(b *testing.B) {
	if testing.Short() {
		b.Skip("filling a million passes takes minutes; leave -short out to measure it")
	}
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { benchmarkScale(b, n) })
	}
}

func benchmarkScale(b *testing.B, n int) {
	c := newCity(b, n)
	b.ResetTimer()
	for range b.N {
		b.ReportMetric(c.scans(b, 4000).Seconds()*1e6, "µs/scan-p50")
		c.bundles(b)
	}
	b.ReportMetric(0, "ns/op")
}

// city is a store with many passes, of which those that are scanned have code keys.
type city struct {
	store   *store.Store
	doors   *passes.Doors
	key     *ecdsa.PrivateKey // one code key serves all: what is measured is the server
	issuer  *ecdsa.PrivateKey
	n       int
	session models.SessionID
	ring    *bundleRing
}

func newCity(b *testing.B, n int) *city {
	b.Helper()
	c := &city{n: n, key: newKey(b), issuer: newKey(b), session: "session-big"}
	m := &maker{t: b, issuers: map[models.NetworkID]*ecdsa.PrivateKey{}, docs: map[string][]any{}}
	m.world()
	m.session("big", func(_ *models.Offer, s *models.Session) { s.NoLimit, s.Seats = true, 0 })
	documents := storetest.Documents{}
	for name, all := range m.docs {
		for _, doc := range all {
			documents[name] = append(documents[name], m.json(doc))
		}
	}
	c.store = storetest.Fill(b, documents, n, c.person)
	public := &c.issuer.PublicKey
	kid := kp1.KeyID(public)
	c.ring = &bundleRing{publicRing: publicRing{map[kp1.KID]*ecdsa.PublicKey{kid: public}}, key: newKey(b)}
	c.ring.issuers = []models.SigningKey{{KID: kid.String(), Public: m.point(public)}}
	c.doors = passes.NewDoors(c.store, testKeys(b), c.ring, func() time.Time { return t0 }, rand.Reader)
	return c
}

func newKey(b *testing.B) *ecdsa.PrivateKey {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	return key
}

func ctiOf(i int) kp1.CTI {
	return kp1.CTI{byte(i * 167), byte(i >> 16), byte(i >> 8), byte(i), 1, 2, 3, 4}
}

// person is a pass with a phone and its credential.
func (c *city) person(i int) map[string]storetest.Document {
	since, revoked := t0.Add(-1000*time.Hour), i%20 == 7
	carrier, id := models.CarrierID(fmt.Sprintf("carrier-%08d", i)), models.PassID(fmt.Sprintf("pass-%08d", i))
	p := models.Pass{
		ID: id, Record: firstVersion, Number: models.Digits(fmt.Sprintf("5%09d", i)), Network: "kainuu", Distributor: "office",
		Municipality: "205", PostalCode: "87100", BirthYear: 1950 + i%50, Language: "fi", TermsVersion: "1", TermsDay: "2026-01-01",
		First: "2026-06-01", Last: "2027-05-31", GraceDays: 30, UnlinkDays: 90, ChildAge: 18, CredentialNo: 1, IssuedBy: "worker",
		IssuedAt: since, IssuedMonth: "2026-06", State: models.Active, States: []models.StateSpan{{State: models.Active, From: since}},
		Phones: []models.Phone{{ID: carrier, Thumbprint: string(id), Key: make([]byte, models.PointSize), Spans: []models.Span{{From: since}}}},
	}
	if revoked {
		p.Enter(models.Revoked, t0.Add(-time.Hour))
	}
	cti := models.CTI(ctiOf(i).String())
	credential := models.Credential{
		CTI: cti, Record: firstVersion, Pass: id, Carrier: carrier, Kind: models.CarrierPhone, Network: "kainuu", No: 1, Issued: since,
		Exp: t0.Add(240 * time.Hour), CodeKind: int(kp1.KindPhone),
	}
	credential.Switch(revoked)
	return map[string]storetest.Document{
		"passes": {ID: string(id), Doc: &p}, "credentials": {ID: string(cti), Doc: &credential},
	}
}

// scans shows codes of passes all over the city, one after the other, and answers the median.
func (c *city) scans(b *testing.B, count int) time.Duration {
	b.Helper()
	took := make([]time.Duration, 0, count)
	for k := range count {
		i := k * (c.n / count)
		credential, err := kp1.SignCredential(c.issuer, kp1.Credential{
			Kind: kp1.KindPhone, CTI: ctiOf(i), Exp: t0.Add(240 * time.Hour).Unix(), CodeKey: &c.key.PublicKey,
		})
		if err != nil {
			b.Fatal(err)
		}
		code, err := kp1.SignCode(c.key, credential, t0.Unix())
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if _, err := c.doors.Scan(b.Context(), atTheDoor, passes.ScanRequest{ID: scanID(), Session: c.session, Code: code}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// bundles makes a bundle and loads it as a scanner does.
func (c *city) bundles(b *testing.B) {
	b.Helper()
	start := time.Now()
	token, err := c.doors.Bundle(b.Context(), atTheDoor)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(start).Seconds()*1e3, "ms/bundle-made")
	b.ReportMetric(float64(len(token)), "bundle-bytes")
	point, err := c.ring.key.PublicKey.Bytes()
	if err != nil {
		b.Fatal(err)
	}
	start = time.Now()
	trusted := []passes.BundleKey{{KID: kp1.KeyID(&c.ring.key.PublicKey), Point: point}}
	if _, err := passes.OpenBundle(token, testScanner, trusted); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(start).Seconds()*1e3, "ms/bundle-loaded")
}
