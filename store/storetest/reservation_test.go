package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/storetest"
)

// reservers is how many want the same seats.
const reservers = 200

// reserving is a reservation of a pass at a session, ready to be made.
func reserving(session models.Session, pass, seats int) models.Reserving {
	return models.Reserving{Seats: seats, Claim: models.Claim{
		ID: models.NewID[models.ClaimID](rand.Reader), Session: session.ID, Offer: session.Offer, Organisation: session.Organisation,
		Day: session.FirstDay, EndsDay: session.LastDay, At: evening, Pass: passID(pass), UnlinkDay: session.LastDay.Add(90),
		Party: models.Party{Children: seats - 1}, Code: "code " + rand.Text(), Idempotency: newKey(),
	}}
}

// held are the claims that hold seats of a session for a reservation, after a look at what must always be so.
func (v venue) held(t *testing.T, session models.SessionID) []models.Claim {
	t.Helper()
	kept := must(v.s.Session(t.Context(), session))(t)
	all := must(v.s.ReservationsAt(t.Context(), session, 0))(t)
	taken := map[int]models.ClaimID{}
	for _, c := range all {
		if !kept.NoLimit && len(c.Slots) != c.Reserved {
			t.Errorf("claim %s reserved %d seats and holds %v", c.ID, c.Reserved, c.Slots)
		}
		for _, n := range c.Slots {
			if other, twice := taken[n]; twice || n >= kept.Seats && !kept.NoLimit {
				t.Errorf("seat %d of %d is held by %s and %s", n, kept.Seats, c.ID, other)
			}
			taken[n] = c.ID
		}
	}
	return all
}

// outcomes counts what many requests were answered with.
type outcomes struct {
	mu sync.Mutex
	n  map[string]int
}

func (o *outcomes) add(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.n == nil {
		o.n = map[string]int{}
	}
	o.n[refusal(err)]++
}

func TestReservations(t *testing.T) {
	t.Parallel()
	together(t, map[string]func(*testing.T, *store.Store){
		"two hundred reserve the last five seats":                              twoHundredReserveTheLastFiveSeats,
		"pairs never get half a seat more":                                     pairsNeverGetHalfASeatMore,
		"one pass reserves once however often at once":                         onePassReservesOnceHoweverOftenAtOnce,
		"one request many times is one reservation":                            oneRequestManyTimesIsOneReservation,
		"a code names one reservation at a venue":                              aCodeNamesOneReservationAtAVenue,
		"cancelling and reserving race for one seat":                           cancellingAndReservingRaceForOneSeat,
		"a used reservation cannot be cancelled":                               aUsedReservationCannotBeCancelled,
		"who tells no party comes as was booked":                               whoTellsNoPartyComesAsBooked,
		"a retry after an undo leaves the reservation":                         aRetryAfterAnUndoLeavesTheReservation,
		"seats are lowered while many reserve":                                 seatsAreLoweredWhileManyReserve,
		"seats are lowered under those who are there":                          seatsAreLoweredUnderThoseWhoAreThere,
		"managers who change seats at once leave as many as the last one said": managersWhoChangeSeatsAtOnceLeaveAsManyAsTheLastOneSaid,
		"a limit comes too late once somebody has a place":                     aLimitComesTooLateOnceSomebodyHasAPlace,
		"no reservation stays at a session that is cancelled":                  noReservationStaysAtASessionThatIsCancelled,
		"counts are of what is there":                                          countsAreOfWhatIsThere,
		"what others reserve for holders stands in the audit log":              whatOthersReserveForHoldersStandsInTheAuditLog,
	})
}

func twoHundredReserveTheLastFiveSeats(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 5)
	var o outcomes
	race(reservers, func(i int) {
		_, err := s.ReserveSeats(t.Context(), reserving(session, i, 1))
		o.add(err)
	})
	if o.n[""] != 5 || o.n["no_seats"] != reservers-5 || len(v.held(t, session.ID)) != 5 {
		t.Errorf("got %v and %d claims, want 5 seats given and the rest no_seats", o.n, len(v.held(t, session.ID)))
	}
}

