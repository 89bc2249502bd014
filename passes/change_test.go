package passes_test

import (
	"testing"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store/storetest"
)

func on(t *testing.T, d *storetest.Desk, day models.Day) {
	t.Helper()
	d.Wait(day.At(12, 0).Sub(d.Clock()))
}

func TestRenew(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		on   models.Day
		want models.Day
	}{
		"before its end it goes on from its last day": {"2027-10-01", "2028-11-22"},
		"on its last day too":                         {"2027-11-22", "2028-11-22"},
		"and in grace":                                {"2027-12-22", "2028-11-22"},
		"later it begins anew":                        {"2027-12-23", "2028-12-22"},
		"from 28 February of a leap year":             {"2028-02-28", "2029-02-27"},
		"from 29 February to 28 February less a day":  {"2028-02-29", "2029-02-27"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			p, _ := d.Activated(t)
			on(t, d, test.on)
			renewed, err := d.Renew(t.Context(), d.Worker, p.ID, p.Last)
			mustBe(t, "renew", err, "")
			if renewed.Last != test.want {
				t.Errorf("it is valid to %s, want %s", renewed.Last, test.want)
			}
			again, err := d.Renew(t.Context(), d.Worker, p.ID, p.Last)
			mustBe(t, "the same request again", err, "")
			if again.Last != test.want {
				t.Errorf("renewed twice, to %s", again.Last)
			}
			_, err = d.Renew(t.Context(), d.Worker, p.ID, "2050-01-01")
			mustBe(t, "with a last day that it never had", err, "pass_changed")
		})
	}
}

