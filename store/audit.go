package store

import "kaikukortti/models"

var audits = keep("audit", func(a *models.AuditEntry) models.AuditID { return a.ID },
	Index{Name: "organisation_at", Keys: []string{"organisation", "at"}},
	Index{Name: "network_at", Keys: []string{"network", "at"}},
	Index{Name: "person_at", Keys: []string{"person", "at"}, Where: []Condition{Exists("person")}},
	Index{Name: "pass_at", Keys: []string{"pass", "at"}, Where: []Condition{Exists("pass")}},
	Index{Name: "at", Keys: []string{"at"}},
	Index{Name: "action_at", Keys: []string{"action", "at"}},
)

// record writes audit rows within the transaction of the change that they tell of.
func record(w Writer, entries ...models.AuditEntry) error {
	for i := range entries {
		if err := audits.insert(w, &entries[i]); err != nil {
			return err
		}
	}
	return nil
}
