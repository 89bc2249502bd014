package passes_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
	"kaikukortti/store/storetest"
)

func takeCredential(t *testing.T, d *storetest.Desk, by models.Actor) passes.SignedCredential {
	t.Helper()
	c, err := d.Credential(t.Context(), by, storetest.PublicKey(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAPhoneShowsACodeThatVerifies(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, holder := d.Activated(t)
	codeKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Credential(t.Context(), holder, &codeKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text, err := kp1.SignCode(codeKey, c.Bytes, d.Clock().Unix())
	if err != nil {
		t.Fatal(err)
	}
	code, err := kp1.NewVerifier(d.Ring.PublicIssuer, 1).Verify(text)
	if err != nil || code.Kind != kp1.KindPhone || code.Children != 2 || code.CTI != passes.CTIOf(d.Keys, holder.Pass, 1) ||
		code.Exp != d.Clock().Add(models.CredentialLife).Unix() {
		t.Errorf("got %+v, %v", code, err)
	}
}

// The next request comes after something; fresh says whether it gets a new id.
func TestWhenACredentialIsNew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	two, five := 2, 5
	for sentence, test := range map[string]struct {
		between func(t *testing.T, d *storetest.Desk, by models.Actor) error
		fresh   bool
	}{
		"at once it is the same": {func(*testing.T, *storetest.Desk, models.Actor) error { return nil }, false},
		"until it is half a week old it is the same": {func(_ *testing.T, d *storetest.Desk, _ models.Actor) error {
			d.Wait(models.CredentialRenew - time.Second)
			return nil
		}, false},
		"then it is new": {func(_ *testing.T, d *storetest.Desk, _ models.Actor) error {
			d.Wait(models.CredentialRenew)
			return nil
		}, true},
		"another number of children makes it new": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			_, err := d.Correct(t.Context(), d.Worker, by.Pass, passes.Correction{Children: &five})
			return err
		}, true},
		"the same number of children does not": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			_, err := d.Correct(t.Context(), d.Worker, by.Pass, passes.Correction{Children: &two})
			return err
		}, false},
		"another language does not": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			_, err := d.ChangeLanguage(t.Context(), by, "sv")
			return err
		}, false},
		"renewing long before the end does not": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			_, err := d.Renew(t.Context(), d.Worker, by.Pass, stored(t, d, by.Pass).Last)
			return err
		}, false},
		"suspended and resumed it is the same": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			if _, err := d.Suspend(t.Context(), d.Worker, by.Pass, models.Mistake); err != nil {
				return err
			}
			_, err := d.Resume(t.Context(), d.Worker, by.Pass, models.Mistake)
			return err
		}, false},
		"on another phone and back it is the same": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			d.ActivatedOf(t, stored(t, d, by.Pass))
			_, err := d.UndoReplacement(t.Context(), d.Worker, by.Pass)
			return err
		}, false},
		"a rotated issuer key does not": {func(t *testing.T, d *storetest.Desk, _ models.Actor) error {
			_, err := d.Ring.Rotate(t.Context(), models.IssuerKey, true, models.Actor{})
			return err
		}, false},
	} {
		_, holder := d.Activated(t)
		first := takeCredential(t, d, holder)
		mustBe(t, sentence+", between", test.between(t, d, holder), "")
		next := takeCredential(t, d, holder)
		if fresh := next.CTI != first.CTI; fresh != test.fresh || !fresh && !next.Exp.Equal(first.Exp) {
			t.Errorf("%s: got %s to %s, then %s to %s", sentence, first.CTI, first.Exp, next.CTI, next.Exp)
		}
		want := int64(1)
		if test.fresh {
			want = 2
		}
		if p := stored(t, d, holder.Pass); p.CredentialNo != want || next.CTI != models.CTI(passes.CTIOf(d.Keys, p.ID, want).String()) {
			t.Errorf("%s: it is number %d", sentence, p.CredentialNo)
		}
	}
}

func TestAnotherPhoneGetsAnotherCredential(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, first := d.Activated(t)
	old := takeCredential(t, d, first)
	_, second := d.ActivatedOf(t, p)
	if takeCredential(t, d, second).CTI == old.CTI {
		t.Error("two phones show one id")
	}
	_, err := d.Credential(t.Context(), first, storetest.PublicKey(t))
	mustBe(t, "the phone before", err, "not_this_phone")
}

