package handlers

import (
	"testing"
	"time"

	"kaikukortti/models"
)

func TestNetworksAreShownToAnybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	coordinator := w.hire(models.Coordinator, "", w.kainuu)
	rules := models.DefaultRules()
	rules.GraceDays = 14
	w.ok(200, w.do("PUT", "/v1/networks/kainuu/rules", coordinator.token, object{"from": "2026-12-01", "rules": rules}))
	for name := range asObject(rules) {
		left := asObject(rules)
		delete(left, name)
		a := w.do("PUT", "/v1/networks/kainuu/rules", coordinator.token, object{"from": "2026-12-02", "rules": left})
		if a.status != 400 || a.text("field") != "rules."+name {
			t.Errorf("rules without %s: %d %s", name, a.status, a.raw)
		}
	}
	if a := w.do("PUT", "/v1/networks/kainuu/rules", coordinator.token, object{"from": "", "rules": rules}); a.status != 400 || a.text("field") != "from" {
		t.Errorf("rules from no day: %d %s", a.status, a.raw)
	}
	kainuu := func() (grace any, coming int) {
		all := w.ok(200, w.do("GET", "/v1/networks", "", nil))
		n := all.row(t, "networks", 0)
		if n.text("id") != "kainuu" {
			n = all.row(t, "networks", 1)
		}
		today, _ := n.doc["rules"].(map[string]any)
		later, _ := n.doc["coming"].([]any)
		return today["grace_days"], len(later)
	}
	if grace, coming := kainuu(); grace != 30.0 || coming != 1 {
		t.Errorf("today there are %v days of grace, and %d sets of rules are coming", grace, coming)
	}
	w.clock.forward(8 * 24 * time.Hour)
	if grace, coming := kainuu(); grace != 14.0 || coming != 0 {
		t.Errorf("on 1 December there are %v days of grace, and %d sets of rules are coming", grace, coming)
	}
}

func TestAPilotIsExtendedByTheNationalUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(201, w.do("POST", "/v1/networks", w.boss.token, object{
		"id": "pilot", "name": object{"fi": "Kokeilu"}, "status": "pilot", "first": "2026-01-01", "last": "2026-12-01",
		"municipalities": []any{object{"code": "405", "name": object{"fi": "Lappeenranta"}, "postal_prefixes": []string{"53"}}},
	}))
	if a := w.ok(200, w.do("PUT", "/v1/networks/pilot/last-day", w.boss.token, object{"last": "2027-12-01"})); a.text("last") != "2027-12-01" {
		t.Errorf("extended is %s", a.raw)
	}
	if a := w.do("PUT", "/v1/networks/pilot/last-day", w.boss.token, object{"last": "2027-06-01"}); a.status != 409 || a.code() != "not_later" {
		t.Errorf("cut short: %d %s", a.status, a.raw)
	}
}

func TestADistributorClosesOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	coordinator := w.hire(models.Coordinator, "", w.espoo)
	worker := w.worker()
	pass := w.issue(worker)
	if a := w.do("POST", "/v1/organisations/"+string(w.distributor)+"/close", coordinator.token, object{}); a.status != 422 || a.code() != "no_heir" {
		t.Errorf("closed without an heir: %d %s", a.status, a.raw)
	}
	a := w.ok(200, w.do("POST", "/v1/organisations/"+string(w.distributor)+"/close", coordinator.token, object{"move_to": w.other}))
	if a.text("closed_at") == "" || a.text("moved_to") != string(w.other) {
		t.Errorf("closed is %s", a.raw)
	}
	heir := w.hire(models.WorkerRole, w.other, "")
	w.ok(200, w.do("GET", "/v1/passes/"+string(pass), heir.token, nil))
	if a := w.do("GET", "/v1/passes/"+string(pass), worker.token, nil); a.status == 200 {
		t.Error("a worker of the closed distributor still reads the pass")
	}
	all := w.ok(200, w.do("GET", "/v1/organisations", coordinator.token, nil))
	if n := len(all.doc["organisations"].([]any)); n != 4 {
		t.Errorf("the network has %d organisations, want 4", n)
	}
}
