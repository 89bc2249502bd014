package passes

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// A Bundle is what one scanner judges with while there is no network: signed by the server, it holds nothing that another venue
// could compare. docs/offline.md describes it.
type Bundle struct {
	Issued    int64            `json:"iat"`     // Unix seconds: the server's clock, from which its age counts
	Scanner   models.ScannerID `json:"scanner"` // for whom it is
	VenueName models.Text      `json:"venue_name"`
	Keys      []BundleKey      `json:"keys"`    // issuer keys
	Accepts   []kp1.KID        `json:"accepts"` // which of them this venue takes; a known key that is not here is wrong_area
	Revoked   packed           `json:"revoked"` // the ctis that are not in use
	Places    []BundlePlace    `json:"places"`  // sessions of the next 8 days, and standing offers
	GroupMax  int              `json:"group_max"`
	Offline   bool             `json:"offline"`  // whether the network lets doors welcome offline
	NextKey   BundleKey        `json:"next_key"` // signs the bundles after the next rotation

	verifier *kp1.Verifier
}

// A BundleKey is a P-256 public key.
type BundleKey struct {
	KID   kp1.KID `json:"kid"`
	Point octets  `json:"point"` // uncompressed (SEC 1)
}

// A BundlePlace is a session or a standing offer, with what is needed to judge there.
type BundlePlace struct {
	ID              models.SessionID `json:"id"`
	Kind            models.OfferKind `json:"kind"`
	Title           models.Text      `json:"title"`
	Start           time.Time        `json:"start,omitzero"`
	Doors           []models.Span    `json:"doors"` // when its door is open
	WalkIns         bool             `json:"walk_ins"`
	ChildrenCounted bool             `json:"children_counted"`
	SeatsPerPass    int              `json:"seats_per_pass"`
	Times           int              `json:"times,omitempty"` // of a standing offer: uses in its period
	// Reserved holds, for each reservation, the first 8 bytes of SHA-256(id ‖ cti) for the ctis that its pass may show next.
	Reserved packed `json:"reserved,omitempty"`
}

// octets are bytes that JSON holds as base64url.
type octets []byte

// MarshalText writes base64url.
func (o octets) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(o)), nil
}

// UnmarshalText reads base64url.
func (o *octets) UnmarshalText(text []byte) (err error) {
	*o, err = base64.RawURLEncoding.DecodeString(string(text))
	return err
}

// packed is a sorted list of 8-byte values, as one base64url text.
type packed []byte

const packedSize = 8

func pack(values [][packedSize]byte) packed {
	slices.SortFunc(values, func(a, b [packedSize]byte) int { return slices.Compare(a[:], b[:]) })
	values = slices.Compact(values)
	p := make(packed, 0, len(values)*packedSize)
	for _, v := range values {
		p = append(p, v[:]...)
	}
	return p
}

// MarshalText writes base64url.
func (p packed) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(p)), nil
}

// UnmarshalText reads base64url.
func (p *packed) UnmarshalText(text []byte) error {
	b, err := base64.RawURLEncoding.DecodeString(string(text))
	if err != nil || len(b)%packedSize != 0 {
		return errors.New("not a packed list")
	}
	*p = b
	return nil
}

func (p packed) has(v [packedSize]byte) bool {
	n := len(p) / packedSize
	low, high := 0, n
	for low < high {
		mid := (low + high) / 2
		switch slices.Compare(p[mid*packedSize:(mid+1)*packedSize], v[:]) {
		case 0:
			return true
		case -1:
			low = mid + 1
		default:
			high = mid
		}
	}
	return false
}

// reservedAs is how a reservation stands on a list: it says nothing to a venue that has not met the code.
func reservedAs(session models.SessionID, cti kp1.CTI) [packedSize]byte {
	sum := sha256.Sum256(append([]byte(session), cti[:]...))
	return [packedSize]byte(sum[:packedSize])
}

