package accounts

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"kaikukortti/models"
)

// happened puts audit rows, a second apart from those before, where work leaves them.
func (o *office) happened(all ...models.AuditEntry) {
	o.Helper()
	for _, e := range all {
		row := o.row()
		e.ID, e.At = row.ID, o.clock.Now()
		if e.By == "" {
			e.By = "person"
		}
		_, err := o.store.CreateNetwork(o.Context(), models.Network{ID: models.NetworkID(e.ID), First: "2020-01-01", Status: models.Permanent}, e)
		o.must(err)
	}
}

func TestWhoReadsWhatOfTheAuditLog(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.clock.pass(time.Hour)
	o.happened(
		models.AuditEntry{Action: "a", Person: "me", Organisation: sote, Network: kainuu, Pass: "p"},
		models.AuditEntry{Action: "b", Person: "colleague", Organisation: sote, Network: kainuu},
		models.AuditEntry{Action: "c", Person: "me", Organisation: museum, Network: kainuu, Pass: "p"},
		models.AuditEntry{Action: "d", Person: "other", Organisation: opera, Network: espoo},
		models.AuditEntry{Action: "e", Person: "k", Network: kainuu},
		models.AuditEntry{Action: "f", By: "holder", Pass: "p"},
	)
	worker := models.Actor{Role: models.WorkerRole, Person: "me", Organisation: sote, Network: kainuu}
	for name, c := range map[string]struct {
		who  models.Actor
		mine bool
		rows string
	}{
		"a worker the own organisation's":         {worker, false, "ab"},
		"a worker the own rows":                   {worker, true, "a"},
		"a manager the own venue's":               {models.Actor{Role: models.ManagerRole, Person: "me", Organisation: museum}, false, "c"},
		"another manager nothing of the first's":  {models.Actor{Role: models.ManagerRole, Person: "x", Organisation: opera}, false, "d"},
		"a coordinator the network's":             {models.Actor{Role: models.Coordinator, Person: "k", Network: kainuu}, false, "abce"},
		"a coordinator the own rows":              {models.Actor{Role: models.Coordinator, Person: "k", Network: kainuu}, true, "e"},
		"a coordinator of a network without rows": {models.Actor{Role: models.Coordinator, Person: "k", Network: "lapland"}, false, ""},
		"national everything":                     {models.Actor{Role: models.National, Person: "n"}, false, "abcdef"},
		"national the own rows":                   {models.Actor{Role: models.National, Person: "me"}, true, "ac"},
	} {
		page, err := o.registry.AuditLog(t.Context(), c.who, AuditFilter{Mine: c.mine, Limit: 50})
		o.must(err)
		if got := actionsOf(page.Rows); got != c.rows {
			t.Errorf("%s: %q, want %q", name, got, c.rows)
		}
		for _, e := range page.Rows {
			if c.who.Role == models.ManagerRole && e.Pass != "" {
				t.Errorf("%s: a manager sees a pass", name)
			}
		}
	}
}

// What the national unit does to a network or an organisation is to be read there.
func TestWhatIsDoneFromAboveStandsWhereItWasDone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	national := models.Actor{Role: models.National, Person: "n"}
	d := NewDirectory(o.store, nil, nil, nil, o.clock.Now, rand.Reader)
	made, err := d.CreateOrganisation(t.Context(), national, models.Organisation{Name: models.Text{"fi": "Kuhmon talo"}, Kind: models.Venue, Network: kainuu})
	o.must(err)
	_, err = d.CloseOrganisation(t.Context(), national, made.ID, "")
	o.must(err)
	want := []string{"organisation_closed", "organisation_created"}
	for name, who := range map[string]models.Actor{
		"the coordinator":               {Role: models.Coordinator, Person: "k", Network: kainuu},
		"a manager of the organisation": {Role: models.ManagerRole, Person: "m", Organisation: made.ID, Network: kainuu},
	} {
		page, err := o.registry.AuditLog(t.Context(), who, AuditFilter{Limit: 50})
		o.must(err)
		var got []string
		for _, e := range page.Rows {
			if e.Subject == string(made.ID) {
				got = append(got, e.Action)
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s reads %v, want %v", name, got, want)
		}
	}
}

// actionsOf joins the actions of one letter, sorted.
func actionsOf(rows []models.AuditEntry) string {
	var letters []byte
	for _, e := range rows {
		if len(e.Action) == 1 {
			letters = append(letters, e.Action[0])
		}
	}
	slices.Sort(letters)
	return string(letters)
}