func TestUntilWhenACredentialLives(t *testing.T) {
	t.Parallel()
	end := models.Day("2027-12-22").End() // the last day, 2027-11-22, with 30 days of grace
	for sentence, test := range map[string]struct {
		at   time.Time
		exp  time.Time
		code string
	}{
		"14 days":                               {storetest.DeskStart, storetest.DeskStart.Add(models.CredentialLife), ""},
		"in grace it goes to its end":           {end.Add(-3 * 24 * time.Hour), end, ""},
		"the last second":                       {end.Add(-time.Second), end, ""},
		"after grace there is none":             {end, time.Time{}, "pass_expired"},
		"past the last day, 14 days go on":      {models.Day("2027-11-25").Start(), models.Day("2027-11-25").Start().Add(models.CredentialLife), ""},
		"two weeks and a second before the end": {end.Add(-models.CredentialLife - time.Second), end.Add(-time.Second), ""},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			_, holder := d.Activated(t)
			d.Wait(test.at.Sub(d.Clock()))
			c, err := d.Credential(t.Context(), holder, storetest.PublicKey(t))
			mustBe(t, "credential", err, test.code)
			if !c.Exp.Equal(test.exp) {
				t.Errorf("it lives to %s, want %s", c.Exp, test.exp)
			}
		})
	}
}

func TestAPilotsLastDayEndsItsCredentialsAndExtendingItTheyGoOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Worker = storetest.WorkerAt("oulun", "oulu")
	n := storetest.NewPass()
	n.PostalCode = "90100"
	p, err := d.Issue(t.Context(), d.Worker, n)
	mustBe(t, "issue", err, "")
	_, holder := d.ActivatedOf(t, p)
	d.Wait(models.Day("2026-12-30").Start().Sub(d.Clock()))
	first := takeCredential(t, d, holder)
	if !first.Exp.Equal(models.Day("2026-12-31").End()) {
		t.Errorf("it lives to %s", first.Exp)
	}
	if _, err := d.Store.ExtendPilot(t.Context(), "oulu", "2027-01-31", models.AuditEntry{ID: "e"}); err != nil {
		t.Fatal(err)
	}
	next := takeCredential(t, d, holder)
	if next.CTI == first.CTI || !next.Exp.Equal(d.Clock().Add(models.CredentialLife)) {
		t.Errorf("after extending the pilot it lives to %s", next.Exp)
	}
}

func TestWhoGetsNoCredential(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for sentence, test := range map[string]struct {
		before func(t *testing.T, d *storetest.Desk, by models.Actor) error
		code   string
		kind   models.Kind
	}{
		"a suspended pass": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			_, err := d.Suspend(t.Context(), d.Worker, by.Pass, models.Misuse)
			return err
		}, "pass_suspended", models.Forbidden},
		"a revoked pass": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			_, err := d.Revoke(t.Context(), d.Worker, by.Pass, models.Misuse)
			return err
		}, "pass_ended", models.Forbidden},
		"a phone that was stopped": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			_, err := d.StopPhone(t.Context(), d.Worker, by.Pass)
			return err
		}, "not_this_phone", models.Unauthenticated},
		"an erased pass": {func(t *testing.T, d *storetest.Desk, by models.Actor) error {
			return d.Erase(t.Context(), by, by.Pass, models.AskedByHolder)
		}, "no_such_pass", models.NotFound},
	} {
		_, holder := d.Activated(t)
		mustBe(t, sentence+", before", test.before(t, d, holder), "")
		_, err := d.Credential(t.Context(), holder, storetest.PublicKey(t))
		e := new(models.Error)
		if !errors.As(err, &e) || e.Code != test.code || e.Kind != test.kind {
			t.Errorf("%s: got %v", sentence, err)
		}
	}
}

