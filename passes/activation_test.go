package passes_test

import (
	"errors"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store/storetest"
)

// drawn are digits of a kind that nothing has.
func drawn(kind models.DigitsKind) string { return string(models.NewDigits(kind, fixed{})) }

// fixed draws the same digits each time.
type fixed struct{}

func (fixed) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 1
	}
	return len(b), nil
}

func TestTypedDigitsAreToldByWhatTheyAre(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for sentence, test := range map[string]struct{ typed, code, kind string }{
		"an activation code that is nobody's":   {drawn(models.ActivationCode), "code_unknown", ""},
		"the same with spaces and a hyphen":     {"  " + models.Digits(drawn(models.ActivationCode)).String() + " -", "code_unknown", ""},
		"a recovery code":                       {drawn(models.RecoveryCode), "wrong_digits_kind", "recovery_code"},
		"a pass number":                         {drawn(models.PassNumber), "wrong_digits_kind", "pass_number"},
		"a paper number":                        {drawn(models.PaperNumber), "wrong_digits_kind", "paper_number"},
		"a spoken code":                         {drawn(models.SpokenCode), "wrong_digits_kind", "spoken_code"},
		"a request code":                        {drawn(models.RequestCode), "wrong_digits_kind", "request_code"},
		"digits whose check digit does not fit": {"1234567890", "wrong_digits", ""},
		"too few digits":                        {"123", "wrong_digits", ""},
		"letters":                               {"Aino Virtanen", "wrong_digits", ""},
		"nothing":                               {"", "wrong_digits", ""},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			_, err := d.Activate(t.Context(), passes.Activation{Code: test.typed, Device: storetest.DeviceKey(t)})
			mustBe(t, "activate", err, test.code)
			e := new(models.Error)
			if errors.As(err, &e); test.kind != "" && e.Extra["kind"] != models.DigitsKind(test.kind) {
				t.Errorf("it is told as %v", e.Extra["kind"])
			}
		})
	}
}

// An activation is one phone with one code of one pass; before it, the pass and the clock may have changed.
func TestActivate(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for sentence, test := range map[string]struct {
		before  func(t *testing.T, d *storetest.Desk, p models.Pass) error
		replace bool
		code    string
	}{
		"a code makes a phone carry the pass": {nil, false, ""},
		"within 72 hours":                     {waiting(72*time.Hour - time.Second), false, ""},
		"and no longer":                       {waiting(72 * time.Hour), false, "code_ended"},
		"not after a newer code": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			d.Code(t, p, false)
			return nil
		}, false, "code_unknown"},
		"not after it was cancelled": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			_, err := d.CancelCode(t.Context(), d.Worker, p.ID)
			return err
		}, false, "code_unknown"},
		"not while the pass is suspended": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			_, err := d.Suspend(t.Context(), d.Worker, p.ID, models.Misuse)
			return err
		}, false, "pass_suspended"},
		"not when the pass is revoked": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			_, err := d.Revoke(t.Context(), d.Worker, p.ID, models.Misuse)
			return err
		}, false, "code_unknown"},
		"not when the pass is erased": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			return d.Erase(t.Context(), d.Worker, p.ID, "")
		}, false, "code_unknown"},
		"not in the place of another phone without saying so": {carried, false, "replace_needed"},
		"in its place when that is said":                      {carried, true, ""},
		"beside a paper": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			_, err := d.PrintPaper(t.Context(), d.Worker, p.ID)
			return err
		}, false, ""},
		"after the phone before was stopped": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			if err := carried(t, d, p); err != nil {
				return err
			}
			_, err := d.StopPhone(t.Context(), d.Worker, p.ID)
			return err
		}, false, ""},
	} {
		p := d.Issued(t)
		code := d.Code(t, p, false)
		if test.before != nil {
			mustBe(t, sentence+", before", test.before(t, d, p), "")
		}
		a, err := d.Activate(t.Context(), passes.Activation{Code: code, Device: storetest.DeviceKey(t), Replace: test.replace})
		mustBe(t, sentence, err, test.code)
		if err == nil && a.Pass.LivePhone().ID != a.Phone {
			t.Errorf("%s: another phone carries it: %+v", sentence, a.Pass.Phones)
		}
	}
}

func waiting(by time.Duration) func(*testing.T, *storetest.Desk, models.Pass) error {
	return func(_ *testing.T, d *storetest.Desk, _ models.Pass) error {
		d.Wait(by)
		return nil
	}
}

// carried has another phone carry the pass, which the holder's eight digits bind, so that the code stays.
func carried(t *testing.T, d *storetest.Desk, p models.Pass) error {
	t.Helper()
	r, err := d.OpenRequest(t.Context(), "192.0.2.1", storetest.DeviceKey(t))
	if err != nil {
		return err
	}
	_, err = d.Bind(t.Context(), d.Worker, p.ID, string(r.Digits), false)
	return err
}

func TestTheSameCodeAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for sentence, test := range map[string]struct {
		wait  time.Duration
		other bool
		code  string
	}{
		"with the same key has the same answer": {0, false, ""},
		"for 72 hours after it was used":        {72 * time.Hour, false, ""},
		"and no longer":                         {72*time.Hour + time.Second, false, "code_used"},
		"with another key is used":              {0, true, "code_used"},
	} {
		code, device := d.Code(t, d.Issued(t), false), storetest.DeviceKey(t)
		first, err := d.Activate(t.Context(), passes.Activation{Code: code, Device: device})
		mustBe(t, sentence+", the first time", err, "")
		d.Wait(test.wait)
		if test.other {
			device = storetest.DeviceKey(t)
		}
		again, err := d.Activate(t.Context(), passes.Activation{Code: code, Device: device, Replace: true})
		mustBe(t, sentence, err, test.code)
		if err == nil && (again.Phone != first.Phone || again.Pass.Version != first.Pass.Version) {
			t.Errorf("%s: got %s of version %d, then %s of %d", sentence, first.Phone, first.Pass.Version, again.Phone, again.Pass.Version)
		}
	}
}

func TestANewPhoneLeavesTheOldOneAliveUntilItIsActive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, old := d.Activated(t)
	code := d.Code(t, p, true)
	_, err := d.Holding(t.Context(), old.Pass, old.Phone)
	mustBe(t, "the old phone, before", err, "")
	a, err := d.Activate(t.Context(), passes.Activation{Code: code, Device: storetest.DeviceKey(t)})
	mustBe(t, "a code of new-phone needs no replace", err, "")
	_, err = d.Holding(t.Context(), old.Pass, old.Phone)
	mustBe(t, "the old phone, after", err, "not_this_phone")
	_, err = d.Holding(t.Context(), old.Pass, a.Phone)
	mustBe(t, "the new phone", err, "")
	_, err = d.UndoReplacement(t.Context(), d.Worker, p.ID)
	mustBe(t, "undo", err, "")
	_, err = d.Holding(t.Context(), old.Pass, old.Phone)
	mustBe(t, "the old phone lives again", err, "")
	_, err = d.Holding(t.Context(), old.Pass, a.Phone)
	mustBe(t, "the new phone has ended", err, "not_this_phone")
	_, err = d.UndoReplacement(t.Context(), d.Worker, p.ID)
	mustBe(t, "undo again", err, "nothing_to_undo")
}

func TestTheHolderIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, holder := d.Activated(t)
	_, second := d.ActivatedOf(t, p)
	_, code, err := d.NewRecoveryCode(t.Context(), second, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Recover(t.Context(), passes.Recovery{Number: string(p.Number), Code: string(code), Device: storetest.DeviceKey(t)}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Renew(t.Context(), d.Worker, p.ID, p.Last); err != nil {
		t.Fatal(err)
	}
	all, err := d.Store.Inbox(t.Context(), holder.Pass, nil, 100)
	if err != nil {
		t.Fatal(err)
	}
	told := map[models.NoticeKind]int{}
	for _, n := range all {
		told[n.Kind]++
	}
	for _, kind := range []models.NoticeKind{models.NoticeActivated, models.NoticeReplaced, models.NoticeRecovered, models.NoticeRenewed} {
		if told[kind] != 1 || len(all) != 4 {
			t.Errorf("the holder was told %v", told)
		}
	}
}

func TestTheHoldersEightDigits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for sentence, test := range map[string]struct {
		before  func(t *testing.T, d *storetest.Desk, p models.Pass) error
		replace bool
		code    string
		state   passes.RequestState
	}{
		"make the phone carry the pass": {nil, false, "", passes.RequestActive},
		"for ten minutes":               {waiting(10*time.Minute - time.Second), false, "", passes.RequestActive},
		"and no longer":                 {waiting(10 * time.Minute), false, "code_ended", passes.RequestEnded},
		"not in the place of another phone without saying so": {carried, false, "replace_needed", passes.RequestWaiting},
		"in its place when that is said":                      {carried, true, "", passes.RequestActive},
		"not while the pass is suspended": {func(t *testing.T, d *storetest.Desk, p models.Pass) error {
			_, err := d.Suspend(t.Context(), d.Worker, p.ID, models.Misuse)
			return err
		}, false, "pass_suspended", passes.RequestWaiting},
	} {
		p, device := d.Issued(t), storetest.DeviceKey(t)
		r, err := d.OpenRequest(t.Context(), "192.0.2.1", device)
		mustBe(t, sentence+", open", err, "")
		if test.before != nil {
			mustBe(t, sentence+", before", test.before(t, d, p), "")
		}
		_, err = d.Bind(t.Context(), d.Worker, p.ID, r.Digits.String(), test.replace)
		mustBe(t, sentence, err, test.code)
		state, a, err := d.Request(t.Context(), r.ID)
		mustBe(t, sentence+", polled", err, "")
		if state != test.state || state == passes.RequestActive && (a.Pass.ID != p.ID || a.Pass.LivePhone().Thumbprint != device.Thumbprint) {
			t.Errorf("%s: the phone sees %s of %s", sentence, state, a.Pass.ID)
		}
		again, err := d.Bind(t.Context(), d.Worker, p.ID, r.Digits.String(), test.replace)
		mustBe(t, sentence+", again", err, test.code)
		if err == nil && again.Version != stored(t, d, p.ID).Version {
			t.Errorf("%s: the same again changed something", sentence)
		}
	}
}