// BundleFresh and BundleUsable are how long a bundle is good: then it is marked, then there is no welcome.
const (
	BundleFresh  = 24 * time.Hour
	BundleUsable = 7 * 24 * time.Hour
	bundleDays   = 8
)

// bundleType is the typ of a bundle's JWT.
const bundleType = "venue-bundle+jwt"

// Valid is for the JWT library: a bundle's age is judged by the door, not here.
func (b *Bundle) claims() jwt.Claims { return &bundleClaims{Bundle: b} }

// bundleClaims gives a bundle the methods that the JWT library asks for; none of the registered claims but iat is used.
type bundleClaims struct{ *Bundle }

func (c *bundleClaims) GetExpirationTime() (*jwt.NumericDate, error) { return nil, nil }
func (c *bundleClaims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c *bundleClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil }
func (c *bundleClaims) GetIssuer() (string, error)                   { return "", nil }
func (c *bundleClaims) GetSubject() (string, error)                  { return "", nil }
func (c *bundleClaims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// Bundle makes and signs the bundle of a scanner, as of now.
func (d *Doors) Bundle(ctx context.Context, by models.Actor) (string, error) {
	at := d.clock()
	b := &Bundle{Issued: at.Unix(), Scanner: by.Scanner}
	networks, err := d.store.Networks(ctx)
	if err != nil {
		return "", err
	}
	venue, err := d.store.Organisation(ctx, by.Organisation)
	if err != nil {
		return "", err
	}
	b.VenueName = venue.Name
	network := networkOf(networks, venue.Network)
	rules := network.RulesOn(models.DayOf(at))
	b.GroupMax, b.Offline = rules.GroupMax, !rules.OfflineNotAllowed
	for _, part := range []func() error{
		func() error { return d.bundleKeys(ctx, b, venue.Network) },
		func() error { return d.bundleRevoked(ctx, b, networks, at) },
		func() error { return d.bundlePlaces(ctx, b, &venue, network, at) },
	} {
		if err := part(); err != nil {
			return "", fmt.Errorf("make a bundle: %w", err)
		}
	}
	return d.signBundle(ctx, b)
}

func networkOf(networks []models.Network, id models.NetworkID) *models.Network {
	for i := range networks {
		if networks[i].ID == id {
			return &networks[i]
		}
	}
	return nil
}

func (d *Doors) bundleKeys(ctx context.Context, b *Bundle, network models.NetworkID) error {
	keys, err := d.ring.IssuerKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		kid, err := kp1.ParseKID(k.KID)
		if err != nil {
			return err
		}
		b.Keys = append(b.Keys, BundleKey{KID: kid, Point: k.Public})
		if k.Network == "" || k.Network == network {
			b.Accepts = append(b.Accepts, kid)
		}
	}
	return nil
}

func (d *Doors) bundleRevoked(ctx context.Context, b *Bundle, networks []models.Network, at time.Time) error {
	var ended []models.NetworkID
	for i := range networks {
		if networks[i].Ended(models.DayOf(at)) {
			ended = append(ended, networks[i].ID)
		}
	}
	ctis, err := d.store.RevokedCTIs(ctx, at, ended)
	if err != nil {
		return err
	}
	values := make([][packedSize]byte, len(ctis))
	for i, c := range ctis {
		cti, err := kp1.ParseCTI(string(c))
		if err != nil {
			return err
		}
		values[i] = cti
	}
	b.Revoked = pack(values)
	return nil
}

