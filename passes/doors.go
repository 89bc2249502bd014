package passes

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"errors"
	"io"
	"strings"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// Doors decide what happens when a code is shown: online, from uploads, and by the bundles that scanners judge with offline. They
// tell a venue a number of people and never a person.
type Doors struct {
	store    DoorStore
	keys     *models.Keys
	ring     DoorKeys
	verifier *kp1.Verifier
	now      func() time.Time
	random   io.Reader
}

// DoorStore is what doors need of the store; each method is one atomic step.
type DoorStore interface {
	LookupDoor(ctx context.Context, venue models.OrganisationID, session models.SessionID) (models.DoorPlace, error)
	LookupShowing(
		ctx context.Context, venue models.OrganisationID, session models.SessionID, cti models.CTI,
	) (models.DoorPlace, *models.SpokenFor, error)
	LookupPaper(ctx context.Context, number string) (models.Pass, error)
	LookupSpoken(ctx context.Context, hash string) (models.Pass, error)
	LookupPass(ctx context.Context, id models.PassID) (models.Pass, error)
	ReservationByCode(ctx context.Context, venue models.OrganisationID, hash string) (models.Claim, error)
	Network(ctx context.Context, id models.NetworkID) (models.Network, error)
	PeriodSecret(ctx context.Context, id string, fresh []byte, destroy models.Day) ([]byte, error)
	TypingPaused(ctx context.Context, scanner models.ScannerID, at time.Time) (until time.Time, err error)
	CountWrongTyped(ctx context.Context, scanner models.ScannerID, at time.Time) error

	AdmitScan(ctx context.Context, scan models.Scan) (models.Decision, error)
	RecordUpload(ctx context.Context, scan models.Scan) (models.Uploaded, models.Decision, error)
	ScanClaim(ctx context.Context, by models.ScannerID, id models.ScanID) (models.Claim, error)
	ChangeParty(ctx context.Context, by models.ScannerID, id models.ScanID, party models.Party, room models.Room) (models.Decision, error)
	UndoScan(ctx context.Context, by models.ScannerID, id models.ScanID, at time.Time) (models.Decision, error)

	Conflicts(ctx context.Context, venue models.OrganisationID, from models.Day) ([]models.Claim, error)
	SeeConflict(ctx context.Context, venue models.OrganisationID, id models.ClaimID, at time.Time, audit models.AuditEntry) error

	Networks(ctx context.Context) ([]models.Network, error)
	Organisation(ctx context.Context, id models.OrganisationID) (models.Organisation, error)
	SessionsBetween(ctx context.Context, venue models.OrganisationID, first, last models.Day) ([]models.Session, error)
	StandingOffers(ctx context.Context, venue models.OrganisationID) ([]models.Offer, error)
	OffersByID(ctx context.Context, ids []models.OfferID) ([]models.Offer, error)
	ReservedAt(ctx context.Context, sessions []models.SessionID) ([]models.Claim, error)
	PassesByID(ctx context.Context, ids []models.PassID) ([]models.Pass, error)
	RevokedCTIs(ctx context.Context, at time.Time, ended []models.NetworkID) ([]models.CTI, error)
}

// DoorKeys are the public keys that credentials are signed with, and the keys that sign bundles; Keyring is them.
type DoorKeys interface {
	PublicIssuer(kid kp1.KID) *ecdsa.PublicKey
	Reload(ctx context.Context) error
	IssuerKeys(ctx context.Context) ([]models.SigningKey, error)
	Signer(ctx context.Context, use models.KeyUse) (string, crypto.Signer, error)
	PublicKeys(ctx context.Context, use models.KeyUse) ([]models.SigningKey, error)
}

// credentialCache is how many verified credentials are remembered: verified signatures cannot change, so this is no state.
const credentialCache = 1 << 15

// NewDoors takes what doors need.
func NewDoors(store DoorStore, keys *models.Keys, ring DoorKeys, now func() time.Time, random io.Reader) *Doors {
	return &Doors{
		store: store, keys: keys, ring: ring, now: now, random: random,
		verifier: kp1.NewVerifier(ring.PublicIssuer, credentialCache),
	}
}

func (d *Doors) clock() time.Time { return d.now().UTC().Truncate(time.Second) }

// shown is what a code or a typed number turned out to be.
type shown struct {
	broken   models.Reason
	pass     *models.Pass // nil when it speaks for no pass that is known
	carrier  models.CarrierID
	cti      string // what makes a phone's or spoken code admit once; empty for paper and reservation codes
	signedAt int64
	window   models.Window
	checkID  bool
}

// read verifies a code and finds the place where it is shown and whom it speaks for.
func (d *Doors) read(ctx context.Context, by models.Actor, r ScanRequest) (models.DoorPlace, shown, error) {
	c, err := d.verify(ctx, r.Code)
	var broken models.Reason
	switch {
	case errors.Is(err, kp1.ErrNotAPass), errors.Is(err, kp1.ErrUnknownKind):
		broken = models.NotAPass
	case errors.Is(err, kp1.ErrBadSignature), errors.Is(err, kp1.ErrUnknownIssuer):
		broken = models.BadSignature
	case err != nil:
		return models.DoorPlace{}, shown{}, err
	}
	if broken != "" {
		place, err := d.store.LookupDoor(ctx, by.Organisation, r.Session)
		return place, shown{broken: broken}, err
	}
	s := shown{signedAt: momentOf(c), window: models.OnlineWindow, checkID: c.Paper()}
	if !c.Paper() {
		s.cti = c.CTI.String()
	}
	// Nobody: replaced, erased or made up by a leaked key. Not in use is all that a venue learns.
	place, spoken, err := d.store.LookupShowing(ctx, by.Organisation, r.Session, models.CTI(c.CTI.String()))
	if spoken != nil {
		s.pass, s.carrier = &spoken.Pass, spoken.Carrier
	}
	return place, s, err
}

