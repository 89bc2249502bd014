package demo

import (
	"context"
	"fmt"
	"slices"

	"kaikukortti/models"
	"kaikukortti/passes"
)

// Passes for which seats are reserved.
const (
	onPhone = "active on a phone"
	onPaper = "on paper"
	onBoth  = "on a phone and on paper"
)

// A biography is how a pass of the demo came to be what it is.
type biography struct {
	what    string
	who     string // the worker
	ago     int    // days since it was issued
	new     passes.NewPass
	then    []deed
	showing func(*Pass, *made)
}

// made is a pass while it is made.
type made struct {
	worker   models.Actor
	pass     models.Pass
	phone    models.CarrierID
	code     models.Digits
	recovery models.Digits
	print    passes.Print
}

// A deed is something that happens to a pass, so many days ago.
type deed struct {
	ago int
	do  func(ctx context.Context, f *filler, by models.Actor, m *made) error
}

func person(birthYear int, postalCode string, children int, language string) passes.NewPass {
	return passes.NewPass{BirthYear: birthYear, PostalCode: postalCode, Children: children, Language: language}
}

// biographies are passes in every state.
func biographies() []biography {
	code := func(p *Pass, m *made) { p.Activation = m.code }
	paper := func(p *Pass, m *made) { p.Paper, p.PaperNo = m.print.Code, m.print.Number }
	return []biography{
		{what: "issued, to be activated with a code", who: espooWorker, ago: 1, new: person(1988, "02100", 2, "fi"), then: []deed{{0, makeCode}}, showing: code},
		{what: "another one to be activated", who: espooWorker, ago: 1, new: person(1957, "02770", 0, "sv"), then: []deed{{0, makeCode}}, showing: code},
		{what: "to be activated, in Kainuu", who: kainuuWorker, ago: 1, new: person(1979, "87100", 3, "fi"), then: []deed{{0, makeCode}}, showing: code},
		{what: "issued and never activated", who: espooWorker, ago: 60, new: person(1991, "02600", 0, "en")},
		{what: onPhone, who: espooWorker, ago: 90, new: person(1984, "02110", 1, "fi"), then: []deed{{90, activate}}},
		{
			what: "active, with a code for a new phone", who: espooWorker, ago: 120, new: person(1970, "02130", 0, "fi"),
			then: []deed{{120, activate}, {0, makeCodeForNewPhone}}, showing: code,
		},
		{
			what: "active, with a recovery code", who: kainuuWorker, ago: 200, new: person(1966, "88900", 0, "fi"),
			then: []deed{{200, activate}, {1, makeRecovery}}, showing: func(p *Pass, m *made) { p.Recovery = m.recovery },
		},
		{what: onPaper, who: espooWorker, ago: 30, new: person(1949, "02140", 0, "fi"), then: []deed{{30, printPaper}}, showing: paper},
		{what: onBoth, who: kainuuWorker, ago: 40, new: person(1993, "87250", 1, "fi"), then: []deed{{40, activate}, {39, printPaper}}, showing: paper},
		{what: "suspended", who: espooWorker, ago: 150, new: person(1999, "02200", 0, "fi"), then: []deed{{150, activate}, {10, suspend}}},
		{what: "revoked", who: espooWorker, ago: 160, new: person(1982, "02210", 4, "fi"), then: []deed{{160, activate}, {5, revoke}}},
		{what: "in grace", who: espooWorker, ago: 375, new: person(1975, "02230", 1, "fi"), then: []deed{{375, activate}}},
		{what: "expired", who: espooWorker, ago: 425, new: person(1968, "02280", 0, "fi"), then: []deed{{425, activate}}},
		{what: "ends soon, and the holder asked to renew it", who: espooWorker, ago: 350, new: person(1990, "02300", 2, "sv"), then: []deed{{350, activate}, {2, askToRenew}}},
		{what: "ends soon", who: kainuuWorker, ago: 352, new: person(1963, "87400", 0, "fi"), then: []deed{{352, activate}}},
		{what: "without a fixed address", who: espooWorker, ago: 20, new: passes.NewPass{BirthYear: 1987, Municipality: "049", Language: "fi"}, then: []deed{{20, activate}}},
		{what: "a community's, on paper", who: kainuuWorker, ago: 70, new: passes.NewPass{Community: true, PostalCode: "87100", Language: "fi"}, then: []deed{{70, printPaper}}, showing: paper},
		{what: "of the pilot that ends in 20 days", who: pilotWorker, ago: 50, new: person(1995, "53100", 1, "fi"), then: []deed{{50, activate}}},
		{what: "of the ending pilot, to be activated", who: pilotWorker, ago: 2, new: person(1972, "53200", 0, "fi"), then: []deed{{0, makeCode}}, showing: code},
		{what: "local only", who: localWorker, ago: 45, new: person(1961, "57100", 0, "fi"), then: []deed{{45, activate}}},
		{what: "local only, to be activated", who: localWorker, ago: 2, new: person(1998, "57200", 1, "fi"), then: []deed{{0, makeCode}}, showing: code},
	}
}