// Workers and managers race for the last seats: each that gets one is written down, once, however often it is asked for, and nobody else.
func whatOthersReserveForHoldersStandsInTheAuditLog(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 3)
	rows := func(action string) []models.AuditEntry {
		page := must(s.AuditRows(t.Context(), models.AuditQuery{Organisation: "many", Before: evening.Add(time.Second), Limit: 100}))(t)
		return slices.DeleteFunc(page.Rows, func(e models.AuditEntry) bool { return e.Action != action })
	}
	written := func(action string, pass int) models.AuditEntry {
		r := row()
		r.At, r.Organisation, r.Action, r.Pass = evening, "many", action, passID(pass)
		return r
	}
	var o outcomes
	race(20, func(i int) {
		request := reserving(session, i, 1)
		for range 2 {
			request.Audit = []models.AuditEntry{written("reservation_made", i)}
			_, err := s.ReserveSeats(t.Context(), request)
			o.add(err)
		}
	})
	held := v.held(t, session.ID)
	if made := rows("reservation_made"); o.n[""] != 6 || len(held) != 3 || len(made) != 3 {
		t.Errorf("got %v, %d claims and %d rows, want 3 places, each answered twice and written down once", o.n, len(held), len(made))
	}
	for _, r := range rows("reservation_made") {
		if !slices.ContainsFunc(held, func(c models.Claim) bool { return c.Pass == r.Pass }) {
			t.Errorf("%s is written down and has no place", r.Pass)
		}
	}
	race(6, func(i int) {
		if _, err := s.CancelReservation(t.Context(), held[i%3].ID, written("reservation_cancelled", i%3)); err != nil {
			t.Error(err)
		}
	})
	if ended := rows("reservation_cancelled"); len(ended) != 3 || len(v.held(t, session.ID)) != 0 {
		t.Errorf("%d cancellings are written down and %d claims are left, want 3 and none", len(ended), len(v.held(t, session.ID)))
	}
}

func pairsNeverGetHalfASeatMore(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 7)
	var o outcomes
	race(reservers, func(i int) {
		_, err := s.ReserveSeats(t.Context(), reserving(session, i, 2))
		o.add(err)
	})
	if o.n[""] != 3 || o.n["no_seats"] != reservers-3 || len(v.held(t, session.ID)) != 3 {
		t.Errorf("got %v, want 3 pairs on 7 seats", o.n)
	}
	must(s.ReserveSeats(t.Context(), reserving(session, reservers, 1)))(t)
}

func onePassReservesOnceHoweverOftenAtOnce(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	for _, session := range []models.Session{v.session(t, evening, 50), v.session(t, evening, 0)} {
		var o outcomes
		race(reservers, func(int) {
			_, err := s.ReserveSeats(t.Context(), reserving(session, 1, 1))
			o.add(err)
		})
		if o.n[""] != 1 || o.n["already_reserved"] != reservers-1 || len(v.held(t, session.ID)) != 1 {
			t.Errorf("got %v, want one reservation", o.n)
		}
	}
}

func oneRequestManyTimesIsOneReservation(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 50)
	request := reserving(session, 1, 2)
	var ids sync.Map
	race(50, func(int) {
		again := request
		again.Claim.ID = models.NewID[models.ClaimID](rand.Reader)
		again.Claim.Code = "code " + rand.Text()
		c, err := s.ReserveSeats(t.Context(), again)
		if err != nil {
			t.Error(err)
			return
		}
		ids.Store(c.ID, c.Code)
	})
	held := v.held(t, session.ID)
	ids.Range(func(id, _ any) bool {
		if len(held) != 1 || id != held[0].ID {
			t.Errorf("claim %s was answered; held are %d", id, len(held))
		}
		return true
	})
	last := request
	last.Claim.Code = "shown last"
	must(s.ReserveSeats(t.Context(), last))(t)
	if c := must(s.ReservationByCode(t.Context(), v.house.ID, "shown last"))(t); c.ID != held[0].ID {
		t.Errorf("the code that was shown last names %s", c.ID)
	}
	_, err := s.ReservationByCode(t.Context(), v.house.ID, held[0].Code)
	wantRefusal(t, err, "no_such_reservation")

	other := request
	other.Claim.Idempotency = &models.Idempotency{Key: request.Claim.Idempotency.Key, Body: "another"}
	_, err = s.ReserveSeats(t.Context(), other)
	wantRefusal(t, err, "key_reused")

	must(s.CancelReservation(t.Context(), held[0].ID))(t)
	if c := must(s.ReserveSeats(t.Context(), last))(t); c.State != models.Cancelled || c.Code != "" {
		t.Errorf("after it was cancelled the same request answered %s with the code %q", c.State, c.Code)
	}
}

