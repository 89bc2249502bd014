package models

import "time"

// A Reason is why a code is refused: one closed list, and its spelling is API.
type Reason string

// The reasons, in the order in which they are judged.
const (
	NotAPass          Reason = "not_a_pass"
	BadSignature      Reason = "bad_signature"
	WrongClock        Reason = "wrong_clock"
	StaleCode         Reason = "stale_code"
	NotInUse          Reason = "not_in_use"
	Expired           Reason = "expired"
	WrongArea         Reason = "wrong_area"
	NeedsNetwork      Reason = "needs_network"
	NotToday          Reason = "not_today"
	AlreadyAdmitted   Reason = "already_admitted"
	OtherSession      Reason = "other_session"
	LimitReached      Reason = "limit_reached"
	TooManyChildren   Reason = "too_many_children"
	ReservationNeeded Reason = "reservation_needed"
	NoSeats           Reason = "no_seats"
)

// Reasons lists them in their order.
func Reasons() []Reason {
	return []Reason{
		NotAPass, BadSignature, WrongClock, StaleCode, NotInUse, Expired, WrongArea, NeedsNetwork, NotToday, AlreadyAdmitted,
		OtherSession, LimitReached, TooManyChildren, ReservationNeeded, NoSeats,
	}
}

// A Mark is something to know about an admission.
type Mark string

// The marks.
const (
	CheckID   Mark = "check_id"   // paper or typed: compare the name with an ID
	InGrace   Mark = "in_grace"   // online only
	ClockOff  Mark = "clock_off"  // inside the window, and more than 30 s off
	Offline   Mark = "offline"    //
	BundleOld Mark = "bundle_old" // the offline list is older than a day
	OnCourseM Mark = "on_course"  // on the list of a course already: welcome, not counted
	OverSeats Mark = "over_seats" // came in offline beyond the seats; upload only
)

// Marks lists them.
func Marks() []Mark {
	return []Mark{CheckID, InGrace, ClockOff, Offline, BundleOld, OnCourseM, OverSeats}
}

// An Outcome is what was decided.
type Outcome string

// The outcomes.
const (
	OutcomeAdmitted Outcome = "admitted"
	OutcomeRefused  Outcome = "refused"
	OutcomeUndone   Outcome = "undone"
)

// A Decision is the answer to a scan. It tells a venue a number of people and never a person.
type Decision struct {
	Outcome Outcome `json:"decision"`
	Reason  Reason  `json:"reason,omitempty"`
	Marks   []Mark  `json:"marks,omitempty"`
	Party   Party   `json:"party"`
	// At is when the code was shown; with already_admitted, FirstAt is when the pass was admitted.
	At      time.Time `json:"at"`
	FirstAt time.Time `json:"first_at,omitempty,omitzero"`
	// Welcome is the number of children, or of a group, that may come: with too_many_children, and the pass's number at a welcome.
	Welcome int `json:"welcome"`
	// Opens is with not_today when the door is yet to open; otherwise it is over.
	Opens   time.Time   `json:"opens,omitempty,omitzero"`
	LastDay Day         `json:"last_day,omitempty"` // with expired and in_grace
	Other   *OtherPlace `json:"other,omitempty"`    // with other_session
	Limit   *LimitState `json:"limit,omitempty"`    // with limit_reached
	Group   bool        `json:"group,omitempty"`    // a community pass: the party is 1 + n
}

// OtherPlace is the session for which a pass has a reservation here today.
type OtherPlace struct {
	Session SessionID `json:"session"`
}

// LimitState is how often, and from when again.
type LimitState struct {
	Times int `json:"times"`
	Next  Day `json:"next,omitempty"`
}

// A Window is when a code may be shown, in seconds: how far it may be behind the clock, and ahead of it, both inclusive.
type Window struct{ Behind, Ahead int64 }

// OnlineWindow and OfflineWindow are of codes that phones make: offline two clocks may be off, the phone's and the scanner's.
var (
	OnlineWindow  = Window{Behind: 60, Ahead: 30}
	OfflineWindow = Window{Behind: 90, Ahead: 60}
)

// ClockOffAfter is from where on a code that is inside its window has the mark clock_off, in seconds either way.
const ClockOffAfter = 30

// Facts is all that a decision is made of. Online the server fills it, offline a scanner; what one of them cannot know it leaves
// as it is in a door that has nothing against.
type Facts struct {
	At     time.Time // when the code was shown
	Broken Reason    // not_a_pass, bad_signature, or empty

	SignedAt int64  // Unix seconds; 0 on paper, on typed paper numbers and reservation codes
	Window   Window // when it may be shown
	Spent    Spent  // whether this very code admitted somebody

	CheckID   bool // paper or typed
	Community bool
	NotInUse  bool
	Expired   bool
	InGrace   bool
	LastDay   Day
	WrongArea bool
	Unsure    bool // only offline: this must be asked of the server
	Offline   bool
	BundleOld bool

	DoorShut bool      // not this day, not open yet, over, or cancelled
	Opens    time.Time // if it is yet to open

	Admitted   bool // this pass was admitted here; for a limit of one use: it is used
	AdmittedAt time.Time
	Course     bool
	Other      *OtherPlace
	Limit      *LimitState // set when it is reached

	Party           Party
	ChildrenMost    int // on the pass, or the network's n for a group
	SeatsPerPass    int // 0: no limit
	ChildrenCounted bool
	HasReservation  bool
	Held            int // seats it holds already
	WalkIns         bool
	NoLimit         bool // of seats
	Free            int
}

// Spent says whether a code already admitted somebody.
type Spent int

