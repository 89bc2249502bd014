package passes

import (
	"errors"
	"slices"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// An OfflineScan is a code shown while there is no network.
type OfflineScan struct {
	Code    string
	Session models.SessionID
	Party   models.Party
	At      time.Time // by the clock that the scanner has corrected
}

// A Welcomed is what a scanner remembers of those whom it has let in: never a code.
type Welcomed struct {
	CTI      kp1.CTI
	SignedAt int64
	Session  models.SessionID
	At       time.Time
}

// Judge decides a scan with the bundle alone and with the scanner's own earlier welcomes. What only the server can know, such as
// seats and reservations it has not heard of, speaks for the holder: they are welcome, to be confirmed. The second value is to be
// remembered if the decision is a welcome.
func (b *Bundle) Judge(s OfflineScan, before []Welcomed) (models.Decision, Welcomed) {
	f := models.Facts{
		At: s.At, Offline: true, Window: models.OfflineWindow, Party: s.Party, HasReservation: true, WalkIns: true, NoLimit: true,
	}
	age := s.At.Sub(time.Unix(b.Issued, 0))
	f.BundleOld = age > BundleFresh
	f.Unsure = age > BundleUsable || !b.Offline
	code, err := b.verifier.Verify(s.Code)
	switch {
	case errors.Is(err, kp1.ErrNotAPass):
		f.Broken = models.NotAPass
	case errors.Is(err, kp1.ErrBadSignature):
		f.Broken = models.BadSignature
	case err != nil: // a key or a kind that this bundle does not know: the server may
		f.Unsure = true
	default:
		b.codeFacts(&f, code)
	}
	b.placeFacts(&f, s, code, before)
	return models.Judge(f), Welcomed{CTI: code.CTI, SignedAt: momentOf(code), Session: s.Session, At: s.At}
}

// codeFacts are what a verified code says.
func (b *Bundle) codeFacts(f *models.Facts, code kp1.Code) {
	past := f.At.Unix() >= code.Exp
	f.SignedAt, f.CheckID = momentOf(code), code.Paper()
	f.NotInUse = b.Revoked.has(code.CTI)
	f.WrongArea = !slices.Contains(b.Accepts, code.KID)
	f.Expired = code.Paper() && past
	f.Unsure = f.Unsure || !code.Paper() && past // an aged credential: the pass itself may be good
	f.Community = code.Kind.Community()
	f.ChildrenMost = code.Children
	if f.Community {
		f.ChildrenMost = b.GroupMax
	}
}

// placeFacts are what the bundle and the scanner know of the session.
func (b *Bundle) placeFacts(f *models.Facts, s OfflineScan, code kp1.Code, before []Welcomed) {
	i := slices.IndexFunc(b.Places, func(p BundlePlace) bool { return p.ID == s.Session })
	if i < 0 {
		f.DoorShut = true
		return
	}
	p := &b.Places[i]
	f.DoorShut = true
	for _, door := range p.Doors {
		if door.Holds(s.At) {
			f.DoorShut, f.Opens = false, time.Time{}
			break
		}
		if f.Opens.IsZero() && s.At.Before(door.From) {
			f.Opens = door.From
		}
	}
	f.Course, f.SeatsPerPass, f.ChildrenCounted = p.Kind == models.Course, p.SeatsPerPass, p.ChildrenCounted
	if f.Course {
		f.ChildrenMost = 0
	}
	earlier(f, p, code, s, before)
}

// earlier looks at the scanner's own welcomes of today.
func earlier(f *models.Facts, p *BundlePlace, code kp1.Code, s OfflineScan, before []Welcomed) {
	times := 0
	for _, w := range before {
		if w.CTI != code.CTI {
			continue
		}
		same := w.Session == s.Session
		if !code.Paper() && w.SignedAt == momentOf(code) && f.Spent != models.SpentHere {
			f.Spent = models.SpentElsewhere
			if same {
				f.Spent, f.AdmittedAt = models.SpentHere, w.At
			}
		}
		if same && (p.Kind != models.Standing || models.DayOf(w.At) == models.DayOf(s.At)) {
			times++
			f.AdmittedAt = w.At
		}
	}
	switch {
	case p.Kind != models.Standing:
		f.Admitted = times > 0
	case p.Times == 1:
		f.Admitted = times > 0
	case times >= p.Times:
		f.Limit = &models.LimitState{Times: p.Times}
	}
}

// Reserved says whether the bundle lists a reservation of this code's pass for a session. It is for the person at the door, who
// may like to know; it decides nothing.
func (b *Bundle) Reserved(session models.SessionID, cti kp1.CTI) bool {
	for i := range b.Places {
		if b.Places[i].ID == session {
			return b.Places[i].Reserved.has(reservedAs(session, cti))
		}
	}
	return false
}