func aCodeNamesOneReservationAtAVenue(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 50)
	var o outcomes
	race(20, func(i int) {
		r := reserving(session, i, 1)
		r.Claim.Code = "the same"
		_, err := s.ReserveSeats(t.Context(), r)
		o.add(err)
	})
	if o.n[""] != 1 || o.n["code_taken"] != 19 {
		t.Errorf("got %v, want one with the code", o.n)
	}
}

func cancellingAndReservingRaceForOneSeat(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 1)
	first := must(s.ReserveSeats(t.Context(), reserving(session, 0, 1)))(t)
	var reserved atomic.Int64
	race(60, func(i int) {
		if i%6 == 0 {
			if _, err := s.CancelReservation(t.Context(), first.ID); err != nil {
				t.Error(err)
			}
			return
		}
		switch _, err := s.ReserveSeats(t.Context(), reserving(session, i, 1)); refusal(err) {
		case "":
			reserved.Add(1)
		case "no_seats":
		default:
			t.Error(err)
		}
	})
	if held := v.held(t, session.ID); int64(len(held)) != reserved.Load() || len(held) > 1 {
		t.Errorf("%d hold the one seat, %d were told so", len(held), reserved.Load())
	}
	if reserved.Load() == 0 { // all were faster than the cancelling: now it is free
		must(s.ReserveSeats(t.Context(), reserving(session, 100, 1)))(t)
	}
	if c := must(s.Reservation(t.Context(), first.ID))(t).Claim; c.State != models.Cancelled || c.Pass != passID(0) || c.Code != "" || len(c.Slots) > 0 {
		t.Errorf("the cancelled claim still has %+v", c)
	}
}

func aUsedReservationCannotBeCancelled(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 10)
	for i := range 20 {
		pass := 100 + i
		c := must(s.ReserveSeats(t.Context(), reserving(session, pass, 1)))(t)
		var cancelled error
		var d models.Decision
		race(2, func(n int) {
			if n == 0 {
				_, cancelled = s.CancelReservation(t.Context(), c.ID)
				return
			}
			scan := showing(string(session.ID), pass, session.Seats)
			scan.Claim.CTI = rand.Text()
			scan.Facts.WalkIns = false
			var err error
			if d, err = s.AdmitScan(t.Context(), scan); err != nil {
				t.Error(err)
			}
		})
		admitted := d.Outcome == models.OutcomeAdmitted
		if admitted == (cancelled == nil) || !admitted && d.Reason != models.ReservationNeeded {
			t.Fatalf("scanning said %s %s, cancelling said %v", d.Outcome, d.Reason, cancelled)
		}
		if admitted { // make room for the next
			wantRefusal(t, cancelled, "reservation_ended")
			session = must(s.ChangeSeats(t.Context(), resized(session, session.Seats+1), row()))(t)
		}
	}
}

func whoTellsNoPartyComesAsBooked(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	for name, c := range map[string]struct {
		asBooked, reserves bool
		want               models.Party
		seats              int
	}{
		"as booked":                       {true, true, models.Party{Children: 2}, 3},
		"alone, as the door says":         {false, true, models.Party{}, 1},
		"alone, since nothing was booked": {true, false, models.Party{}, 1},
	} {
		session := v.session(t, evening, 10)
		if c.reserves {
			must(s.ReserveSeats(t.Context(), reserving(session, 1, 3)))(t)
		}
		scan := showing(string(session.ID), 1, session.Seats)
		scan.AsBooked, scan.Claim.CTI = c.asBooked, rand.Text()
		d := admit(t, s, scan)
		want(t, d, models.OutcomeAdmitted, "")
		if free := must(s.CountSessions(t.Context(), []models.Session{session}))(t)[session.ID].Free; d.Party != c.want || free != session.Seats-c.seats {
			t.Errorf("%s: %+v came in, and %d seats are free", name, d.Party, free)
		}
	}
}

