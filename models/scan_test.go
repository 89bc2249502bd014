package models_test

import (
	"slices"
	"testing"
	"time"

	"kaikukortti/models"
)

var noon = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// good is a code that nothing stands against.
func good() models.Facts {
	return models.Facts{
		At: noon, SignedAt: noon.Unix(), Window: models.OnlineWindow, WalkIns: true, ChildrenMost: 2, ChildrenCounted: true, Free: 5,
	}
}

func TestReasonsAreJudgedInTheirOrder(t *testing.T) {
	t.Parallel()
	// Everything stands against this one. Taking one cause after the other away must give the reasons in their order.
	f := good()
	f.Broken, f.SignedAt, f.Spent = models.NotAPass, noon.Unix()+31, models.SpentElsewhere
	f.NotInUse, f.Expired, f.WrongArea, f.Unsure, f.DoorShut, f.Admitted = true, true, true, true, true, true
	f.Other, f.Limit = &models.OtherPlace{Session: "other"}, &models.LimitState{Times: 2}
	f.Party, f.WalkIns, f.Free = models.Party{Children: 3}, false, 0
	for _, step := range []struct {
		reason models.Reason
		mend   func()
	}{
		{models.NotAPass, func() { f.Broken = models.BadSignature }},
		{models.BadSignature, func() { f.Broken = "" }},
		{models.WrongClock, func() { f.SignedAt = noon.Unix() - 61 }},
		{models.StaleCode, func() { f.SignedAt = noon.Unix() }},
		{models.StaleCode, func() { f.Spent = models.Unspent }},
		{models.NotInUse, func() { f.NotInUse = false }},
		{models.Expired, func() { f.Expired = false }},
		{models.WrongArea, func() { f.WrongArea = false }},
		{models.NeedsNetwork, func() { f.Unsure = false }},
		{models.NotToday, func() { f.DoorShut = false }},
		{models.AlreadyAdmitted, func() { f.Admitted = false }},
		{models.OtherSession, func() { f.Other = nil }},
		{models.LimitReached, func() { f.Limit = nil }},
		{models.TooManyChildren, func() { f.Party.Children = 2 }},
		{models.ReservationNeeded, func() { f.WalkIns = true }},
		{models.NoSeats, func() { f.Free = 3 }},
	} {
		if got := models.Judge(f); got.Reason != step.reason || got.Outcome != models.OutcomeRefused {
			t.Fatalf("got %s %q, want %q", got.Outcome, got.Reason, step.reason)
		}
		step.mend()
	}
	if got := models.Judge(f); got.Outcome != models.OutcomeAdmitted {
		t.Fatalf("nothing stands against it, and it is refused: %q", got.Reason)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	type facts = func(*models.Facts)
	for sentence, row := range map[string]struct {
		change facts
		reason models.Reason
		marks  []models.Mark
	}{
		"a code of 60 seconds ago is taken, and its clock is off": {
			func(f *models.Facts) { f.SignedAt -= 60 }, "", []models.Mark{models.ClockOff},
		},
		"a code of 61 seconds ago is stale": {func(f *models.Facts) { f.SignedAt -= 61 }, models.StaleCode, nil},
		"offline a code of 90 seconds ago is taken": {
			func(f *models.Facts) { f.SignedAt -= 90; f.Window, f.Offline = models.OfflineWindow, true }, "",
			[]models.Mark{models.ClockOff, models.Offline},
		},
		"offline a code of 91 seconds ago is stale": {
			func(f *models.Facts) { f.SignedAt -= 91; f.Window, f.Offline = models.OfflineWindow, true }, models.StaleCode, nil,
		},
		"offline a code 60 seconds ahead is taken": {
			func(f *models.Facts) { f.SignedAt += 60; f.Window, f.Offline = models.OfflineWindow, true }, "",
			[]models.Mark{models.ClockOff, models.Offline},
		},
		"offline a code 61 seconds ahead is the clock": {
			func(f *models.Facts) { f.SignedAt += 61; f.Window, f.Offline = models.OfflineWindow, true }, models.WrongClock, nil,
		},
		"30 seconds ahead is taken":     {func(f *models.Facts) { f.SignedAt += 30 }, "", nil},
		"31 seconds ahead is the clock": {func(f *models.Facts) { f.SignedAt += 31 }, models.WrongClock, nil},
		"30 seconds behind is no mark":  {func(f *models.Facts) { f.SignedAt -= 30 }, "", nil},
		"the same code twice at one session was admitted already, though stale_code stands first": {
			func(f *models.Facts) { f.Spent = models.SpentHere }, models.AlreadyAdmitted, nil,
		},
		"paper has no moment": {func(f *models.Facts) { f.SignedAt, f.CheckID = 0, true }, "", []models.Mark{models.CheckID}},
		"a spoken code of five minutes is no clock that is off": {
			func(f *models.Facts) { f.SignedAt -= 300; f.Window.Behind, f.CheckID = 300, true }, "", []models.Mark{models.CheckID},
		},
		"grace is marked":                 {func(f *models.Facts) { f.InGrace = true }, "", []models.Mark{models.InGrace}},
		"grace is not marked offline":     {func(f *models.Facts) { f.InGrace, f.Offline = true, true }, "", []models.Mark{models.Offline}},
		"an old bundle is marked":         {func(f *models.Facts) { f.Offline, f.BundleOld = true, true }, "", []models.Mark{models.Offline, models.BundleOld}},
		"a later scan of a course":        {func(f *models.Facts) { f.Course, f.Admitted, f.Free = true, true, 0 }, "", []models.Mark{models.OnCourseM}},
		"the same code twice at a course": {func(f *models.Facts) { f.Course, f.Admitted, f.Spent = true, true, models.SpentHere }, models.AlreadyAdmitted, nil},
		"children that take seats":        {func(f *models.Facts) { f.Party.Children, f.Free = 2, 2 }, models.NoSeats, nil},
		"children beside the quota": {
			func(f *models.Facts) { f.Party.Children, f.Free, f.ChildrenCounted = 2, 1, false }, "", nil,
		},
		"assistants take no seat": {func(f *models.Facts) { f.Party.Assistants, f.Free = 2, 1 }, "", nil},
		"a reservation needs no walk-ins": {
			func(f *models.Facts) { f.HasReservation, f.Held, f.WalkIns, f.Free = true, 1, false, 0 }, "", nil,
		},
		"more than reserved without walk-ins": {
			func(f *models.Facts) { f.HasReservation, f.Held, f.WalkIns, f.Party.Children = true, 1, false, 1 }, models.NoSeats, nil,
		},
		"more than reserved takes walk-in seats": {
			func(f *models.Facts) { f.HasReservation, f.Held, f.Party.Children, f.Free = true, 1, 1, 1 }, "", nil,
		},
		"a group above the network's number": {
			func(f *models.Facts) { f.Community, f.ChildrenMost, f.Party.Group = true, 15, 16 }, models.TooManyChildren, nil,
		},
		"a group within it": {
			func(f *models.Facts) { f.Community, f.ChildrenMost, f.Party.Group, f.Free = true, 15, 15, 16 }, "", nil,
		},
		"a group with a pass that is no community's": {func(f *models.Facts) { f.Party.Group = 1 }, models.TooManyChildren, nil},
		"more seats than a pass may take":            {func(f *models.Facts) { f.SeatsPerPass, f.Party.Children = 2, 2 }, models.LimitReached, nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			f := good()
			row.change(&f)
			d := models.Judge(f)
			if d.Reason != row.reason || !slices.Equal(d.Marks, row.marks) {
				t.Errorf("got %q with marks %v, want %q with %v", d.Reason, d.Marks, row.reason, row.marks)
			}
		})
	}
}

func TestTooManyChildrenSaysHowManyAreWelcome(t *testing.T) {
	t.Parallel()
	f := good()
	f.Party.Children = 3
	if d := models.Judge(f); d.Reason != models.TooManyChildren || d.Welcome != 2 {
		t.Errorf("got %q with %d welcome, want too_many_children with 2", d.Reason, d.Welcome)
	}
}