func TestDigitsThatNobodyShowsAreUnknown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := d.Issued(t)
	_, err := d.Bind(t.Context(), d.Worker, p.ID, drawn(models.RequestCode), false)
	mustBe(t, "digits of nobody", err, "code_unknown")
	_, err = d.Bind(t.Context(), d.Worker, p.ID, drawn(models.ActivationCode), false)
	mustBe(t, "an activation code", err, "wrong_digits_kind")
	_, _, err = d.Request(t.Context(), "abc")
	mustBe(t, "a request of nobody", err, "no_such_request")
}

func TestOpenRequestsAreLimited(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	device := storetest.DeviceKey(t)
	open := func(address string, key string) error {
		_, err := d.OpenRequest(t.Context(), address, passes.DeviceKey{Point: device.Point, Thumbprint: key})
		return err
	}
	for range 500 {
		mustBe(t, "one of 500 from one address", open("192.0.2.1", "key"), "")
	}
	mustBe(t, "one more", open("192.0.2.1", "key"), "too_many_waiting")
	mustBe(t, "from another address", open("192.0.2.2", "key"), "")
	d.Wait(models.RequestLife + time.Second)
	mustBe(t, "when they have ended", open("192.0.2.1", "key"), "")
	_, holder := d.Activated(t)
	p := stored(t, d, holder.Pass)
	mustBe(t, "with a key that carries a pass", open("192.0.2.1", p.LivePhone().Thumbprint), "key_taken")
}

// wrongCodes counts n wrong activation codes against the nation.
func wrongCodes(t *testing.T, d *storetest.Desk, n int) {
	t.Helper()
	for range n {
		_, err := d.Activate(t.Context(), passes.Activation{Code: drawn(models.ActivationCode), Device: passes.DeviceKey{Thumbprint: "x"}})
		mustBe(t, "a wrong code", err, "code_unknown")
	}
}

func TestOverAThousandWrongCodesInAnHourAskForTheBirthYear(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, holder := d.Activated(t)
	_, recovery, err := d.NewRecoveryCode(t.Context(), holder, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	wrongCodes(t, d, 500)
	d.Wait(50 * time.Minute)
	wrongCodes(t, d, 500)
	activate := func(year int) error {
		_, err := d.Activate(t.Context(), passes.Activation{Code: d.Code(t, p, true), Device: storetest.DeviceKey(t), BirthYear: year})
		return err
	}
	recovers := func(year int) error {
		_, err := d.Recover(t.Context(), passes.Recovery{Number: string(p.Number), Code: string(recovery), Device: storetest.DeviceKey(t), BirthYear: year})
		return err
	}
	mustBe(t, "after a thousand", activate(0), "")
	wrongCodes(t, d, 1)
	mustBe(t, "after one more, without the year", activate(0), "birth_year_needed")
	mustBe(t, "with another year", activate(1986), "code_unknown")
	mustBe(t, "with the year", activate(1987), "")
	mustBe(t, "a recovery without the year", recovers(0), "birth_year_needed")
	mustBe(t, "a recovery with another year", recovers(1986), "code_unknown")
	mustBe(t, "a recovery with the year", recovers(1987), "")
	n := storetest.NewPass()
	community(&n)
	unit, err := d.Issue(t.Context(), d.Worker, n)
	mustBe(t, "issue to the distributor", err, "")
	_, err = d.Activate(t.Context(), passes.Activation{Code: d.Code(t, unit, false), Device: storetest.DeviceKey(t), BirthYear: 2000})
	mustBe(t, "a community pass, which has no year", err, "")
	d.Wait(30 * time.Minute)
	mustBe(t, "when the first of them are over an hour ago", activate(0), "")
}