// An undone visit is the reservation that it was, and knows the scan that it was: a retry of that finds no other claim to collide with.
func aRetryAfterAnUndoLeavesTheReservation(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 10)
	must(s.ReserveSeats(t.Context(), reserving(session, 1, 2)))(t)
	scan := showing(string(session.ID), 1, session.Seats)
	scan.AsBooked, scan.Claim.CTI = true, rand.Text()
	want(t, admit(t, s, scan), models.OutcomeAdmitted, "")
	want(t, must(s.UndoScan(t.Context(), scan.By, scan.ID, evening.Add(time.Minute)))(t), models.OutcomeUndone, "")
	race(20, func(int) {
		d, err := s.AdmitScan(t.Context(), scan)
		if err != nil || d.Outcome != models.OutcomeUndone {
			t.Errorf("a retry is answered %s %s, %v", d.Outcome, d.Reason, err)
		}
	})
	if n := visits(t, s, session.ID); n != 0 || len(v.held(t, session.ID)) != 1 {
		t.Errorf("%d visits and %d reservations, want none and one", n, len(v.held(t, session.ID)))
	}
	again := showing(string(session.ID), 1, session.Seats)
	again.AsBooked, again.Claim.CTI = true, scan.Claim.CTI
	want(t, admit(t, s, again), models.OutcomeAdmitted, "")
	want(t, admit(t, s, again), models.OutcomeAdmitted, "")
	want(t, admit(t, s, scan), models.OutcomeUndone, "")
	if n := visits(t, s, session.ID); n != 1 {
		t.Errorf("%d visits, want 1", n)
	}
}

func seatsAreLoweredWhileManyReserve(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 60)
	var o outcomes
	var lowered error
	race(101, func(i int) {
		if i == 50 {
			_, lowered = s.ChangeSeats(t.Context(), resized(session, 15), row())
			return
		}
		_, err := s.ReserveSeats(t.Context(), reserving(session, i, 1))
		o.add(err)
	})
	seats := must(s.Session(t.Context(), session.ID))(t).Seats
	held := v.held(t, session.ID)
	switch {
	case lowered == nil && (seats != 15 || len(held) != 15):
		t.Errorf("lowered to %d seats, and %d are held", seats, len(held))
	case lowered != nil && (refusal(lowered) != "seats_taken" || seats != 60 || len(held) != 60):
		t.Errorf("not lowered (%v): %d seats, and %d are held", lowered, seats, len(held))
	case o.n[""] != len(held) || o.n["no_seats"] != 100-len(held):
		t.Errorf("%d are held, and told was %v", len(held), o.n)
	}
}

func seatsAreLoweredUnderThoseWhoAreThere(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 900)
	race(13, func(i int) {
		var err error
		if i == 12 {
			_, err = s.ChangeSeats(t.Context(), resized(session, 15), row())
		} else {
			_, err = s.ReserveSeats(t.Context(), reserving(session, i, 1))
		}
		if err != nil {
			t.Error(err)
		}
	})
	if n := len(v.held(t, session.ID)); n != 12 {
		t.Fatalf("%d are held, want all 12", n)
	}
	_, err := s.ChangeSeats(t.Context(), resized(session, 11), row())
	wantRefusal(t, err, "seats_taken")
	v.fill(t, session, 15)
	must(s.ChangeSeats(t.Context(), resized(session, 20), row()))(t)
	v.fill(t, session, 20)
	must(s.ChangeSeats(t.Context(), resized(session, 1000), row()))(t)
	if n := must(s.CountSessions(t.Context(), []models.Session{resized(session, 1000)}))(t)[session.ID].Free; n != 980 {
		t.Errorf("%d are free, want 980", n)
	}
	v.fill(t, session, 30)
}

// fill reserves seats until there are none or until so many are held, and checks that it could.
func (v venue) fill(t *testing.T, session models.Session, most int) {
	t.Helper()
	for i := len(v.held(t, session.ID)); i < most; i++ {
		if _, err := v.s.ReserveSeats(t.Context(), reserving(session, 1000+i, 1)); err != nil {
			t.Fatalf("seat %d: %v", i+1, err)
		}
	}
	kept := must(v.s.Session(t.Context(), session.ID))(t)
	if kept.Seats == most {
		_, err := v.s.ReserveSeats(t.Context(), reserving(session, 9999, 1))
		wantRefusal(t, err, "no_seats")
	}
	if n := len(v.held(t, session.ID)); n != most {
		t.Fatalf("%d are held, want %d", n, most)
	}
}