// addPasses lets all of it happen in the order of days.
func (f *filler) addPasses(ctx context.Context) error {
	all := biographies()
	kept := make([]made, len(all))
	type event struct {
		ago, of int
		do      func(context.Context) error
	}
	var events []event
	for i := range all {
		b, m := &all[i], &kept[i]
		events = append(events, event{b.ago, i, func(ctx context.Context) error { return f.issue(ctx, b, m) }})
		for _, d := range b.then {
			events = append(events, event{d.ago, i, func(ctx context.Context) error { return d.do(ctx, f, f.people[b.who].actor(), m) }})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return b.ago - a.ago })
	for _, e := range events {
		f.at(e.ago)
		if err := e.do(ctx); err != nil {
			return fmt.Errorf("the pass %q: %w", all[e.of].what, err)
		}
	}
	for i := range all {
		p := Pass{What: all[i].what, Number: kept[i].pass.Number, Worker: f.people[all[i].who].Email}
		if all[i].showing != nil {
			all[i].showing(&p, &kept[i])
		}
		f.guide.Passes = append(f.guide.Passes, p)
		f.passes[all[i].what] = &kept[i]
	}
	return nil
}

func (f *filler) issue(ctx context.Context, b *biography, m *made) (err error) {
	b.new.TermsVersion, b.new.TermsDay = "1", models.DayOf(f.Clock.Now())
	m.worker = f.people[b.who].actor()
	m.pass, err = f.Desk.Issue(ctx, m.worker, b.new)
	return err
}

func makeCode(ctx context.Context, f *filler, by models.Actor, m *made) (err error) {
	_, m.code, err = f.Desk.MakeActivationCode(ctx, by, m.pass.ID, false)
	return err
}

func makeCodeForNewPhone(ctx context.Context, f *filler, by models.Actor, m *made) (err error) {
	_, m.code, err = f.Desk.MakeActivationCode(ctx, by, m.pass.ID, true)
	return err
}

func activate(ctx context.Context, f *filler, by models.Actor, m *made) error {
	if err := makeCode(ctx, f, by, m); err != nil {
		return err
	}
	key, err := f.newKey()
	if err != nil {
		return err
	}
	activated, err := f.Desk.Activate(ctx, passes.Activation{Code: string(m.code), Device: key})
	m.phone, m.code = activated.Phone, ""
	return err
}

func makeRecovery(ctx context.Context, f *filler, by models.Actor, m *made) (err error) {
	_, m.recovery, err = f.Desk.NewRecoveryCode(ctx, by, m.pass.ID)
	return err
}

func printPaper(ctx context.Context, f *filler, by models.Actor, m *made) (err error) {
	m.print, err = f.Desk.PrintPaper(ctx, by, m.pass.ID)
	return err
}

func suspend(ctx context.Context, f *filler, by models.Actor, m *made) error {
	_, err := f.Desk.Suspend(ctx, by, m.pass.ID, models.OtherReason)
	return err
}

func revoke(ctx context.Context, f *filler, by models.Actor, m *made) error {
	_, err := f.Desk.Revoke(ctx, by, m.pass.ID, models.MovedAway)
	return err
}

func askToRenew(ctx context.Context, f *filler, _ models.Actor, m *made) error {
	_, err := f.Desk.AskToRenew(ctx, m.holder())
	return err
}

func (m *made) holder() models.Actor {
	return models.Actor{Role: models.HolderRole, Pass: m.pass.ID, Phone: m.phone, Network: m.pass.Network}
}
