package passes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store/storetest"
)

// facts are what can be corrected, as one line.
func facts(p *models.Pass) string {
	return fmt.Sprintf("%d %s %s %s", p.Children, p.Language, p.PostalCode, p.Municipality)
}

// register is a desk with passes a to f, issued an hour apart, and how each is called.
type register struct {
	*storetest.Desk
	names map[models.PassID]string
}

func newRegister(t *testing.T) *register {
	t.Helper()
	r := &register{newDesk(t), map[models.PassID]string{}}
	colleague := r.Worker
	colleague.Person = "colleague"
	for _, made := range []struct {
		name   string
		by     models.Actor
		change func(*passes.NewPass)
	}{
		{"a", r.Worker, func(*passes.NewPass) {}},
		{"b", colleague, func(n *passes.NewPass) { n.BirthYear = 1950 }},
		{"c", r.Worker, func(n *passes.NewPass) { n.Children = 0 }},
		{"d", r.Worker, func(n *passes.NewPass) { n.PostalCode = "90100" }},
		{"e", colleague, func(n *passes.NewPass) { n.Children = 5 }},
		{"elsewhere", storetest.WorkerAt("klubi", "kainuu"), func(*passes.NewPass) {}},
	} {
		n := storetest.NewPass()
		made.change(&n)
		p, err := r.Issue(t.Context(), made.by, n)
		if err != nil {
			t.Fatal(err)
		}
		r.names[p.ID] = made.name
		r.Wait(time.Hour)
	}
	return r
}

func (r *register) id(name string) models.PassID {
	for id, n := range r.names {
		if n == name {
			return id
		}
	}
	panic(name)
}

// list is the whole list as names, read in pages.
func (r *register) list(t *testing.T, q passes.PassQuery) string {
	t.Helper()
	var names []string
	for {
		found, next, err := r.FindPasses(t.Context(), r.Worker, q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range found {
			names = append(names, r.names[found[i].ID])
		}
		if q.Cursor = next; next == "" || len(names) > 99 {
			return strings.Join(names, " ")
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	r := newRegister(t)
	_, holder := r.ActivatedOf(t, stored(t, r.Desk, r.id("b")))
	if _, err := r.AskToRenew(t.Context(), holder); err != nil {
		t.Fatal(err)
	}
	_, other := r.ActivatedOf(t, stored(t, r.Desk, r.id("d")))
	r.Wait(24 * time.Hour)
	if _, err := r.AskToRenew(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Revoke(t.Context(), r.Worker, r.id("a"), models.MovedAway); err != nil {
		t.Fatal(err)
	}
	none := 0
	filter := func(f models.PassFilter) passes.PassQuery { return passes.PassQuery{PassFilter: f} }
	for sentence, test := range map[string]struct {
		query passes.PassQuery
		want  string
	}{
		"those who asked come first, then the newest": {passes.PassQuery{}, "d b e c a"},
		"only those who asked":                        {filter(models.PassFilter{Asked: true}), "d b"},
		"issued by me":                                {passes.PassQuery{Mine: true}, "d c a"},
		"of this month":                               {filter(models.PassFilter{Month: "2026-11"}), "d b e c a"},
		"of another month":                            {filter(models.PassFilter{Month: "2026-10"}), ""},
		"by birth year":                               {filter(models.PassFilter{BirthYear: 1950}), "b"},
		"by postal code":                              {filter(models.PassFilter{PostalCode: "90100"}), "d"},
		"by children":                                 {filter(models.PassFilter{Children: &none}), "c"},
		"never activated":                             {filter(models.PassFilter{State: models.Issued}), "e c"},
		"by another state":                            {filter(models.PassFilter{State: models.Revoked}), "a"},
		"by number":                                   {filter(models.PassFilter{Number: stored(t, r.Desk, r.id("c")).Number}), "c"},
		"not another distributor's by number":         {filter(models.PassFilter{Number: stored(t, r.Desk, r.id("elsewhere")).Number}), ""},
		"several filters together":                    {passes.PassQuery{Mine: true, PassFilter: models.PassFilter{State: models.Issued}}, "c"},
		"ends soon, which none does":                  {passes.PassQuery{EndsSoon: true}, ""},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			for limit := range 7 { // 0 is a page as long as pages get
				test.query.Limit = limit
				if got := r.list(t, test.query); got != test.want {
					t.Errorf("in pages of %d: got %q, want %q", limit, got, test.want)
				}
			}
		})
	}
	_, _, err := r.FindPasses(t.Context(), r.Worker, passes.PassQuery{Cursor: "Aino"})
	mustBe(t, "a cursor that is none", err, "invalid_field")
}

func TestEndsSoonIsWithinThirtyDays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, _ := d.Activated(t)
	ended := d.Issued(t)
	if _, err := d.Revoke(t.Context(), d.Worker, ended.ID, models.Mistake); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		on    models.Day
		found bool
	}{{"2027-10-22", false}, {"2027-10-23", true}, {"2027-11-22", true}, {"2027-11-23", false}} {
		on(t, d, test.on)
		found, _, err := d.FindPasses(t.Context(), d.Worker, passes.PassQuery{EndsSoon: true})
		if err != nil || len(found) > 1 || (len(found) == 1 && found[0].ID == p.ID) != test.found {
			t.Errorf("on %s %d are found, %v", test.on, len(found), err)
		}
	}
}

func TestPagesAreRightWhenManyWereIssuedInOneSecond(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 7 {
		d.Issued(t)
	}
	var ids []models.PassID
	q := passes.PassQuery{PassFilter: models.PassFilter{Limit: 2}}
	for pages := 0; pages == 0 || q.Cursor != "" && pages < 9; pages++ {
		found, next, err := d.FindPasses(t.Context(), d.Worker, q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range found {
			ids = append(ids, found[i].ID)
		}
		q.Cursor = next
	}
	if slices.Sort(ids); len(ids) != 7 || len(slices.Compact(ids)) != 7 {
		t.Errorf("%d passes were found", len(ids))
	}
}