func (d *Doors) bundlePlaces(ctx context.Context, b *Bundle, venue *models.Organisation, network *models.Network, at time.Time) error {
	today := models.DayOf(at)
	sessions, err := d.store.SessionsBetween(ctx, venue.ID, today.Add(-1), today.Add(bundleDays))
	if err != nil {
		return err
	}
	offers, err := d.offersOf(ctx, sessions)
	if err != nil {
		return err
	}
	placed := make(map[models.SessionID]int)
	for i := range sessions {
		s := &sessions[i]
		offer, ok := offers[s.Offer]
		if !ok || !offer.ClosedAt.IsZero() || !s.CancelledAt.IsZero() {
			continue
		}
		if p := sessionPlace(s, &offer, venue, network); len(p.Doors) > 0 {
			placed[s.ID] = len(b.Places)
			b.Places = append(b.Places, p)
		}
	}
	if err := d.bundleReserved(ctx, b, placed); err != nil {
		return err
	}
	standing, err := d.store.StandingOffers(ctx, venue.ID)
	if err != nil {
		return err
	}
	for i := range standing {
		if p, ok := standingPlace(&standing[i], venue, today); ok {
			b.Places = append(b.Places, p)
		}
	}
	return nil
}

func (d *Doors) offersOf(ctx context.Context, sessions []models.Session) (map[models.OfferID]models.Offer, error) {
	var ids []models.OfferID
	for i := range sessions {
		if !slices.Contains(ids, sessions[i].Offer) {
			ids = append(ids, sessions[i].Offer)
		}
	}
	offers, err := d.store.OffersByID(ctx, ids)
	byID := make(map[models.OfferID]models.Offer, len(offers))
	for _, o := range offers {
		byID[o.ID] = o
	}
	return byID, err
}

// sessionPlace is a session with its doors, each by the rules of its day; those outside a pop-up's period never open.
func sessionPlace(s *models.Session, o *models.Offer, venue *models.Organisation, network *models.Network) BundlePlace {
	p := BundlePlace{
		ID: s.ID, Kind: o.Kind, Title: o.Title, Start: s.Start, WalkIns: o.WalkIns, ChildrenCounted: o.ChildrenCounted,
		SeatsPerPass: o.SeatsPerPass,
	}
	meetings := s.Meetings
	if len(meetings) == 0 {
		meetings = []models.Span{{From: s.Start, To: s.End}}
	}
	for _, m := range meetings {
		day := models.DayOf(m.From)
		if !venue.During(day) {
			continue
		}
		rules := network.RulesOn(day)
		p.Doors = append(p.Doors, models.Span{
			From: m.From.Add(-time.Duration(rules.OpensMinutes) * time.Minute),
			To:   m.To.Add(time.Duration(rules.ClosesMinutes) * time.Minute),
		})
	}
	return p
}

// standingPlace is a standing offer while the bundle can be used.
func standingPlace(o *models.Offer, venue *models.Organisation, today models.Day) (BundlePlace, bool) {
	first, last := today, today.Add(bundleDays)
	for _, d := range []models.Day{o.First, venue.First} {
		first = max(first, d)
	}
	for _, d := range []models.Day{o.Last, venue.Last} {
		if d != "" {
			last = min(last, d)
		}
	}
	return BundlePlace{
		ID: models.SessionID(o.ID), Kind: o.Kind, Title: o.Title, WalkIns: true, ChildrenCounted: o.ChildrenCounted,
		SeatsPerPass: o.SeatsPerPass, Times: o.Use().Times, Doors: []models.Span{{From: first.Start(), To: last.End()}},
	}, o.ClosedAt.IsZero() && first <= last
}

// bundleReserved lists the reservations under the hashes of the ctis that each pass may show while the bundle is used: the
// phone's current one and the next two, and the paper's.
func (d *Doors) bundleReserved(ctx context.Context, b *Bundle, places map[models.SessionID]int) error {
	ids := make([]models.SessionID, 0, len(places))
	for id := range places {
		ids = append(ids, id)
	}
	reserved, err := d.store.ReservedAt(ctx, ids)
	if err != nil {
		return err
	}
	passIDs := make([]models.PassID, 0, len(reserved))
	for i := range reserved {
		passIDs = append(passIDs, reserved[i].Pass)
	}
	kept, err := d.store.PassesByID(ctx, passIDs)
	if err != nil {
		return err
	}
	ctis := make(map[models.PassID][]kp1.CTI, len(kept))
	for i := range kept {
		ctis[kept[i].ID] = d.showable(&kept[i])
	}
	hashes := make(map[models.SessionID][][packedSize]byte)
	for i := range reserved {
		for _, cti := range ctis[reserved[i].Pass] {
			hashes[reserved[i].Session] = append(hashes[reserved[i].Session], reservedAs(reserved[i].Session, cti))
		}
	}
	for id, h := range hashes {
		b.Places[places[id]].Reserved = pack(h)
	}
	return nil
}

