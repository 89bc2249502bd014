package passes_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store/storetest"
)

// codeOf is the problem code of an error; empty for success.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	e := new(models.Error)
	if err != nil && !errors.As(err, &e) {
		t.Errorf("an error that is no problem: %v", err)
		return err.Error()
	}
	return e.Code
}

func mustBe(t *testing.T, what string, err error, code string) {
	t.Helper()
	if got := codeOf(t, err); got != code {
		t.Errorf("%s: got %q, want %q", what, got, code)
	}
}

func newDesk(t *testing.T) *storetest.Desk {
	t.Helper()
	return storetest.DeskOn(t, storetest.SQLite(t))
}

func stored(t *testing.T, d *storetest.Desk, id models.PassID) models.Pass {
	t.Helper()
	p, err := d.Store.LookupPass(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestIssue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for sentence, test := range map[string]struct {
		change func(*passes.NewPass)
		code   string
	}{
		"with a birth year, a postal code and children":   {func(*passes.NewPass) {}, ""},
		"to somebody who turns 16 this year":              {func(n *passes.NewPass) { n.BirthYear = 2010 }, ""},
		"not to somebody who turns 16 next year":          {func(n *passes.NewPass) { n.BirthYear = 2011 }, "too_young"},
		"not without a birth year":                        {func(n *passes.NewPass) { n.BirthYear = 0 }, "invalid_field"},
		"not to somebody who is not born yet":             {func(n *passes.NewPass) { n.BirthYear = 2027 }, "invalid_field"},
		"with a municipality alone":                       {func(n *passes.NewPass) { n.PostalCode, n.Municipality = "", "205" }, ""},
		"not with both":                                   {func(n *passes.NewPass) { n.Municipality = "205" }, "invalid_field"},
		"not with neither":                                {func(n *passes.NewPass) { n.PostalCode = "" }, "invalid_field"},
		"to somebody who lives in another network":        {func(n *passes.NewPass) { n.PostalCode = "90100" }, ""},
		"not to somebody who lives in none":               {func(n *passes.NewPass) { n.PostalCode = "00100" }, "no_such_municipality"},
		"not in a municipality that is in none":           {func(n *passes.NewPass) { n.PostalCode, n.Municipality = "", "091" }, "no_such_municipality"},
		"not with a street in the place of a postal code": {func(n *passes.NewPass) { n.PostalCode = "Kauppakatu 1" }, "invalid_field"},
		"with 15 children":                                {func(n *passes.NewPass) { n.Children = 15 }, ""},
		"not with 16":                                     {func(n *passes.NewPass) { n.Children = 16 }, "invalid_field"},
		"not with less than none":                         {func(n *passes.NewPass) { n.Children = -1 }, "invalid_field"},
		"in Swedish":                                      {func(n *passes.NewPass) { n.Language = "sv" }, ""},
		"not in a language without words":                 {func(n *passes.NewPass) { n.Language = "se" }, "invalid_field"},
		"not with a name as version of the terms":         {func(n *passes.NewPass) { n.TermsVersion = "Aino Virtanen" }, "invalid_field"},
		"not without the day of the terms":                {func(n *passes.NewPass) { n.TermsDay = "" }, "invalid_field"},
		"not with terms of next week":                     {func(n *passes.NewPass) { n.TermsDay = "2026-11-30" }, "invalid_field"},
		"not with an answer that is not on the list":      {answered("gender", "Aino Virtanen"), "invalid_field"},
		"not with a question that is not on the list":     {answered("name", "other"), "invalid_field"},
		"not with two answers to one question":            {answered("gender", "man", "gender", "woman"), "invalid_field"},
		"with answers":                                    {answered("gender", "other", "life_situation", "pensioner"), ""},
		"to the distributor itself":                       {community, ""},
		"not to the distributor with a birth year":        {func(n *passes.NewPass) { n.Community = true }, "invalid_field"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			n := storetest.NewPass()
			test.change(&n)
			p, err := d.Issue(t.Context(), d.Worker, n)
			mustBe(t, "issue", err, test.code)
			if err == nil && (p.State != models.Issued || p.Number.Kind() != models.PassNumber || p.Municipality == "") {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func community(n *passes.NewPass) { n.Community, n.BirthYear, n.Children = true, 0, 0 }

func answered(pairs ...string) func(*passes.NewPass) {
	return func(n *passes.NewPass) {
		for i := 0; i < len(pairs); i += 2 {
			n.Answers = append(n.Answers, models.Answer{Question: pairs[i], Answer: pairs[i+1]})
		}
	}
}

func TestAPassIsValidAsTheNetworkSaysOnTheDayOfIssue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rules := models.DefaultRules()
	rules.ValidMonths, rules.GraceDays, rules.ChildAge = 6, 10, 16
	if _, err := d.Store.SetRules(t.Context(), "kainuu", models.DatedRules{From: "2026-12-01", Rules: rules}, models.AuditEntry{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	before := d.Issued(t)
	d.Wait(9 * 24 * time.Hour)
	after := d.Issued(t)
	got := fmt.Sprint(before.First, before.Last, before.GraceDays, before.ChildAge, after.First, after.Last, after.GraceDays, after.ChildAge)
	if want := fmt.Sprint(models.Day("2026-11-23"), models.Day("2027-11-22"), 30, 18, models.Day("2026-12-02"), models.Day("2027-06-01"), 10, 16); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAnEndedPilotIssuesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n, worker := storetest.NewPass(), storetest.WorkerAt("oulun", "oulu")
	n.PostalCode = "90100"
	_, err := d.Issue(t.Context(), worker, n)
	mustBe(t, "while it runs", err, "")
	d.Wait(60 * 24 * time.Hour)
	_, err = d.Issue(t.Context(), worker, n)
	mustBe(t, "after its last day", err, "network_not_running")
}

// everyAction is all that a worker can do with one pass.
func everyAction(d *storetest.Desk, by models.Actor, id models.PassID) map[string]func(t *testing.T) error {
	two := 2
	plain := func(_ models.Pass, err error) error { return err }
	return map[string]func(t *testing.T) error{
		"read": func(t *testing.T) error { return plain(d.ReadPass(t.Context(), by, id)) },
		"activation-code": func(t *testing.T) error {
			_, _, err := d.MakeActivationCode(t.Context(), by, id, false)
			return err
		},
		"cancel-code": func(t *testing.T) error { return plain(d.CancelCode(t.Context(), by, id)) },
		"bind": func(t *testing.T) error {
			r, err := d.OpenRequest(t.Context(), "a", storetest.DeviceKey(t))
			if err != nil {
				return err
			}
			return plain(d.Bind(t.Context(), by, id, string(r.Digits), true))
		},
		"renew":            func(t *testing.T) error { return plain(d.Renew(t.Context(), by, id, "2027-11-22")) },
		"suspend":          func(t *testing.T) error { return plain(d.Suspend(t.Context(), by, id, models.Misuse)) },
		"resume":           func(t *testing.T) error { return plain(d.Resume(t.Context(), by, id, "")) },
		"revoke":           func(t *testing.T) error { return plain(d.Revoke(t.Context(), by, id, models.MovedAway)) },
		"lost-phone":       func(t *testing.T) error { return plain(d.StopPhone(t.Context(), by, id)) },
		"undo-replacement": func(t *testing.T) error { return plain(d.UndoReplacement(t.Context(), by, id)) },
		"paper": func(t *testing.T) error {
			_, err := d.PrintPaper(t.Context(), by, id)
			return err
		},
		"recovery-code": func(t *testing.T) error {
			_, _, err := d.NewRecoveryCode(t.Context(), by, id)
			return err
		},
		"correct": func(t *testing.T) error {
			return plain(d.Correct(t.Context(), by, id, passes.Correction{Children: &two}))
		},
		"erase": func(t *testing.T) error { return d.Erase(t.Context(), by, id, "") },
	}
}

// Promise 7, as far as passes go: unknown, foreign and deleted passes answer alike, whatever is asked.
func TestAWorkerReadsAndChangesOnlyPassesOfTheOwnDistributor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, _ := d.Activated(t)
	deleted := d.Issued(t)
	if err := d.Erase(t.Context(), d.Worker, deleted.ID, ""); err != nil {
		t.Fatal(err)
	}
	nowhere := storetest.WorkerAt("", "kainuu")
	manager := models.Actor{Role: models.ManagerRole, Person: "m", Organisation: "sote", Network: "kainuu"}
	for who, target := range map[string]struct {
		by models.Actor
		id models.PassID
	}{
		"another distributor's worker":   {storetest.WorkerAt("klubi", "kainuu"), p.ID},
		"a worker without a distributor": {nowhere, p.ID},
		"a manager":                      {manager, p.ID},
		"a pass that never was":          {d.Worker, "abc"},
		"a pass that was deleted":        {d.Worker, deleted.ID},
		"no id":                          {d.Worker, ""},
	} {
		for action, do := range everyAction(d, target.by, target.id) {
			var e *models.Error
			if err := do(t); !errors.As(err, &e) || e.Code != "no_such_pass" || e.Kind != models.NotFound {
				t.Errorf("%s, %s: got %v", who, action, err)
			}
		}
	}
	if after := stored(t, d, p.ID); after.Version != p.Version {
		t.Error("somebody changed the pass")
	}
}

func TestEveryChangeIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, _ := d.Activated(t)
	for _, action := range []string{"activation-code", "cancel-code", "recovery-code", "paper", "correct", "renew", "suspend", "resume", "bind", "undo-replacement", "lost-phone", "revoke"} {
		if err := everyAction(d, d.Worker, p.ID)[action](t); err != nil {
			t.Errorf("%s: %v", action, err)
		}
	}
	if err := d.Erase(t.Context(), d.Worker, p.ID, models.AskedByHolder); err != nil {
		t.Error(err)
	}
	rows, err := d.Store.AuditRows(t.Context(), models.AuditQuery{Pass: p.ID, Before: d.Clock().Add(time.Second), Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, row := range rows.Rows {
		actions = append(actions, row.Action)
		if row.Organisation != "sote" || row.Network != "kainuu" || row.Person == "" && row.By != "holder" {
			t.Errorf("the row is %+v", row)
		}
	}
	got := strings.Join(slices.Sorted(slices.Values(actions)), " ")
	const want = "activation_code_cancelled activation_code_made activation_code_made paper_printed pass_activated pass_corrected pass_erased pass_issued " +
		"pass_renewed pass_resumed pass_revoked pass_suspended phone_replaced phone_stopped recovery_code_made replacement_undone"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
