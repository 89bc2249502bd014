package passes_test

import (
	"strings"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// alike is a want that does not depend on the way: refused online and offline, and a refusal when it is uploaded.
func alike(s spec, r models.Reason) spec {
	s.online, s.offline, s.upload = refused(r), refused(r), uploaded(models.UploadRefused)
	return s
}

// welcomed is a welcome on every way, with the marks that each adds.
func welcomed(s spec, marks ...models.Mark) spec {
	offline := append(append([]models.Mark{}, marks...), models.Offline)
	s.online, s.offline, s.upload = welcome(marks...), welcome(offline...), uploaded(models.UploadCounted, offline...)
	return s
}

// only is what just the server can know: offline it is a welcome to be confirmed, and the upload is a conflict.
func only(s spec, r models.Reason) spec {
	s.online, s.offline, s.upload = refused(r), welcome(models.Offline), uploaded(models.UploadConflict)
	return s
}

// must is what the scanner alone cannot decide; the server can.
func must(s spec, online decisionWant) spec {
	s.online, s.offline, s.upload = online, refused(models.NeedsNetwork), uploaded(models.UploadRefused)
	return s
}

func noWalkIns(o *models.Offer, _ *models.Session) { o.WalkIns, o.Reservable = false, true }

func course(o *models.Offer, s *models.Session) {
	o.Kind = models.Course
	s.Meetings = []models.Span{
		{From: t0.Add(-7 * 24 * time.Hour), To: t0.Add(-7*24*time.Hour + 2*time.Hour)}, {From: t0, To: t0.Add(2 * time.Hour)},
	}
	s.Start, s.End = s.Meetings[0].From, s.Meetings[1].To
}

// specs is the table, by what it is about: the code, the pass, the session, the party.
func specs() []spec {
	return append(append(append(codeSpecs(), passSpecs()...), sessionSpecs()...), partySpecs()...)
}

func codeSpecs() []spec {
	strangerSigns := func(m *maker, s *spec) string { return m.sign(m.stranger, s, kp1.CTI{1}).show(t0.Unix()) }
	// The signature is the last 64 bytes, 96 characters of base45: here it is another phone's.
	otherCodeKey := func(m *maker, s *spec) string {
		right := m.sign(m.issuers["kainuu"], s, kp1.CTI{2}).show(t0.Unix())
		other := m.sign(m.issuers["kainuu"], s, kp1.CTI{3}).show(t0.Unix())
		return right[:len(right)-96] + other[len(other)-96:]
	}
	return []spec{
		welcomed(spec{name: "a fresh code"}),
		welcomed(spec{name: "a code of 30 seconds ago", age: 30}),
		welcomed(spec{name: "a code of 31 seconds ago: the phone's clock may be off", age: 31}, models.ClockOff),
		welcomed(spec{name: "a code of 60 seconds ago, the last that is taken online", age: 60}, models.ClockOff),
		{
			name: "a code of 61 seconds ago is stale online; offline the window is wider, and so it is in the upload", age: 61,
			online: refused(models.StaleCode), offline: welcome(models.ClockOff, models.Offline),
			upload: uploaded(models.UploadCounted, models.ClockOff, models.Offline),
		},
		{
			name: "a code of 90 seconds ago, the last that is taken offline", age: 90, online: refused(models.StaleCode),
			offline: welcome(models.ClockOff, models.Offline), upload: uploaded(models.UploadCounted, models.ClockOff, models.Offline),
		},
		alike(spec{name: "a code of 91 seconds ago", age: 91}, models.StaleCode),
		alike(spec{name: "a picture of an hour ago", age: 3600}, models.StaleCode),
		alike(spec{name: "a code of the first second of 1970: 0 is a time like any other", age: t0.Unix()}, models.StaleCode),
		welcomed(spec{name: "a code 30 seconds ahead", age: -30}),
		{
			name: "a code 31 seconds ahead: offline the window is wider, and so it is in the upload", age: -31, online: refused(models.WrongClock),
			offline: welcome(models.ClockOff, models.Offline), upload: uploaded(models.UploadCounted, models.ClockOff, models.Offline),
		},
		{
			name: "a code 60 seconds ahead, the last that is taken offline", age: -60, online: refused(models.WrongClock),
			offline: welcome(models.ClockOff, models.Offline), upload: uploaded(models.UploadCounted, models.ClockOff, models.Offline),
		},
		alike(spec{name: "a code 61 seconds ahead", age: -61}, models.WrongClock),
		alike(spec{name: "some other QR code", text: func(string) string { return "https://example.org/menu" }}, models.NotAPass),
		alike(spec{name: "a code that is cut off", text: func(s string) string { return s[:len(s)-3] }}, models.NotAPass),
		alike(spec{name: "a code in small letters", text: strings.ToLower}, models.NotAPass),
		alike(spec{name: "nothing after the prefix", text: func(string) string { return "KP1:" }}, models.NotAPass),
		alike(spec{name: "a phone's credential shown as paper", text: func(s string) string { return "KPP:" + s[4:] }}, models.NotAPass),
		alike(spec{name: "a paper shown as a phone's code", kind: kp1.KindPaper, text: func(s string) string { return "KP1:" + s[4:] }}, models.NotAPass),
		{
			name: "a prefix of later times: only the server may know it", text: func(s string) string { return "KP9:" + s[4:] },
			online: refused(models.NotAPass), offline: refused(models.NeedsNetwork), upload: uploaded(models.UploadRefused),
		},
		alike(spec{name: "a code signed by another key than its credential names", sign: otherCodeKey}, models.BadSignature),
		must(spec{name: "an issuer that nobody knows", sign: strangerSigns}, refused(models.BadSignature)),
		must(spec{name: "a paper of an issuer that nobody knows", kind: kp1.KindPaper, sign: strangerSigns}, refused(models.BadSignature)),
	}
}

func passSpecs() []spec {
	state := func(state models.PassState) func(*models.Pass) {
		return func(p *models.Pass) { p.Enter(state, t0.Add(-2*time.Hour)) }
	}
	lastDay := func(day models.Day) func(*models.Pass) { return func(p *models.Pass) { p.Last = day } }
	replaced := func(p *models.Pass) { models.CloseSpans(p.Phones[0].Spans, t0.Add(-2*time.Hour)) }
	reprinted := func(p *models.Pass) { models.CloseSpans(p.Papers[0].Spans, t0.Add(-2*time.Hour)) }
	return []spec{
		alike(spec{name: "a suspended pass", pass: state(models.Suspended), off: true}, models.NotInUse),
		alike(spec{name: "a revoked pass", pass: state(models.Revoked), off: true}, models.NotInUse),
		only(spec{name: "a pass revoked after the bundle was made", pass: state(models.Revoked)}, models.NotInUse),
		alike(spec{name: "a phone that was replaced", pass: replaced, off: true}, models.NotInUse),
		only(spec{name: "a phone replaced after the bundle was made", pass: replaced}, models.NotInUse),
		alike(spec{name: "a paper that was printed anew", kind: kp1.KindPaper, pass: reprinted, off: true}, models.NotInUse),
		only(spec{name: "a credential that the server no longer knows", lost: true}, models.NotInUse),
		alike(spec{name: "a revoked pass beats an expired one", off: true, pass: func(p *models.Pass) {
			p.Enter(models.Revoked, t0.Add(-2*time.Hour))
			p.Last = "2026-06-01"
		}}, models.NotInUse),
		{
			name: "the last day of grace", pass: lastDay("2026-10-24"), online: welcome(models.InGrace), offline: welcome(models.Offline),
			upload: uploaded(models.UploadCounted, models.Offline),
		},
		only(spec{name: "the day after grace, with a credential that is still good", pass: lastDay("2026-10-23")}, models.Expired),
		welcomed(spec{name: "the last day itself is no grace", pass: lastDay("2026-11-23")}),
		alike(spec{name: "a paper past its end", kind: kp1.KindPaper, exp: -time.Hour, pass: lastDay("2026-10-23")}, models.Expired),
		must(spec{name: "a credential that aged is no refusal online", exp: -time.Second}, welcome()),
		must(spec{name: "a credential that ends this very second has ended", exp: time.Nanosecond}, welcome()),
		alike(spec{name: "a local-only pass of another network", home: "savonlinna"}, models.WrongArea),
		alike(spec{name: "a local-only paper of another network", home: "savonlinna", kind: kp1.KindPaper}, models.WrongArea),
		{
			name: "a pass of a pilot that ended", home: "lappeenranta", online: refused(models.WrongArea), offline: refused(models.NotInUse),
			upload: uploaded(models.UploadRefused),
		},
		{
			name: "a paper of a pilot that ended", home: "lappeenranta", kind: kp1.KindPaper, online: refused(models.WrongArea),
			offline: refused(models.NotInUse), upload: uploaded(models.UploadRefused),
		},
		welcomed(spec{name: "a pass of another network", home: "espoo"}),
		only(spec{name: "an offer for other networks", home: "espoo", place: func(o *models.Offer, _ *models.Session) {
			o.Networks = []models.NetworkID{"kainuu"}
		}}, models.WrongArea),
		welcomed(spec{name: "a paper", kind: kp1.KindPaper}, models.CheckID),
		welcomed(spec{name: "a community's paper with a group", kind: kp1.KindCommunityPaper, party: models.Party{Group: 6}}, models.CheckID),
		must(spec{name: "a bundle that is over a week old", bundle: 7*24*time.Hour + time.Second}, welcome()),
		must(spec{name: "a network that welcomes nobody offline", noOffline: true}, welcome()),
		{
			name: "a bundle that is over a day old", bundle: 24*time.Hour + time.Second, online: welcome(),
			offline: welcome(models.Offline, models.BundleOld), upload: uploaded(models.UploadCounted, models.Offline),
		},
		welcomed(spec{name: "a bundle that is a day old is fresh", bundle: 24 * time.Hour}),
	}
}

func sessionSpecs() []spec {
	starts := func(from time.Duration) func(*models.Offer, *models.Session) {
		return func(_ *models.Offer, s *models.Session) {
			s.Start, s.End = t0.Add(from), t0.Add(from+2*time.Hour)
		}
	}
	times := func(n int, per models.Per) func(*models.Offer, *models.Session) {
		return func(o *models.Offer, _ *models.Session) { o.Limit = &models.Limit{Times: n, Per: per} }
	}
	return []spec{
		alike(spec{name: "the door opens three hours before", place: starts(3*time.Hour + time.Second)}, models.NotToday),
		welcomed(spec{name: "three hours before to the second", place: starts(3 * time.Hour)}),
		alike(spec{name: "an hour after its end it is over", place: starts(-3 * time.Hour)}, models.NotToday),
		welcomed(spec{name: "a second less than an hour after its end", place: starts(-3*time.Hour + time.Second)}),
		alike(spec{name: "a session of tomorrow", place: starts(24 * time.Hour)}, models.NotToday),
		alike(spec{name: "a session that was cancelled", place: func(_ *models.Offer, s *models.Session) {
			s.CancelledAt = t0.Add(-48 * time.Hour)
		}}, models.NotToday),
		alike(spec{name: "an offer that was closed", place: func(o *models.Offer, _ *models.Session) {
			o.ClosedAt = t0.Add(-48 * time.Hour)
		}}, models.NotToday),
		alike(spec{name: "a later code of a pass that is inside", before: []int64{40}}, models.AlreadyAdmitted),
		alike(spec{name: "the very code twice at one session", before: []int64{10}, age: 10, same: true}, models.AlreadyAdmitted),
		alike(spec{name: "the very code that admitted to another session", before: []int64{10}, age: 10, same: true, beforeAt: "other"}, models.StaleCode),
		alike(spec{name: "a paper twice at one session", kind: kp1.KindPaper, before: []int64{40}}, models.AlreadyAdmitted),
		welcomed(spec{name: "a paper at another session the same evening", kind: kp1.KindPaper, before: []int64{40}, beforeAt: "other"}, models.CheckID),
		only(spec{name: "a reservation for another session here today", elsewhere: true}, models.OtherSession),
		welcomed(spec{name: "a museum once a day", standing: true}),
		alike(spec{name: "a museum twice a day", standing: true, before: []int64{40}}, models.AlreadyAdmitted),
		welcomed(spec{name: "a swimming hall, the second of two times", standing: true, place: times(2, models.PerDay), before: []int64{40}}),
		alike(spec{name: "a swimming hall, the third of two times", standing: true, place: times(2, models.PerDay), before: []int64{55, 40}}, models.LimitReached),
		alike(spec{name: "a standing offer before its season", standing: true, place: func(o *models.Offer, _ *models.Session) {
			o.First, o.Last = "2026-12-01", "2027-02-28"
		}}, models.NotToday),
		welcomed(spec{name: "a course for the first time", place: course}),
		{
			name: "a course again", place: course, before: []int64{40}, online: welcome(models.OnCourseM),
			offline: welcome(models.Offline, models.OnCourseM), upload: uploaded(models.UploadCounted, models.Offline, models.OnCourseM),
		},
		alike(spec{name: "the very code twice at a course", place: course, before: []int64{10}, age: 10, same: true}, models.AlreadyAdmitted),
		alike(spec{name: "a course between its meetings", place: func(o *models.Offer, s *models.Session) {
			course(o, s)
			s.Meetings[1] = models.Span{From: t0.Add(48 * time.Hour), To: t0.Add(50 * time.Hour)}
		}}, models.NotToday),
	}
}

func partySpecs() []spec {
	most := func(s spec, n int) spec {
		s.online.Welcome, s.offline.Welcome = new(n), new(n)
		return s
	}
	return []spec{
		welcomed(spec{name: "a family", children: 2, party: models.Party{Children: 2, Assistants: 1}}),
		most(alike(spec{name: "more children than on the pass", children: 2, party: models.Party{Children: 3}}, models.TooManyChildren), 2),
		most(alike(spec{name: "children to a course", children: 2, party: models.Party{Children: 1}, place: course}, models.TooManyChildren), 0),
		welcomed(spec{name: "a group with a community pass", kind: kp1.KindCommunityPhone, party: models.Party{Group: 8}}),
		most(alike(spec{name: "a group above the network's number", kind: kp1.KindCommunityPhone, party: models.Party{Group: 16}}, models.TooManyChildren), 15),
		most(alike(spec{name: "a group with a pass that is no community's", party: models.Party{Group: 2}}, models.TooManyChildren), 0),
		alike(spec{name: "more seats than a pass may take", children: 3, party: models.Party{Children: 2}, place: func(o *models.Offer, _ *models.Session) {
			o.SeatsPerPass = 2
		}}, models.LimitReached),
		only(spec{name: "no reservation, and walk-ins are off", place: noWalkIns}, models.ReservationNeeded),
		welcomed(spec{name: "a reservation where walk-ins are off", place: noWalkIns, reserved: 1}),
		{
			name: "more than reserved where walk-ins are off: offline they came in, beyond the seats", children: 2, place: noWalkIns, reserved: 1,
			party: models.Party{Children: 2}, online: refused(models.NoSeats), offline: welcome(models.Offline),
			upload: uploaded(models.UploadOver, models.Offline, models.OverSeats),
		},
		{
			name: "no seat left", taken: 10, online: refused(models.NoSeats), offline: welcome(models.Offline),
			upload: uploaded(models.UploadOver, models.Offline, models.OverSeats),
		},
		{
			name: "one seat left and a child that takes one", taken: 9, children: 1, party: models.Party{Children: 1},
			online: refused(models.NoSeats), offline: welcome(models.Offline), upload: uploaded(models.UploadOver, models.Offline, models.OverSeats),
		},
		welcomed(spec{name: "one seat left and an assistant, who takes none", taken: 9, party: models.Party{Assistants: 1}}),
		welcomed(spec{name: "no limit of seats", place: func(_ *models.Offer, s *models.Session) { s.NoLimit, s.Seats = true, 0 }}),
	}
}