// A code admits once.
const (
	Unspent        Spent = iota
	SpentHere            // at this session: already_admitted
	SpentElsewhere       // at another: stale_code
)

// Judge decides. The first reason that fits wins, in PASS §4's order.
func Judge(f Facts) Decision {
	d := Decision{Outcome: OutcomeRefused, Party: f.Party, At: f.At, Group: f.Community}
	if d.Reason = f.reason(&d); d.Reason == "" {
		d.Outcome, d.Welcome, d.Marks = OutcomeAdmitted, f.ChildrenMost, f.marks()
		if f.InGrace {
			d.LastDay = f.LastDay
		}
	}
	return d
}

func (f *Facts) reason(d *Decision) Reason {
	if r := f.codeReason(); r != "" {
		return r
	}
	if r := f.passReason(d); r != "" {
		return r
	}
	if r := f.sessionReason(d); r != "" {
		return r
	}
	return f.partyReason(d)
}

// codeReason judges the code itself.
func (f *Facts) codeReason() Reason {
	now := f.At.Unix()
	switch {
	case f.Broken != "":
		return f.Broken
	case f.SignedAt > 0 && f.SignedAt > now+f.Window.Ahead:
		return WrongClock
	case f.SignedAt > 0 && f.SignedAt < now-f.Window.Behind, f.Spent == SpentElsewhere:
		return StaleCode
	}
	return ""
}

// passReason judges the pass that it speaks for.
func (f *Facts) passReason(d *Decision) Reason {
	switch {
	case f.NotInUse:
		return NotInUse
	case f.Expired:
		d.LastDay = f.LastDay
		return Expired
	case f.WrongArea:
		return WrongArea
	case f.Unsure:
		return NeedsNetwork
	}
	return ""
}

// sessionReason judges the pass at this session.
func (f *Facts) sessionReason(d *Decision) Reason {
	switch {
	case f.DoorShut:
		d.Opens = f.Opens
		return NotToday
	case f.Spent == SpentHere, f.Admitted && !f.Course:
		d.FirstAt = f.AdmittedAt
		return AlreadyAdmitted
	case f.Other != nil:
		d.Other = f.Other
		return OtherSession
	}
	return ""
}

// partyReason judges whether there is room for those who come with it. Somebody on a course's list has theirs.
func (f *Facts) partyReason(d *Decision) Reason {
	if f.onCourse() {
		return ""
	}
	need := f.Party.Seats(f.ChildrenCounted)
	switch {
	case f.Limit != nil:
		d.Limit = f.Limit
		return LimitReached
	case f.SeatsPerPass > 0 && need > f.SeatsPerPass:
		d.Limit = &LimitState{Times: f.SeatsPerPass}
		return LimitReached
	case f.tooMany():
		d.Welcome = f.ChildrenMost
		return TooManyChildren
	case !f.HasReservation && !f.WalkIns:
		return ReservationNeeded
	case !f.NoLimit && need > f.Held && (!f.WalkIns || need-f.Held > f.Free):
		return NoSeats
	}
	return ""
}

func (f *Facts) tooMany() bool {
	if f.Community {
		return f.Party.Children > 0 || f.Party.Group > f.ChildrenMost
	}
	return f.Party.Group > 0 || f.Party.Children > f.ChildrenMost
}

func (f *Facts) onCourse() bool { return f.Course && f.Admitted }

func (f *Facts) marks() []Mark {
	var marks []Mark
	for _, m := range []struct {
		set  bool
		mark Mark
	}{
		{f.CheckID, CheckID},
		{f.InGrace && !f.Offline, InGrace},
		{f.clockOff(), ClockOff},
		{f.Offline, Offline},
		{f.BundleOld, BundleOld},
		{f.onCourse(), OnCourseM},
	} {
		if m.set {
			marks = append(marks, m.mark)
		}
	}
	return marks
}

// clockOff leaves typed codes out: they are said minutes later by design.
func (f *Facts) clockOff() bool {
	off := f.At.Unix() - f.SignedAt
	return f.SignedAt > 0 && !f.CheckID && (off > ClockOffAfter || -off > ClockOffAfter)
}

// A Scan is one showing of a code, ready to be decided: what is known of it before the store looks at its claims.
type Scan struct {
	ID    ScanID
	By    ScannerID
	Facts Facts
	// Claim is the visit that it becomes if it is admitted: id, session, day, statistics, and the link to the pass.
	Claim Claim
	Seats int // of the session, unless Facts.NoLimit
	// AsBooked has the party be that of the reservation, where there is one.
	AsBooked bool
	Use      *UseLimit // where a rule limits how often
	// Shown and ShownReason are set when this is an upload: what the door showed without the network.
	Shown       Shown
	ShownReason Reason
}

// A UseLimit is a limit in a period, for one pass.
type UseLimit struct {
	Key   string
	Times int
	Next  Day // the first day of the next period
	// Destroy is the day on which the period's secret goes.
	Destroy Day
}

// A Room is what a change of a party goes by: the facts of the session and pass, and the moment.
type Room struct {
	At    time.Time
	Facts Facts
	Seats int
}

// An Uploaded is what became of a scan that a door decided without the network.
type Uploaded string

// What becomes of it. It counts only if it was shown as welcome.
const (
	UploadCounted  Uploaded = "counted"
	UploadOver     Uploaded = "counted_over_seats"
	UploadConflict Uploaded = "conflict" // shown as welcome, judged refused: on the manager's list, not in the counts
	UploadRefused  Uploaded = "refused"  // shown as refused
	UploadUndone   Uploaded = "undone"   // the server had admitted it, and the door did not; or it was undone
)
