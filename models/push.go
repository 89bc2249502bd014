package models

import "time"

// PushAddressID names where a phone is nudged. It is random, so that the row can be deleted alone and says nothing of the pass.
type PushAddressID string

// A PushKind is the provider that carries a push.
type PushKind string

// PushFCM is Firebase Cloud Messaging; it reaches browsers and both kinds of phones.
const PushFCM PushKind = "fcm"

// A PushAddress is where the phone of a pass is nudged. It stands apart from the pass, and there is at most one for each.
type PushAddress struct {
	ID     PushAddressID `json:"_id"`
	Record `json:",inline"`
	Pass   PassID    `json:"pass"`
	Phone  CarrierID `json:"phone"` // a phone that carries the pass no more is not nudged for it
	Kind   PushKind  `json:"kind"`
	Token  []byte    `json:"token"` // the provider's, sealed under the id
	At     time.Time `json:"at"`
}

// A PushJob is a row of the outbox with all that is needed to send it.
type PushJob struct {
	Push     Push
	Language string       // of the pass
	Address  *PushAddress // nil when no phone wants to be nudged
}

// A PushOutcome is how a row of the outbox ended.
type PushOutcome string

// The outcomes.
const (
	PushSent      PushOutcome = "sent"
	PushNoAddress PushOutcome = "no_address"   // no phone wants to be nudged, or the pass has been forgotten
	PushNoSender  PushOutcome = "no_sender"    // this server has no sender for that kind of address
	PushGone      PushOutcome = "address_gone" // the provider knows the address no more, and neither do we now
	PushGaveUp    PushOutcome = "gave_up"      // the provider failed too many times
)

// An InboxPlace is a place in an inbox: behind the notice of this time and id.
type InboxPlace struct {
	At time.Time
	ID NoticeID
}

// Quiet hours are from 21 to 8 in Helsinki.
const (
	quietFrom = 21
	quietTo   = 8
)

// Quiet says whether nobody is to be nudged at an instant.
func Quiet(at time.Time) bool {
	hour := at.In(Helsinki).Hour()
	return hour >= quietFrom || hour < quietTo
}

// Waking is the first instant from at on that is outside quiet hours.
func Waking(at time.Time) time.Time {
	if !Quiet(at) {
		return at
	}
	day := DayOf(at)
	if at.In(Helsinki).Hour() >= quietFrom {
		day = day.Add(1)
	}
	return day.At(quietTo, 0)
}

// Urgent says whether word of a session that starts at start cannot wait for the morning: it starts before the noon that follows.
func Urgent(start, at time.Time) bool {
	const noon = 12
	return start.After(at) && start.Before(DayOf(Waking(at)).At(noon, 0))
}

// Due is when the push for a notice may be sent first.
func (n *Notice) Due() time.Time {
	if n.Urgent {
		return n.At
	}
	return Waking(n.At)
}

// An Ending is a day on which passes end, and which of the two notices is due for it.
type Ending struct {
	Kind NoticeKind
	Last Day
	// Network is a pilot that ends on that day and all its passes with it; empty for passes that end by themselves.
	Network NetworkID
}

// Days before its last day on which a holder is told.
const (
	endsFirst  = 30
	endsSecond = 7
)

// Endings are the last days of which holders are to have been told by a day. Those that a job which did not run has missed are
// among them: a notice names the last day, so it is true also when it comes late.
func Endings(today Day) []Ending {
	var all []Ending
	for days := range endsFirst + 1 {
		all = append(all, Ending{Kind: endingKind(days), Last: today.Add(days)})
	}
	return all
}

// EndingOf is the ending of a pilot network, if its holders are to have been told of it by a day.
func EndingOf(n *Network, today Day) (Ending, bool) {
	if n.Status != Pilot || n.Last == "" || n.Last < today || n.Last > today.Add(endsFirst) {
		return Ending{}, false
	}
	kind := NoticeEnds30
	if n.Last <= today.Add(endsSecond) {
		kind = NoticeEnds7
	}
	return Ending{Kind: kind, Last: n.Last, Network: n.ID}, true
}

func endingKind(days int) NoticeKind {
	if days <= endsSecond {
		return NoticeEnds7
	}
	return NoticeEnds30
}

// Concerns says whether a pass ends by this ending. home is the network of the pass: one that ends earlier than the pass takes the
// pass with it.
func (e *Ending) Concerns(p *Pass, home *Network) bool {
	byPilot := home.Status == Pilot && home.Last != "" && home.Last < p.Last
	switch {
	case p.State != Active:
		return false
	case e.Network != "":
		return byPilot && p.Network == e.Network && home.Last == e.Last
	default:
		return !byPilot && p.Last == e.Last
	}
}

// Notice is what a holder is told. The cause names the last day: who has been told of it is not told again, and who renews and
// ends later is.
func (e *Ending) Notice(id NoticeID, pass PassID, at time.Time) Notice {
	return Notice{
		ID: id, Pass: pass, Cause: string(e.Kind) + "/" + string(e.Last), Kind: e.Kind, At: at,
		Facts: map[string]string{"last": string(e.Last)},
	}
}
