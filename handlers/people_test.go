package handlers

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"
)

func TestATableOfInvitationsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	table := object{"invitations": []any{
		object{"email": "a@work.example", "role": "worker", "organisation": w.distributor},
		object{"email": "b@work.example", "role": "manager", "organisation": w.museum},
		object{"email": "c@work.example", "role": "coordinator", "network": w.espoo},
	}}
	first := invitationsIn(t, w.ok(201, w.do("POST", "/v1/invitations", w.boss.token, table, "Idempotency-Key", "the same key")))
	second := invitationsIn(t, w.ok(201, w.do("POST", "/v1/invitations", w.boss.token, table, "Idempotency-Key", "the same key")))
	for i := range first {
		if first[i].ID != second[i].ID || first[i].Token == second[i].Token || second[i].Token == "" {
			t.Errorf("the same request gave %+v and then %+v", first[i], second[i])
		}
	}
	w.ok(404, w.do("POST", "/v1/invitations/look", "", object{"token": first[0].Token}))
	w.ok(200, w.do("POST", "/v1/invitations/look", "", object{"token": second[0].Token}))

	listed := invitationsIn(t, w.ok(200, w.do("GET", "/v1/invitations?network="+string(w.espoo), w.boss.token, nil)))
	if len(listed) != 3 || slices.ContainsFunc(listed, func(i struct{ ID, Email, Token string }) bool { return i.Token != "" }) {
		t.Errorf("listed are %+v", listed)
	}
	w.ok(204, w.do("DELETE", "/v1/invitations/"+second[0].ID, w.boss.token, nil))
	w.ok(404, w.do("POST", "/v1/invitations/look", "", object{"token": second[0].Token}))

	if a := w.ok(400, w.do("POST", "/v1/invitations", w.boss.token, table, "Idempotency-Key", "")); a.code() != "idempotency_key_missing" {
		t.Errorf("without a key: %s", a.raw)
	}
	table["invitations"] = []any{object{"email": "nobody", "role": "worker", "organisation": w.distributor}}
	if a := w.ok(400, w.do("POST", "/v1/invitations", w.boss.token, table)); a.text("field") != "invitations.0.email" {
		t.Errorf("a wrong row: %s", a.raw)
	}
}

func TestASecondFactorIsResetOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.worker()
	id := w.ok(200, w.do("GET", "/v1/me-at-work", m.token, nil)).text("id")
	link := w.ok(201, w.do("POST", "/v1/people/"+id+"/reset-second-factor", w.boss.token, object{"password": true})).text("token")
	w.ok(401, w.do("GET", "/v1/me-at-work", m.token, nil))
	w.ok(401, w.signIn(m))

	look := w.ok(200, w.do("POST", "/v1/invitations/look", "", object{"token": link}))
	if look.text("needs") != "both" || look.text("email") != m.email || look.doc["role"] != nil {
		t.Errorf("the link says %s", look.raw)
	}
	m.secret, m.password = fromBase32(t, look.text("second_factor", "secret")), "neljä sanaa on parempi"
	a := w.ok(200, w.do("POST", "/v1/invitations/accept", "", object{
		"token": link, "password": m.password, "enrolment": look.text("second_factor", "enrolment"), "code": accounts.TOTP(m.secret, w.clock.now()),
	}))
	if codes, _ := a.doc["recovery_codes"].([]any); len(codes) != 10 {
		t.Errorf("the answer is %s", a.raw)
	}
	w.clock.forward(30 * time.Second)
	w.ok(200, w.signIn(m))
	w.ok(404, w.do("POST", "/v1/people/nobody/reset-second-factor", w.boss.token, object{}))
}

func TestOnesOwnSecretsAreChangedOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.worker()
	proof := func(more object) object {
		w.clock.forward(30 * time.Second)
		in := object{"password": m.password, "code": accounts.TOTP(m.secret, w.clock.now())}
		maps.Copy(in, more)
		return in
	}
	w.ok(204, w.do("POST", "/v1/me-at-work/password", m.token, proof(object{"new_password": "viisi sanaa on liikaa"})))
	m.password = "viisi sanaa on liikaa"
	if a := w.ok(200, w.do("POST", "/v1/me-at-work/recovery-codes", m.token, proof(nil))); len(a.doc["recovery_codes"].([]any)) != 10 {
		t.Errorf("the answer is %s", a.raw)
	}
	e := w.ok(200, w.do("POST", "/v1/me-at-work/enrolment", m.token, nil))
	secret := fromBase32(t, e.text("secret"))
	in := proof(object{"enrolment": e.text("enrolment")})
	in["new_code"] = accounts.TOTP(secret, w.clock.now())
	w.ok(200, w.do("PUT", "/v1/me-at-work/second-factor", m.token, in))
	w.clock.forward(30 * time.Second)
	w.ok(401, w.signIn(m))
	m.secret = secret
	w.ok(200, w.signIn(m))
	w.ok(200, w.do("GET", "/v1/me-at-work", m.token, nil)) // the session in which it was done goes on
}

func TestComputersOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.worker()
	w.clock.forward(30 * time.Second)
	code := accounts.TOTP(m.secret, w.clock.now())
	a := w.ok(200, w.do("POST", "/v1/sign-in", "", object{"email": m.email, "password": m.password, "code": code, "remember": true}))
	computer := cookieOf(t, a, computerCookie)
	without := object{"email": m.email, "password": m.password}
	w.ok(200, w.knock("/v1/sign-in", computer, without))
	if a := w.ok(401, w.do("POST", "/v1/sign-in", "", without)); a.code() != "code_needed" {
		t.Errorf("elsewhere: %s", a.raw)
	}
	var me struct{ Computers []struct{ ID string } }
	w.must(json.Unmarshal(w.ok(200, w.do("GET", "/v1/me-at-work", m.token, nil)).raw, &me))
	if len(me.Computers) != 1 {
		t.Fatalf("remembered are %+v", me.Computers)
	}
	w.ok(204, w.do("DELETE", "/v1/me-at-work/computers/"+me.Computers[0].ID, m.token, nil))
	w.ok(401, w.knock("/v1/sign-in", computer, without))
	w.ok(404, w.do("DELETE", "/v1/me-at-work/computers/"+me.Computers[0].ID, m.token, nil))
}

func TestAPersonEndsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.manager()
	var list struct {
		People []struct {
			ID, Email string
			Roles     []struct{ Role models.Role }
		}
	}
	w.must(json.Unmarshal(w.ok(200, w.do("GET", "/v1/people?organisation="+string(w.theatre), w.boss.token, nil)).raw, &list))
	if len(list.People) != 1 || list.People[0].Email != m.email || list.People[0].Roles[0].Role != models.ManagerRole {
		t.Fatalf("the people are %+v", list.People)
	}
	path := "/v1/people/" + list.People[0].ID + "/end"
	w.ok(404, w.do("POST", path, w.boss.token, object{"role": "manager", "organisation": w.museum}))
	w.ok(204, w.do("POST", path, w.boss.token, object{"role": "manager", "organisation": w.theatre}))
	w.ok(401, w.do("GET", "/v1/scanners", m.token, nil))
	w.ok(404, w.do("POST", path, w.boss.token, object{}))
	me := w.ok(200, w.do("GET", "/v1/me-at-work", w.boss.token, nil)).text("id")
	if a := w.ok(409, w.do("POST", "/v1/people/"+me+"/end", w.boss.token, object{})); a.code() != "last_national" {
		t.Errorf("the last national: %s", a.raw)
	}
}

func TestTheAuditLogOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker, manager := w.worker(), w.manager()
	w.clock.forward(time.Minute)
	pass := w.issue(worker)
	read := func(who *member, query string) (actions []string, next string) {
		var page struct {
			Rows []struct {
				Action, Pass string
				Name         string `json:"person_name"`
			}
			Next string
		}
		w.must(json.Unmarshal(w.ok(200, w.do("GET", "/v1/audit"+query, who.token, nil)).raw, &page))
		for _, r := range page.Rows {
			if actions = append(actions, r.Action); r.Pass != "" && who.role == models.ManagerRole {
				t.Error("a manager sees a pass")
			}
		}
		return actions, page.Next
	}
	if got, _ := read(worker, "?mine=true"); !slices.Equal(got, []string{"pass_issued", "invitation_accepted"}) {
		t.Errorf("the worker's own rows are %v", got)
	}
	if got, _ := read(worker, "?pass="+string(pass)); !slices.Equal(got, []string{"pass_issued"}) {
		t.Errorf("the pass's rows are %v", got)
	}
	if got, _ := read(manager, ""); slices.Contains(got, "pass_issued") || len(got) == 0 {
		t.Errorf("the venue's rows are %v", got)
	}
	got, next := read(worker, "?limit=1")
	if len(got) != 1 || next == "" {
		t.Fatalf("a page of one row has %v, next %q", got, next)
	}
	if more, _ := read(worker, "?before="+next); slices.Contains(more, "pass_issued") || len(more) == 0 {
		t.Errorf("the next page has %v", more)
	}
	w.ok(404, w.do("GET", "/v1/audit?pass="+string(pass), manager.token, nil))
	w.ok(404, w.do("GET", "/v1/audit?pass=nosuchpass", worker.token, nil))
	for _, query := range []string{"?mine=perhaps", "?before=yesterday", "?limit=0", "?limit=many", "?limit=1000"} {
		w.ok(400, w.do("GET", "/v1/audit"+query, worker.token, nil))
	}
}
