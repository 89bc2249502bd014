package store

import "kaikukortti/models"

var notices = keep("notices", func(n *models.Notice) models.NoticeID { return n.ID },
	// One notice for each (holder, cause), whatever is repeated.
	Index{Name: "pass_cause", Keys: []string{"pass", "cause"}, Unique: true},
	Index{Name: "pass_at", Keys: []string{"pass", "at"}},
	Index{Name: "at", Keys: []string{"at"}},
)

var pushes = keep("pushes", func(p *models.Push) models.NoticeID { return p.ID },
	Index{Name: "due", Keys: []string{"due"}, Where: []Condition{Exists("due")}},
	Index{Name: "pass", Keys: []string{"pass"}},
	Index{Name: "ended_at", Keys: []string{"ended_at"}, Where: []Condition{Exists("ended_at")}},
)

func noticeCollections() []Collection { return []Collection{notices.Collection, pushes.Collection} }

// tell puts notices into inboxes, and the nudges for them into the outbox, within the transaction of the change that they tell
// of. What was told before is not told again.
func tell(w Writer, all ...models.Notice) error {
	for i := range all {
		n := &all[i]
		_, err := notices.first(w, Equal("pass", n.Pass), Equal("cause", n.Cause))
		if err == nil {
			continue
		}
		if !isNotFound(err) {
			return err
		}
		if err := notices.insert(w, n); err != nil {
			return err
		}
		if err := pushes.insert(w, &models.Push{ID: n.ID, Pass: n.Pass, Due: n.At}); err != nil {
			return err
		}
	}
	return nil
}