// A phone whose pass is suspended or revoked may still ask why, and erase it; one that carries it no more may do nothing.
func TestHolding(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, holder := d.Activated(t)
	thumbprint := p.LivePhone().Thumbprint
	hold := func(what, code string) {
		t.Helper()
		by, err := d.Holding(t.Context(), holder.Pass, holder.Phone)
		mustBe(t, what, err, code)
		if err == nil && by != holder {
			t.Errorf("%s: the holder is %+v", what, by)
		}
		who, key, err := d.DeviceByThumbprint(t.Context(), thumbprint)
		mustBe(t, what+", by its key", err, code)
		if err == nil && (who != holder || string(key) != string(p.LivePhone().Key)) {
			t.Errorf("%s: the key is %+v's", what, who)
		}
	}
	hold("a live phone", "")
	_, err := d.Suspend(t.Context(), d.Worker, p.ID, models.Misuse)
	mustBe(t, "suspend", err, "")
	hold("of a suspended pass", "")
	_, err = d.Revoke(t.Context(), d.Worker, p.ID, models.Misuse)
	mustBe(t, "revoke", err, "")
	hold("of a revoked pass", "")
	_, err = d.StopPhone(t.Context(), d.Worker, p.ID)
	mustBe(t, "stop", err, "")
	hold("a phone that was stopped", "not_this_phone")
	_, _, err = d.DeviceByThumbprint(t.Context(), "nobody's")
	mustBe(t, "a key of nobody", err, "no_such_pass")
	_, err = d.Holding(t.Context(), "nobody's", holder.Phone)
	mustBe(t, "a pass that is not", err, "not_this_phone")
}

func TestACommunityPass(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n := storetest.NewPass()
	community(&n)
	p, err := d.Issue(t.Context(), d.Worker, n)
	mustBe(t, "issue", err, "")
	_, holder := d.ActivatedOf(t, p)
	if c := takeCredential(t, d, holder); c.CodeKind != int(kp1.KindCommunityPhone) || c.Children != 0 {
		t.Errorf("its phone shows kind %d with %d children", c.CodeKind, c.Children)
	}
	printed, err := d.PrintPaper(t.Context(), d.Worker, p.ID)
	mustBe(t, "print", err, "")
	code, err := kp1.NewVerifier(d.Ring.PublicIssuer, 1).Verify(printed.Code)
	if err != nil || code.Kind != kp1.KindCommunityPaper {
		t.Errorf("its paper shows %+v, %v", code, err)
	}
	one := 1
	_, err = d.Correct(t.Context(), d.Worker, p.ID, passes.Correction{Children: &one})
	mustBe(t, "children of its own", err, "invalid_field")
}

func TestPaper(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := d.Issued(t)
	first, err := d.PrintPaper(t.Context(), d.Worker, p.ID)
	mustBe(t, "print", err, "")
	code, err := kp1.NewVerifier(d.Ring.PublicIssuer, 1).Verify(first.Code)
	if err != nil || code.Kind != kp1.KindPaper || code.Children != 2 || code.Exp != models.Day("2027-12-22").End().Unix() {
		t.Errorf("the code is %+v, %v", code, err)
	}
	if first.Pass.State != models.Active || first.Number.Kind() != models.PaperNumber {
		t.Errorf("the pass is %s, the number %s", first.Pass.State, first.Number)
	}
	second, err := d.PrintPaper(t.Context(), d.Worker, p.ID)
	mustBe(t, "print anew", err, "")
	for _, print := range []passes.Print{first, second} {
		found, err := d.Store.LookupPaper(t.Context(), d.Keys.Hash("paper", string(print.Number)))
		if err != nil || found.ID != p.ID {
			t.Errorf("the number %s finds %s, %v", print.Number, found.ID, err)
		}
	}
	now := stored(t, d, p.ID)
	if live := now.LivePaper(); len(now.Papers) != 2 || live.Number != d.Keys.Hash("paper", string(second.Number)) {
		t.Errorf("the papers are %+v", now.Papers)
	}
	d.Wait(models.Day("2027-12-23").Start().Sub(d.Clock()))
	_, err = d.PrintPaper(t.Context(), d.Worker, p.ID)
	mustBe(t, "after grace", err, "pass_expired")
}

func TestSpokenCode(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, holder := d.Activated(t)
	first, until, err := d.SpokenCode(t.Context(), holder)
	mustBe(t, "a code", err, "")
	if first.Kind() != models.SpokenCode || until.Sub(d.Clock()) != 5*time.Minute {
		t.Errorf("got %s until %s", first, until)
	}
	find := func(code models.Digits) error {
		_, err := d.Store.LookupSpoken(t.Context(), d.Keys.Hash("spoken", string(code)))
		return err
	}
	mustBe(t, "it is found", find(first), "")
	second, _, err := d.SpokenCode(t.Context(), holder)
	mustBe(t, "another", err, "")
	mustBe(t, "the first has ended", find(first), "no_such_pass")
	d.ActivatedOf(t, p)
	mustBe(t, "the second ended with the phone", find(second), "no_such_pass")
	_, _, err = d.SpokenCode(t.Context(), holder)
	mustBe(t, "the phone before gets none", err, "not_this_phone")
}
