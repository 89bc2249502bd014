package models

import (
	"slices"
	"time"
)

// endedCarriersKept is how long a pass remembers a phone or print that ended: longer than an offline door may still report it.
const endedCarriersKept = 90 * 24 * time.Hour

// Carrying are the carriers that a credential may speak for now: none unless the pass is active.
func (p *Pass) Carrying() []CarrierID {
	var live []CarrierID
	if p.State != Active {
		return nil
	}
	if phone := p.LivePhone(); phone != nil {
		live = append(live, phone.ID)
	}
	if paper := p.LivePaper(); paper != nil {
		live = append(live, paper.ID)
	}
	return live
}

// PhoneByThumbprint finds a phone that carries the pass, or did, by its key; nil if there is none.
func (p *Pass) PhoneByThumbprint(thumbprint string) *Phone {
	i := slices.IndexFunc(p.Phones, func(ph Phone) bool { return ph.Thumbprint == thumbprint })
	if i < 0 {
		return nil
	}
	return &p.Phones[i]
}

// MoveTo makes a phone carry the pass from now on, and says whether it takes the place of another. The other ends at once, and can
// be brought back for a day. A phone that carried the pass before is the same phone again.
func (p *Pass) MoveTo(phone Phone, at time.Time) (replaced bool) {
	old := p.LivePhone()
	if old != nil && old.Thumbprint == phone.Thumbprint {
		return false
	}
	p.endUndo()
	if old != nil {
		CloseSpans(old.Spans, at)
		old.UndoUntil = at.Add(UndoLife)
	}
	p.Spoken = nil
	if known := p.PhoneByThumbprint(phone.Thumbprint); known != nil {
		known.Spans = append(known.Spans, Span{From: at})
	} else {
		p.forgetPhones(at)
		phone.Spans = []Span{{From: at}}
		p.Phones = append(p.Phones, phone)
	}
	p.carried(at)
	return old != nil
}

// carried makes a pass that nothing carried before active.
func (p *Pass) carried(at time.Time) {
	if p.State == Issued {
		p.Enter(Active, at)
	}
}

// UndoMove makes the phone that was replaced within the last day live again, and ends the one that took its place. It answers false
// when there is none.
func (p *Pass) UndoMove(at time.Time) bool {
	i := slices.IndexFunc(p.Phones, func(ph Phone) bool { return at.Before(ph.UndoUntil) })
	if i < 0 {
		return false
	}
	p.stopPhone(at)
	p.endUndo()
	p.Phones[i].Spans = append(p.Phones[i].Spans, Span{From: at})
	return true
}

// StopPhone ends the phone that carries the pass: lost, stop now. No replacement can be undone after that. It answers false when
// there is no such phone.
func (p *Pass) StopPhone(at time.Time) bool {
	p.endUndo()
	return p.stopPhone(at)
}

func (p *Pass) stopPhone(at time.Time) bool {
	phone := p.LivePhone()
	if phone == nil {
		return false
	}
	CloseSpans(phone.Spans, at)
	p.Spoken = nil
	return true
}

func (p *Pass) endUndo() {
	for i := range p.Phones {
		p.Phones[i].UndoUntil = time.Time{}
	}
}

// Print makes a paper carry the pass from now on; the print before it ends.
func (p *Pass) Print(paper Paper, at time.Time) {
	if old := p.LivePaper(); old != nil {
		CloseSpans(old.Spans, at)
	}
	p.Papers = slices.DeleteFunc(p.Papers, func(old Paper) bool { return endedLongAgo(old.Spans, at) })
	paper.Spans = []Span{{From: at}}
	p.Papers = append(p.Papers, paper)
	p.carried(at)
}

func (p *Pass) forgetPhones(at time.Time) {
	p.Phones = slices.DeleteFunc(p.Phones, func(old Phone) bool { return endedLongAgo(old.Spans, at) })
}

func endedLongAgo(spans []Span, at time.Time) bool {
	return len(spans) > 0 && !open(spans) && at.Sub(spans[len(spans)-1].To) > endedCarriersKept
}

// Resumed is the state that a suspended pass goes back to: a pass that nothing ever carried is only issued.
func (p *Pass) Resumed() PassState {
	if len(p.Phones) == 0 && len(p.Papers) == 0 {
		return Issued
	}
	return Active
}

// Revoke ends the pass, and every code with which it could be carried again.
func (p *Pass) Revoke(at time.Time) {
	p.Enter(Revoked, at)
	p.Activation, p.Recovery, p.Spoken, p.RenewAsked = nil, nil, nil, ""
}

// PaperUntil is the instant from which a print made now is past its exp: the pass's last day with grace. The end of a pilot does
// not shorten it, since extending the pilot extends its passes; papers of an ended pilot stand on the revoked list.
func (p *Pass) PaperUntil() time.Time { return p.Last.Add(p.GraceDays).End() }

// A Change is what comes with a change of a pass and is kept in the same transaction.
type Change struct {
	Same       bool // nothing changed: nothing is written
	At         time.Time
	Audit      []AuditEntry
	Notices    []Notice
	Credential *Credential // a new one
}
