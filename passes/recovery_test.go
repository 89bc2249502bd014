package passes_test

import (
	"errors"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store/storetest"
)

// lost is a pass whose holder has its number and its recovery code, and a new phone.
type lost struct {
	*storetest.Desk
	pass models.Pass
	old  models.Actor
	said passes.Recovery
}

func newLost(t *testing.T, d *storetest.Desk) *lost {
	t.Helper()
	p, holder := d.Activated(t)
	_, code, err := d.NewRecoveryCode(t.Context(), holder, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := passes.Recovery{Number: string(p.Number), Code: string(code), Device: storetest.DeviceKey(t)}
	return &lost{Desk: d, pass: p, old: holder, said: r}
}

func (l *lost) recover(t *testing.T) (passes.Activated, error) {
	t.Helper()
	return l.Recover(t.Context(), l.said)
}

func TestRecover(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for sentence, test := range map[string]struct {
		before func(t *testing.T, l *lost)
		code   string
	}{
		"the code and the number move the pass to the new phone": {func(*testing.T, *lost) {}, ""},
		"a wrong code is unknown":                                {func(_ *testing.T, l *lost) { l.said.Code = drawn(models.RecoveryCode) }, "code_unknown"},
		"a number that is no pass's is no less wrong":            {func(_ *testing.T, l *lost) { l.said.Number = drawn(models.PassNumber) }, "code_unknown"},
		"the number of another pass is wrong":                    {func(t *testing.T, l *lost) { l.said.Number = string(l.Issued(t).Number) }, "code_unknown"},
		"the two in each other's place are told so":              {func(_ *testing.T, l *lost) { l.said.Number, l.said.Code = l.said.Code, l.said.Number }, "wrong_digits_kind"},
		"an activation code is told so":                          {func(_ *testing.T, l *lost) { l.said.Code = drawn(models.ActivationCode) }, "wrong_digits_kind"},
		"a newer code ends the older": {func(t *testing.T, l *lost) {
			_, _, err := l.NewRecoveryCode(t.Context(), l.old, l.pass.ID)
			mustBe(t, "a newer code", err, "")
		}, "code_unknown"},
		"it works when the old phone was stopped": {func(t *testing.T, l *lost) {
			_, err := l.StopPhone(t.Context(), l.Worker, l.pass.ID)
			mustBe(t, "stop", err, "")
		}, ""},
		"not while the pass is suspended": {func(t *testing.T, l *lost) {
			_, err := l.Suspend(t.Context(), l.Worker, l.pass.ID, models.Misuse)
			mustBe(t, "suspend", err, "")
		}, "pass_suspended"},
		"not when it is revoked": {func(t *testing.T, l *lost) {
			_, err := l.Revoke(t.Context(), l.Worker, l.pass.ID, models.Misuse)
			mustBe(t, "revoke", err, "")
		}, "code_unknown"},
	} {
		l := newLost(t, d)
		test.before(t, l)
		a, err := l.recover(t)
		mustBe(t, sentence, err, test.code)
		if err != nil {
			continue
		}
		if a.Pass.LivePhone().ID != a.Phone || a.Recovery.Kind() != models.RecoveryCode {
			t.Errorf("%s: got %+v", sentence, a)
		}
		_, err = l.Holding(t.Context(), l.old.Pass, l.old.Phone)
		mustBe(t, sentence+", the old phone", err, "not_this_phone")
	}
}

func TestTheSameRecoveryAgainHasTheSameAnswer(t *testing.T) {
	t.Parallel()
	l := newLost(t, newDesk(t))
	first, err := l.recover(t)
	mustBe(t, "the first time", err, "")
	for range 10 { // more often than wrong tries are taken
		again, err := l.recover(t)
		mustBe(t, "again", err, "")
		if again.Recovery != first.Recovery || again.Phone != first.Phone || again.Pass.Version != first.Pass.Version {
			t.Errorf("got %v, then %v", first, again)
		}
	}
	other := l.said
	other.Device = storetest.DeviceKey(t)
	_, err = l.Recover(t.Context(), other)
	mustBe(t, "with another key", err, "code_used")
	l.Wait(72*time.Hour + time.Second)
	_, err = l.recover(t)
	mustBe(t, "after 72 hours", err, "code_used")
	l.said.Code, l.said.Device = string(first.Recovery), storetest.DeviceKey(t)
	_, err = l.recover(t)
	mustBe(t, "the next code", err, "")
}

func TestARecoveryThatIsRepeatedDoesNotShowACodeThatHasEnded(t *testing.T) {
	t.Parallel()
	l := newLost(t, newDesk(t))
	first, err := l.recover(t)
	mustBe(t, "the first time", err, "")
	by := models.Actor{Role: models.HolderRole, Pass: l.pass.ID, Phone: first.Phone}
	_, _, err = l.NewRecoveryCode(t.Context(), by, l.pass.ID)
	mustBe(t, "a newer code", err, "")
	again, err := l.recover(t)
	mustBe(t, "again", err, "")
	if again.Recovery != "" || again.Phone != first.Phone {
		t.Errorf("got %+v", again)
	}
}

func TestAWorkerCanUndoARecovery(t *testing.T) {
	t.Parallel()
	l := newLost(t, newDesk(t))
	_, err := l.recover(t)
	mustBe(t, "recover", err, "")
	_, err = l.UndoReplacement(t.Context(), l.Worker, l.pass.ID)
	mustBe(t, "undo", err, "")
	_, err = l.Holding(t.Context(), l.old.Pass, l.old.Phone)
	mustBe(t, "the old phone", err, "")
}

func TestFiveWrongRecoveryCodesAnHour(t *testing.T) {
	t.Parallel()
	l := newLost(t, newDesk(t))
	l.Wait(20 * time.Minute)
	right := l.said.Code
	for sentence, number := range map[string]string{"of a pass": l.said.Number, "of no pass": drawn(models.PassNumber)} {
		l.said.Number, l.said.Code = number, drawn(models.RecoveryCode)
		for range 5 {
			_, err := l.recover(t)
			mustBe(t, "a wrong code "+sentence, err, "code_unknown")
		}
		_, err := l.recover(t)
		mustBe(t, "the sixth "+sentence, err, "too_many_tries")
		e := new(models.Error)
		if errors.As(err, &e); e.RetryAfter != 40*60 {
			t.Errorf("%s: try again after %d s", sentence, e.RetryAfter)
		}
	}
	l.said.Number, l.said.Code = string(l.pass.Number), right
	_, err := l.recover(t)
	mustBe(t, "the right code now", err, "too_many_tries")
	l.Wait(40 * time.Minute)
	_, err = l.recover(t)
	mustBe(t, "the right code then", err, "")
}