func managersWhoChangeSeatsAtOnceLeaveAsManyAsTheLastOneSaid(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 30)
	for i := range 5 {
		must(s.ReserveSeats(t.Context(), reserving(session, i, 1)))(t)
	}
	numbers := []int{40, 6, 12, 33, 9, 50, 7, 21}
	race(len(numbers), func(i int) {
		if _, err := s.ChangeSeats(t.Context(), resized(session, numbers[i]), row()); err != nil {
			t.Error(err)
		}
	})
	kept := must(s.Session(t.Context(), session.ID))(t)
	if !slices.Contains(numbers, kept.Seats) {
		t.Fatalf("%d seats, which nobody said", kept.Seats)
	}
	v.fill(t, session, kept.Seats)
}

func aLimitComesTooLateOnceSomebodyHasAPlace(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	for range 5 {
		session := v.session(t, evening, 0)
		var limited error
		var o outcomes
		race(21, func(i int) {
			if i == 20 {
				_, limited = s.ChangeSeats(t.Context(), resized(session, 3), row())
				return
			}
			_, err := s.ReserveSeats(t.Context(), reserving(session, i, 1))
			o.add(err)
		})
		kept, held := must(s.Session(t.Context(), session.ID))(t), v.held(t, session.ID)
		switch {
		case kept.Limiting:
			t.Error("nobody confirmed the limit")
		case limited == nil && (kept.NoLimit || len(held) != 3 || o.n["no_seats"] != 17):
			t.Errorf("limited, and %d are held; told was %v", len(held), o.n)
		case limited != nil && (refusal(limited) != "has_claims" || !kept.NoLimit || o.n[""] != len(held)):
			t.Errorf("not limited (%v), and %d are held; told was %v", limited, len(held), o.n)
		}
	}
}

// sweep cancels what is left of a cancelled session, as the domain does.
func (v venue) sweep(ctx context.Context, session models.Session) error {
	for {
		some, err := v.s.ReservationsAt(ctx, session.ID, 10)
		if err != nil || len(some) == 0 {
			return err
		}
		batch := make([]models.Cancelling, len(some))
		for i, c := range some {
			batch[i] = models.Cancelling{Claim: c.ID, Notice: models.Notice{
				ID: models.NewID[models.NoticeID](rand.Reader), Pass: c.Pass, Cause: "session_cancelled/" + string(session.ID), At: evening,
			}}
		}
		if err := v.s.CancelWithSession(ctx, batch); err != nil {
			return err
		}
	}
}

func noReservationStaysAtASessionThatIsCancelled(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 1000)
	reserved := make([]bool, 100)
	race(103, func(i int) {
		if i >= 100 { // several servers and a job do the same
			off := session
			off.CancelledAt = evening
			_, err := s.CancelSession(t.Context(), off, row())
			if err = errors.Join(err, v.sweep(t.Context(), session)); err != nil {
				t.Error(err)
			}
			return
		}
		switch _, err := s.ReserveSeats(t.Context(), reserving(session, i, 1)); refusal(err) {
		case "":
			reserved[i] = true
		case "session_cancelled":
		default:
			t.Error(err)
		}
	})
	if left := must(s.ReservationsAt(t.Context(), session.ID, 0))(t); len(left) != 0 {
		t.Errorf("%d reservations stayed", len(left))
	}
	for i, told := range reserved {
		inbox := must(s.Inbox(t.Context(), passID(i), nil, 10))(t)
		if told && len(inbox) != 1 || len(inbox) > 1 {
			t.Errorf("pass %d was told it had a place (%t) and has %d notices that it is off", i, told, len(inbox))
		}
	}
	_, err := s.ReserveSeats(t.Context(), reserving(session, 500, 1))
	wantRefusal(t, err, "session_cancelled")
	_, err = s.ChangeSeats(t.Context(), resized(session, 5), row())
	wantRefusal(t, err, "session_cancelled")
}

func TestAReservationIsMissedOnceItsDoorHasClosed(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		aReservationIsNotMissedWhileItsDoorIsOpen(t, s) // in October; the job looks at all of the store
		aMissedJobRacesItsOwnRepeat(t, s)
	})
}