func TestAuditLogOfAPass(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.happened(
		models.AuditEntry{Action: "a", Person: "me", Organisation: sote, Network: kainuu, Pass: "p"},
		models.AuditEntry{Action: "b", Person: "old", Organisation: "closed", Network: kainuu, Pass: "p"},
		models.AuditEntry{Action: "c", By: "holder", Pass: "p"},
		models.AuditEntry{Action: "d", Person: "me", Organisation: sote, Network: kainuu, Pass: "q"},
	)
	passes := passesOf{"p": {ID: "p", Distributor: sote, Network: kainuu}, "q": {ID: "q", Distributor: "another", Network: espoo}}
	r := &Registry{store: &withPasses{o.store, passes}, clock: o.clock.Now}
	for name, c := range map[string]struct {
		who  models.Actor
		pass models.PassID
		rows string
		code string
	}{
		"a worker of the distributor":        {models.Actor{Role: models.WorkerRole, Organisation: sote, Network: kainuu}, "p", "ac", ""},
		"a worker of another":                {models.Actor{Role: models.WorkerRole, Organisation: "another", Network: espoo}, "p", "", "no_such_pass"},
		"a worker whose pass it was not":     {models.Actor{Role: models.WorkerRole, Organisation: sote, Network: kainuu}, "q", "", "no_such_pass"},
		"a worker asks for none that is":     {models.Actor{Role: models.WorkerRole, Organisation: sote, Network: kainuu}, "x", "", "no_such_pass"},
		"the coordinator":                    {models.Actor{Role: models.Coordinator, Network: kainuu}, "p", "abc", ""},
		"the coordinator of another network": {models.Actor{Role: models.Coordinator, Network: espoo}, "p", "", "no_such_pass"},
		"national":                           {models.Actor{Role: models.National}, "p", "abc", ""},
		"a manager":                          {models.Actor{Role: models.ManagerRole, Organisation: museum, Network: kainuu}, "p", "", "no_such_pass"},
	} {
		page, err := r.AuditLog(t.Context(), c.who, AuditFilter{Pass: c.pass, Limit: 50})
		if codeOfError(err) != c.code || actionsOf(page.Rows) != c.rows {
			t.Errorf("%s: %q, %v, want %q, %q", name, actionsOf(page.Rows), err, c.rows, c.code)
		}
	}
}

func TestAuditLogInPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.clock.pass(time.Hour)
	for i := range 20 { // two rows in most seconds, five in one
		o.happened(models.AuditEntry{Action: string(rune('a' + i)), Person: "me", Organisation: sote})
		if i%2 == 1 && (i < 8 || i > 12) {
			o.clock.pass(time.Second)
		}
	}
	worker := models.Actor{Role: models.WorkerRole, Person: "me", Organisation: sote}
	for limit := 1; limit <= 21; limit++ {
		var all []models.AuditEntry
		f := AuditFilter{Limit: limit}
		for pages := 0; ; pages++ {
			page, err := o.registry.AuditLog(t.Context(), worker, f)
			o.must(err)
			all = append(all, page.Rows...)
			if page.Next.IsZero() {
				break
			}
			if f.Before = page.Next; pages > 20 {
				t.Fatal("the pages have no end")
			}
		}
		if got := actionsOf(all); got != "abcdefghijklmnopqrst" {
			t.Errorf("pages of %d rows have %q", limit, got)
		}
		if !slices.IsSortedFunc(all, func(a, b models.AuditEntry) int { return b.At.Compare(a.At) }) {
			t.Errorf("pages of %d rows are not the newest first", limit)
		}
	}
	for _, limit := range []int{0, -1, AuditPageMost + 1} {
		_, err := o.registry.AuditLog(t.Context(), worker, AuditFilter{Limit: limit})
		o.refused(err, "invalid_field")
	}
}

func TestAuditLogNamesColleagues(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	coordinator := o.national().hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	m := coordinator.hires(workerAt(sote, "maija@example.fi"))
	o.must(o.registry.EndRoles(t.Context(), coordinator.actor(), m.actor().Person, nil))
	page, err := o.registry.AuditLog(t.Context(), coordinator.actor(), AuditFilter{Limit: 50})
	o.must(err)
	if page.Names[m.actor().Person] != "Maija Meikäläinen" || page.Names[coordinator.actor().Person] == "" {
		t.Errorf("the names are %v", page.Names)
	}
}
