package storetest_test

import (
	"errors"
	"fmt"
	"testing"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

func TestNoQueryAboutPassesReadsEverything(t *testing.T) {
	t.Parallel()
	watched(t, func(t *testing.T, s *store.Store, engine store.Engine, asked func() map[string]store.Query) {
		liveThrough(t, storetest.DeskOn(t, s))
		queries := asked()
		if len(queries) < 35 {
			t.Errorf("only %d queries were seen", len(queries))
		}
		for text, q := range queries {
			var collection string
			if _, err := fmt.Sscan(text, &collection); err != nil {
				t.Fatal(err)
			}
			if plan, err := engine.Explain(t.Context(), collection, q); err != nil || plan.FullScan {
				t.Errorf("%s: %v reads everything: %s", text, err, plan.Text)
			}
		}
	})
}

// liveThrough asks everything that is asked in the life of a pass.
func liveThrough(t *testing.T, d *storetest.Desk) {
	t.Helper()
	ctx, s, w := t.Context(), d.Store, d.Worker
	n := storetest.NewPass()
	n.Idempotency = &models.Idempotency{Key: "k", Body: "b"}
	n.Answers = []models.Answer{{Question: "gender", Answer: "man"}}
	p, errIssue := d.Issue(ctx, w, n)
	p, holder := d.ActivatedOf(t, p)
	_, errTake := d.Credential(ctx, holder, storetest.PublicKey(t))
	_, errAgain := d.Credential(ctx, holder, storetest.PublicKey(t))
	printed, errPrint := d.PrintPaper(ctx, w, p.ID)
	spoken, _, errSpoken := d.SpokenCode(ctx, holder)
	_, code, errCode := d.NewRecoveryCode(ctx, holder, p.ID)
	_, _, _, errMine := d.MyPass(ctx, holder)
	opened, errOpen := d.OpenRequest(ctx, "192.0.2.1", storetest.DeviceKey(t))
	only := func(_ any, err error) error { return err }
	err := errors.Join(errIssue, errTake, errAgain, errPrint, errSpoken, errCode, errMine, errOpen,
		only(s.LookupPaper(ctx, d.Keys.Hash("paper", string(printed.Number)))),
		only(s.LookupSpoken(ctx, d.Keys.Hash("spoken", string(spoken)))),
		only(s.PassesByID(ctx, []models.PassID{p.ID})),
		only(s.RevokedCTIs(ctx, d.Clock(), []models.NetworkID{"oulu"})),
		only(s.PassByThumbprint(ctx, p.LivePhone().Thumbprint)),
		only(d.Recover(ctx, passes.Recovery{Number: string(p.Number), Code: string(code), Device: storetest.DeviceKey(t)})),
		only(d.Bind(ctx, w, p.ID, string(opened.Digits), true)),
		findEverything(t, d),
		d.SpendJTI(ctx, "jti", d.Clock()),
		only(d.Ring.Rotate(ctx, models.IssuerKey, true, models.Actor{})), d.Ring.Retire(ctx), d.Ring.EnsureKeys(ctx),
		d.MovePasses(ctx, models.Actor{}, "sote", "klubi"),
		d.Erase(ctx, storetest.WorkerAt("klubi", "kainuu"), p.ID, ""), d.ResumeErasures(ctx),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// findEverything asks with each filter, and for a second page of both parts of the list.
func findEverything(t *testing.T, d *storetest.Desk) error {
	t.Helper()
	none := 0
	filters := []models.PassFilter{
		{},
		{Number: "5"},
		{IssuedBy: "w"},
		{Month: "2026-11"},
		{BirthYear: 1987},
		{PostalCode: "87100"},
		{Children: &none},
		{State: models.Active},
		{EndsFrom: "2026-11-01", EndsTo: "2026-12-01"},
		{Asked: true},
		{After: &models.PassPlace{Asked: "2026-11-23", ID: "x"}},
		{After: &models.PassPlace{IssuedAt: d.Clock(), ID: "x"}},
		{Asked: true, After: &models.PassPlace{Asked: "2026-11-23", ID: "x"}},
	}
	var errs []error
	for _, f := range filters {
		f.Limit = 10
		_, err := d.Store.FindPasses(t.Context(), "sote", f)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