func aMissedJobRacesItsOwnRepeat(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 100)
	for i := range 60 {
		must(s.ReserveSeats(t.Context(), reserving(session, i, 1)))(t)
	}
	if n := must(s.MarkMissed(t.Context(), session.FirstDay, 25))(t); n != 0 {
		t.Fatalf("%d were missed on the day itself", n)
	}
	var missed atomic.Int64
	race(4, func(int) {
		for { // none found, or others were faster at all of them: the one who was faster goes on
			n, err := s.MarkMissed(t.Context(), session.FirstDay.Add(1), 25)
			if err != nil {
				t.Error(err)
				return
			}
			missed.Add(int64(n))
			if n == 0 {
				return
			}
		}
	})
	if missed.Load() != 60 {
		t.Errorf("%d were marked, want each of 60 once", missed.Load())
	}
	for _, c := range v.held(t, session.ID) {
		if c.State != models.Missed || !c.Live || c.Code != "" || c.Pass == "" {
			t.Errorf("a missed claim is %+v", c)
		}
	}
}

func reservedOf(t *testing.T, v venue, session models.Session) []models.Claim {
	t.Helper()
	return slices.DeleteFunc(must(v.s.ReservationsAt(t.Context(), session.ID, 0))(t), func(c models.Claim) bool { return c.State != models.Reserved })
}

func aReservationIsNotMissedWhileItsDoorIsOpen(t *testing.T, s *store.Store) {
	helsinki := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.October, day, hour, minute, 0, 0, models.Helsinki).UTC()
	}
	v := newVenue(t, s)
	// Ten reservations past midnight stand before the one that is due, in a list that is read two at a time.
	night := v.session(t, helsinki(23, 22, 30), 20) // to 00:30, and its door closes at 01:30
	for i := range 10 {
		must(s.ReserveSeats(t.Context(), reserving(night, i, 1)))(t)
	}
	early := v.session(t, helsinki(23, 20, 0), 20)
	must(s.ReserveSeats(t.Context(), reserving(early, 1, 1)))(t)
	// The night of the clock change: 22:30 to 02:30 summer time; an hour later than clocks say on the day before.
	change := v.session(t, helsinki(24, 22, 30), 20)
	must(s.ReserveSeats(t.Context(), reserving(change, 2, 1)))(t)

	if n := must(s.MarkMissed(t.Context(), "2026-10-24", 2))(t); n != 1 {
		t.Errorf("%d were missed at midnight, want the one whose door has closed", n)
	}
	if left := len(reservedOf(t, v, night)); left != 10 {
		t.Errorf("%d of 10 are left at the door that is open", left)
	}
	var n int
	for more := 1; more > 0; n += more {
		more = must(s.MarkMissed(t.Context(), "2026-10-25", 2))(t)
	}
	if n != 10 || len(reservedOf(t, v, change)) != 1 {
		t.Errorf("%d were missed the day after, and %d are left of the night of clock change", n, len(reservedOf(t, v, change)))
	}
	if n := must(s.MarkMissed(t.Context(), "2026-10-26", 2))(t); n != 1 {
		t.Errorf("%d were missed after the night of clock change", n)
	}
}

func countsAreOfWhatIsThere(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session, endless := v.session(t, evening, 10), v.session(t, evening, 0)
	for i := range 3 {
		must(s.ReserveSeats(t.Context(), reserving(session, i, 2)))(t)
		must(s.ReserveSeats(t.Context(), reserving(endless, i, 2)))(t)
	}
	scan := showing(string(session.ID), 0, session.Seats)
	scan.Claim.CTI = rand.Text()
	scan.Facts.Party.Children = 1
	want(t, admit(t, s, scan), models.OutcomeAdmitted, "")
	session = must(s.ChangeSeats(t.Context(), resized(session, 8), row()))(t)
	counts := must(s.CountSessions(t.Context(), []models.Session{session, endless}))(t)
	if got := counts[session.ID]; got != (models.Counts{Admitted: 1, Reserved: 2, Free: 2}) {
		t.Errorf("got %+v", got)
	}
	if got := counts[endless.ID]; got != (models.Counts{Reserved: 3}) {
		t.Errorf("without a limit: %+v", got)
	}
	always := v.newOffer(t, models.Standing)
	for i := range 4 {
		visit := showing(string(always.ID), 50+i, 0)
		visit.Facts.NoLimit, visit.Claim.Kind, visit.Claim.Organisation, visit.Claim.CTI = true, models.Standing, v.house.ID, rand.Text()
		if i == 0 {
			visit.Claim.Day = "2026-11-22"
		}
		want(t, admit(t, s, visit), models.OutcomeAdmitted, "")
	}
	standing := must(s.StandingOffers(t.Context(), v.house.ID))(t)
	if n := must(s.CountStanding(t.Context(), v.house.ID, standing, "2026-11-23"))(t); len(n) != 1 || n[always.ID] != 3 {
		t.Errorf("got %v", n)
	}
}