// momentOf is when a phone signed a code; paper has none. A phone that says 0 says 1970 and no less: 0 is what has no moment, and
// would never grow old.
func momentOf(c kp1.Code) int64 {
	if c.Paper() {
		return 0
	}
	return max(1, c.SignedAt)
}

// verify checks the signatures; an issuer that is unknown may be a key that another server has just made.
func (d *Doors) verify(ctx context.Context, code string) (kp1.Code, error) {
	c, err := d.verifier.Verify(code)
	if !errors.Is(err, kp1.ErrUnknownIssuer) {
		return c, err
	}
	if err := d.ring.Reload(ctx); err != nil {
		return c, err
	}
	return d.verifier.Verify(code)
}

func notFound(err error) bool {
	e := new(models.Error)
	return errors.As(err, &e) && e.Kind == models.NotFound
}

// readTyped finds whom a typed number speaks for. A pass number is accepted at no door. Wrong numbers are counted, and too many
// pause typing, not scanning.
func (d *Doors) readTyped(ctx context.Context, by models.Actor, r ScanRequest) (models.DoorPlace, shown, error) {
	at := d.clock()
	place, err := d.store.LookupDoor(ctx, by.Organisation, r.Session)
	if err != nil {
		return place, shown{}, err
	}
	until, err := d.store.TypingPaused(ctx, by.Scanner, at)
	if err != nil {
		return place, shown{}, err
	}
	if at.Before(until) {
		return place, shown{}, &models.Error{
			Kind: models.TooMany, Code: "typing_paused", Detail: "Too many wrong numbers were typed on this scanner. Scanning goes on.",
			RetryAfter: int(until.Sub(at).Seconds()) + 1,
		}
	}
	s, err := d.lookupTyped(ctx, by, r)
	if notFound(err) {
		return place, shown{broken: models.NotAPass}, d.countWrong(ctx, by, r, at)
	}
	s.checkID = true
	return place, s, err
}

// countWrong counts a typed number that names nothing, unless it is the retry of a scan that it was right for.
func (d *Doors) countWrong(ctx context.Context, by models.Actor, r ScanRequest, at time.Time) error {
	if _, err := d.store.ScanClaim(ctx, by.Scanner, r.ID); !notFound(err) {
		return err
	}
	return d.store.CountWrongTyped(ctx, by.Scanner, at)
}

func (d *Doors) lookupTyped(ctx context.Context, by models.Actor, r ScanRequest) (shown, error) {
	typed := r.Typed
	none := &models.Error{Kind: models.NotFound, Code: "no_such_number"}
	if code, ok := models.ParseReservationCode(typed); ok && strings.Trim(typed, "0123456789 ") != "" || ok && len(strings.TrimSpace(typed)) == len(code) {
		c, err := d.store.ReservationByCode(ctx, by.Organisation, d.keys.Hash("reservation", code))
		switch {
		case err != nil:
			return shown{}, err
		case c.Session != r.Session && !c.Holding():
			return shown{}, none // it was good for one visit, and speaks for nobody after it
		}
		pass, err := d.store.LookupPass(ctx, c.Pass)
		return shown{pass: &pass}, err
	}
	digits, err := models.ParseDigits(typed)
	if err != nil {
		return shown{}, none
	}
	switch digits.Kind() {
	case models.PaperNumber:
		return d.lookupPaper(ctx, digits)
	case models.SpokenCode:
		return d.lookupSpoken(ctx, digits)
	case models.RecoveryCode, models.ActivationCode, models.PassNumber, models.RequestCode:
	}
	return shown{}, none
}

func (d *Doors) lookupPaper(ctx context.Context, digits models.Digits) (shown, error) {
	hash := d.keys.Hash("paper", string(digits))
	pass, err := d.store.LookupPaper(ctx, hash)
	if err != nil {
		return shown{}, err
	}
	for _, p := range pass.Papers {
		if p.Number == hash {
			return shown{pass: &pass, carrier: p.ID}, nil
		}
	}
	return shown{}, &models.Error{Kind: models.NotFound, Code: "no_such_number"}
}

// lookupSpoken finds a spoken code. It admits once as a phone's code does: its hash and moment stand where cti and signed_at do.
func (d *Doors) lookupSpoken(ctx context.Context, digits models.Digits) (shown, error) {
	hash := d.keys.Hash("spoken", string(digits))
	pass, err := d.store.LookupSpoken(ctx, hash)
	if err != nil {
		return shown{}, err
	}
	return shown{
		pass: &pass, carrier: pass.Spoken.Phone, cti: hash, signedAt: pass.Spoken.At.Unix(),
		window: models.Window{Behind: int64(models.SpokenCodeLife / time.Second), Ahead: models.OnlineWindow.Ahead},
	}, nil
}