func TestRenewalTakesTheRulesOfItsDayAndAnswersTheHolder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, holder := d.Activated(t)
	asked, err := d.AskToRenew(t.Context(), holder)
	mustBe(t, "ask", err, "")
	again, err := d.AskToRenew(t.Context(), holder)
	mustBe(t, "ask again", err, "")
	if asked.RenewAsked != "2026-11-23" || again.Version != asked.Version {
		t.Errorf("asked on %s, version %d and then %d", asked.RenewAsked, asked.Version, again.Version)
	}
	rules := models.DefaultRules()
	rules.ValidMonths, rules.GraceDays, rules.UnlinkDays, rules.ChildAge = 24, 7, 60, 16
	if _, err := d.Store.SetRules(t.Context(), "kainuu", models.DatedRules{From: "2027-01-01", Rules: rules}, models.AuditEntry{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	on(t, d, "2027-11-01")
	renewed, err := d.Renew(t.Context(), d.Worker, p.ID, p.Last)
	mustBe(t, "renew", err, "")
	if renewed.RenewAsked != "" || renewed.Last != "2029-11-22" || renewed.GraceDays != 7 || renewed.UnlinkDays != 60 || renewed.ChildAge != 16 {
		t.Errorf("got %+v", renewed)
	}
	_, err = d.Revoke(t.Context(), d.Worker, p.ID, models.MovedAway)
	mustBe(t, "revoke", err, "")
	_, err = d.Renew(t.Context(), d.Worker, p.ID, renewed.Last)
	mustBe(t, "renew a revoked pass", err, "pass_ended")
}

func TestSuspendResumeRevoke(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, _ := d.Activated(t)
	do := func(what string, act func() (models.Pass, error), code string, want models.PassState) {
		t.Helper()
		_, err := act()
		mustBe(t, what, err, code)
		if got := stored(t, d, p.ID).State; got != want {
			t.Errorf("%s: the pass is %s, want %s", what, got, want)
		}
	}
	suspend := func(reason models.ReasonForChange) func() (models.Pass, error) {
		return func() (models.Pass, error) { return d.Suspend(t.Context(), d.Worker, p.ID, reason) }
	}
	resume := func() (models.Pass, error) { return d.Resume(t.Context(), d.Worker, p.ID, "") }
	revoke := func() (models.Pass, error) { return d.Revoke(t.Context(), d.Worker, p.ID, models.AskedByHolder) }
	do("suspend without a reason", suspend(""), "invalid_field", models.Active)
	do("suspend with words of one's own", suspend("Aino is away"), "invalid_field", models.Active)
	do("suspend", suspend(models.Misuse), "", models.Suspended)
	do("suspend again", suspend(models.Misuse), "", models.Suspended)
	do("resume", resume, "", models.Active)
	do("resume again", resume, "", models.Active)
	do("revoke", revoke, "", models.Revoked)
	do("revoke again", revoke, "", models.Revoked)
	do("resume what is revoked", resume, "pass_ended", models.Revoked)
	do("suspend what is revoked", suspend(models.Misuse), "pass_ended", models.Revoked)
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := func(s string) *string { return &s }
	number := func(n int) *int { return &n }
	for sentence, test := range map[string]struct {
		correction passes.Correction
		code       string
		want       string // children, language, postal code, municipality
	}{
		"children":                         {passes.Correction{Children: number(3)}, "", "3 fi 87100 205"},
		"children to none":                 {passes.Correction{Children: number(0)}, "", "0 fi 87100 205"},
		"the language":                     {passes.Correction{Language: text("sv")}, "", "2 sv 87100 205"},
		"the postal code":                  {passes.Correction{PostalCode: text("90100")}, "", "2 fi 90100 564"},
		"to a municipality alone":          {passes.Correction{Municipality: text("205")}, "", "2 fi  205"},
		"all at once, with a reason":       {passes.Correction{Children: number(1), Language: text("en"), PostalCode: text("57100"), Reason: models.Mistake}, "", "1 en 57100 740"},
		"not both kinds of home":           {passes.Correction{PostalCode: text("90100"), Municipality: text("205")}, "invalid_field", "2 fi 87100 205"},
		"not to nowhere":                   {passes.Correction{PostalCode: text("")}, "invalid_field", "2 fi 87100 205"},
		"not to 16 children":               {passes.Correction{Children: number(16)}, "invalid_field", "2 fi 87100 205"},
		"not to another language":          {passes.Correction{Language: text("Aino")}, "invalid_field", "2 fi 87100 205"},
		"not nothing":                      {passes.Correction{}, "invalid_field", "2 fi 87100 205"},
		"not for words of one's own":       {passes.Correction{Children: number(3), Reason: "Aino had a baby"}, "invalid_field", "2 fi 87100 205"},
		"not what somebody else corrected": {passes.Correction{Children: number(3), Version: 7}, "pass_changed", "2 fi 87100 205"},
		"what the worker saw":              {passes.Correction{Children: number(3), Version: 1}, "", "3 fi 87100 205"},
	} {
		p := d.Issued(t)
		_, err := d.Correct(t.Context(), d.Worker, p.ID, test.correction)
		mustBe(t, sentence, err, test.code)
		p = stored(t, d, p.ID)
		if got := facts(&p); got != test.want {
			t.Errorf("%s: got %q, want %q", sentence, got, test.want)
		}
	}
}

func TestAHoldersOwnChanges(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, holder := d.Activated(t)
	_, err := d.ChangeLanguage(t.Context(), holder, "sv")
	mustBe(t, "language", err, "")
	_, err = d.ChangeLanguage(t.Context(), holder, "xx")
	mustBe(t, "no language", err, "invalid_field")
	mine, network, held, err := d.MyPass(t.Context(), holder)
	if err != nil || mine.Language != "sv" || network.ID != "kainuu" || held.Notices != 1 {
		t.Errorf("got %+v of %s with %+v, %v", mine, network.ID, held, err)
	}
	other, _ := d.Activated(t)
	stranger := models.Actor{Role: models.HolderRole, Pass: other.ID, Phone: holder.Phone}
	mustBe(t, "another phone erases it", d.Erase(t.Context(), stranger, other.ID, ""), "not_this_phone")
	mustBe(t, "erase", d.Erase(t.Context(), holder, p.ID, models.AskedByHolder), "")
	_, _, _, err = d.MyPass(t.Context(), holder)
	mustBe(t, "it is gone", err, "no_such_pass")
}