// overtaken is an engine on which something happens between what is read and the next write to a collection.
type overtaken struct {
	store.Engine
	before    string
	meanwhile func()
}

func (e *overtaken) Step(ctx context.Context, change func(store.Writer) error) error {
	return e.Engine.Step(ctx, func(w store.Writer) error { return change(&overtakenWriter{w, e}) })
}

func (e *overtaken) Update(ctx context.Context, change func(store.Writer) error) error {
	return e.Engine.Update(ctx, func(w store.Writer) error { return change(&overtakenWriter{w, e}) })
}

func (e *overtaken) overtake(collection string) {
	if meanwhile := e.meanwhile; meanwhile != nil && collection == e.before {
		e.meanwhile = nil
		meanwhile()
	}
}

type overtakenWriter struct {
	store.Writer
	engine *overtaken
}

func (w *overtakenWriter) Insert(collection, id string, doc any) error {
	w.engine.overtake(collection)
	return w.Writer.Insert(collection, id, doc)
}

func (w *overtakenWriter) Replace(collection, id string, version int64, doc any) error {
	w.engine.overtake(collection)
	return w.Writer.Replace(collection, id, version, doc)
}

// On SQLite nothing comes between: a step has the one writer to itself.
func TestWhatHappensWhileAReservationIsMadeIsSeen(t *testing.T) {
	t.Parallel()
	uri, name := storetest.Database(t)
	engine := &overtaken{Engine: must(mongo.Open(t.Context(), uri, name))(t), before: "claims"}
	s := must(store.Open(t.Context(), engine))(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	v := newVenue(t, s)
	resize := func(session models.Session, seats int) func() {
		return func() { must(s.ChangeSeats(t.Context(), resized(session, seats), row()))(t) }
	}

	cancelled := v.session(t, evening, 5)
	engine.meanwhile = func() {
		off := cancelled
		off.CancelledAt = evening
		must(s.CancelSession(t.Context(), off, row()))(t)
		if err := v.sweep(t.Context(), cancelled); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.ReserveSeats(t.Context(), reserving(cancelled, 1, 1))
	wantRefusal(t, err, "session_cancelled")
	if left := v.held(t, cancelled.ID); len(left) != 0 {
		t.Errorf("a reservation stayed at a cancelled session: %+v", left)
	}

	limited := v.session(t, evening, 0)
	engine.meanwhile = resize(limited, 2)
	c := must(s.ReserveSeats(t.Context(), reserving(limited, 1, 2)))(t)
	if len(c.Slots) != 2 || len(v.held(t, limited.ID)) != 1 {
		t.Errorf("a reservation at a session that was limited holds %v", c.Slots)
	}

	narrow := v.session(t, evening, 0)
	engine.meanwhile = resize(narrow, 1)
	request := reserving(narrow, 1, 2)
	_, err = s.ReserveSeats(t.Context(), request)
	wantRefusal(t, err, "no_seats")
	if left := v.held(t, narrow.ID); len(left) != 0 {
		t.Errorf("a reservation that had no room stayed: %+v", left)
	}
	resize(narrow, 2)()
	request.Claim.ID = fresh[models.ClaimID]("claim")
	if c := must(s.ReserveSeats(t.Context(), request))(t); len(c.Slots) != 2 {
		t.Errorf("the same request again holds %v", c.Slots)
	}

	lowered := v.session(t, evening, 1000)
	engine.meanwhile = resize(lowered, 1)
	if c := must(s.ReserveSeats(t.Context(), reserving(lowered, 1, 1)))(t); !slices.Equal(c.Slots, []int{0}) {
		t.Errorf("a reservation at a session of one seat holds %v", c.Slots)
	}

	engine.before = "sessions"
	unlimited := v.session(t, evening, 0)
	engine.meanwhile = func() { must(s.ReserveSeats(t.Context(), reserving(unlimited, 1, 1)))(t) }
	_, err = s.ChangeSeats(t.Context(), resized(unlimited, 5), row())
	wantRefusal(t, err, "has_claims")
	if kept := must(s.Session(t.Context(), unlimited.ID))(t); !kept.NoLimit || kept.Limiting {
		t.Errorf("the limit that came too late stayed: %+v", kept)
	}
}