// showable are the ctis that a pass may show: the server can name the next ones before they exist.
func (d *Doors) showable(p *models.Pass) []kp1.CTI {
	var ctis []kp1.CTI
	for n := max(p.CredentialNo, 1); n <= p.CredentialNo+2; n++ {
		ctis = append(ctis, CTIOf(d.keys, p.ID, n))
	}
	if paper := p.LivePaper(); paper != nil {
		if cti, err := kp1.ParseCTI(string(paper.CTI)); err == nil {
			ctis = append(ctis, cti)
		}
	}
	return ctis
}

// signBundle signs with the current bundle key and tells the next one, so that a scanner can follow a rotation.
func (d *Doors) signBundle(ctx context.Context, b *Bundle) (string, error) {
	kid, signer, err := d.ring.Signer(ctx, models.BundleKey)
	if err != nil {
		return "", err
	}
	keys, err := d.ring.PublicKeys(ctx, models.BundleKey)
	if err != nil {
		return "", err
	}
	for _, k := range keys {
		if k.From.IsZero() { // made ahead, waiting for the next rotation
			if b.NextKey.KID, err = kp1.ParseKID(k.KID); err != nil {
				return "", err
			}
			b.NextKey.Point = k.Public
		}
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, b.claims())
	token.Header["typ"], token.Header["kid"] = bundleType, kid
	key, ok := signer.(*ecdsa.PrivateKey)
	if !ok {
		return "", fmt.Errorf("sign a bundle: a %T cannot", signer)
	}
	return token.SignedString(key)
}

// ErrBundle says that a bundle cannot be used: its form or signature is wrong, or it is for another scanner.
var ErrBundle = errors.New("the bundle is not good")

// OpenBundle checks a bundle's signature with the keys that a scanner trusts: those of its enrolment, and the next key of each
// bundle since.
func OpenBundle(token string, scanner models.ScannerID, trusted []BundleKey) (*Bundle, error) {
	b := new(Bundle)
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithoutClaimsValidation())
	parsed, err := parser.ParseWithClaims(token, b.claims(), func(t *jwt.Token) (any, error) { return bundleKey(t, trusted) })
	if err != nil || !parsed.Valid {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if b.Scanner != scanner {
		return nil, fmt.Errorf("%w: it is for another scanner", ErrBundle)
	}
	return b, b.Ready()
}

func bundleKey(t *jwt.Token, trusted []BundleKey) (crypto.PublicKey, error) {
	if t.Header["typ"] != bundleType {
		return nil, errors.New("it is no bundle")
	}
	for _, k := range trusted {
		if t.Header["kid"] == k.KID.String() {
			return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), k.Point)
		}
	}
	return nil, errors.New("it is signed by a key that this scanner does not trust")
}

// Ready makes a bundle that was read from the scanner's own memory ready to judge with.
func (b *Bundle) Ready() error {
	keys := make(map[kp1.KID]*ecdsa.PublicKey, len(b.Keys))
	for _, k := range b.Keys {
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), k.Point)
		if err != nil {
			return fmt.Errorf("%w: issuer key %s: %w", ErrBundle, k.KID, err)
		}
		keys[k.KID] = key
	}
	b.verifier = kp1.NewVerifier(func(kid kp1.KID) *ecdsa.PublicKey { return keys[kid] }, 1024)
	return nil
}
