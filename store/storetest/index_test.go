package storetest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// Each scarce thing is one unique index. Two claims that want the same are inserted past all rules, and each index alone must refuse
// the second: without it, a race would be decided by luck.
func TestEachUniqueIndexOverClaimsRefusesItsDuplicate(t *testing.T) {
	t.Parallel()
	for index, same := range map[string]func(a, b *models.Claim){
		"session_slots": func(a, b *models.Claim) {
			a.Session, a.Slots = "evening", []int{3, 4}
			b.Session, b.Slots = "evening", []int{4, 5}
		},
		"session_pass": func(a, b *models.Claim) {
			a.Session, a.Pass, a.Live = "evening", "pass", true
			b.Session, b.Pass, b.Live = "evening", "pass", true
		},
		"scans": func(a, b *models.Claim) {
			a.Scans = []models.ScanRecord{{By: "door", ID: "scan"}}
			b.Scans = []models.ScanRecord{{By: "other", ID: "scan"}, {By: "door", ID: "scan"}}
		},
		"cti_signed_at": func(a, b *models.Claim) {
			a.CTI, a.SignedAt = "cti", 7
			b.CTI, b.SignedAt = "cti", 7
		},
		"use": func(a, b *models.Claim) {
			a.Use, b.Use = &models.Use{Key: "rule", No: 2}, &models.Use{Key: "rule", No: 2}
		},
	} {
		t.Run(index, func(t *testing.T) {
			t.Parallel()
			storetest.Engines(t, func(t *testing.T, engine store.Engine) {
				a, b := models.Claim{ID: "a", Session: "one"}, models.Claim{ID: "b", Session: "two"}
				same(&a, &b)
				insert := func(c *models.Claim) error {
					return engine.Step(t.Context(), func(w store.Writer) error { return w.Insert("claims", string(c.ID), c) })
				}
				if err := insert(&a); err != nil {
					t.Fatal(err)
				}
				d := new(store.DuplicateError)
				if err := insert(&b); !errors.As(err, &d) || d.Index != index {
					t.Fatalf("the second was answered %v, want a duplicate in %s", err, index)
				}
			})
		})
	}
}

// What holds nothing may stand there as often as it likes.
func TestClaimsThatHoldNothingDoNotStandInEachOthersWay(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, engine store.Engine) {
		err := engine.Update(t.Context(), func(w store.Writer) error {
			for _, id := range []string{"a", "b", "c"} {
				if err := w.Insert("claims", id, &models.Claim{ID: models.ClaimID(id), Session: "evening", State: models.Refused}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// uniques are the promises that one index each keeps.
const uniques = `
	activation_requests.hash claims.code claims.cti_signed_at claims.idempotency claims.scans claims.session_pass
	claims.session_slots claims.use invitations.idempotency invitations.token networks.idempotency notices.pass_cause offers.idempotency
	organisations.idempotency passes.activation passes.idempotency passes.number passes.paper passes.spoken passes.thumbprint people.email
	people.identity push_addresses.pass scanners.code scanners.idempotency scanners.thumbprint sessions.idempotency signing_keys.first
`

// Whatever is declared as unique is refused the second time, by both engines: two documents with the keys of each such index, and what
// it asks for besides, are inserted past all rules.
func TestEveryUniqueIndexRefusesItsDuplicate(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, engine store.Engine) {
		var tried []string
		for _, c := range store.Collections() {
			for _, index := range c.Indexes {
				if !index.Unique {
					continue
				}
				tried = append(tried, c.Name+"."+index.Name)
				insert := func(id string) error {
					doc := alike(t, c, index, id)
					return engine.Step(t.Context(), func(w store.Writer) error { return w.Insert(c.Name, id, doc) })
				}
				if err := insert(index.Name + "-1"); err != nil {
					t.Errorf("%s, %s: the first: %v", c.Name, index.Name, err)
				}
				d := new(store.DuplicateError)
				if err := insert(index.Name + "-2"); !errors.As(err, &d) || d.Collection != c.Name || d.Index != index.Name {
					t.Errorf("%s, %s: the second was answered %v", c.Name, index.Name, err)
				}
			}
		}
		slices.Sort(tried)
		if want := strings.Fields(uniques); !slices.Equal(tried, want) {
			t.Errorf("unique are\n%v, want\n%v", tried, want)
		}
	})
}

// alike makes a document that the index holds: its keys have the same values in each, and those of the other indexes that hold every
// document have its own. There is nothing else in it.
func alike(t *testing.T, c store.Collection, index store.Index, id string) any {
	t.Helper()
	doc := map[string]any{"_id": id}
	for _, other := range c.Indexes {
		if other.Unique && len(other.Where) == 0 && other.Name != index.Name {
			doc[other.Keys[0]] = id
		}
	}
	for _, key := range index.Keys {
		put(t, c, doc, index, key)
	}
	for _, condition := range index.Where {
		put(t, c, doc, index, condition.Field)
	}
	into, err := read(c, doc)
	if err != nil {
		t.Fatalf("%s, %s: %v", c.Name, index.Name, err)
	}
	return into
}

// put gives a field the first value that its type takes, unless it is there.
func put(t *testing.T, c store.Collection, doc map[string]any, index store.Index, field string) {
	t.Helper()
	for _, value := range []any{"2026-11-23T10:00:00Z", "c2FtZQ==", 7, true} {
		at, path := doc, strings.Split(field, ".")
		for i, name := range path {
			if below, there := at[name]; there && i < len(path)-1 {
				if list, ok := below.([]any); ok {
					below = list[0]
				}
				at, _ = below.(map[string]any)
				continue
			}
			if at[name] != nil && i == len(path)-1 {
				return
			}
			var below any = map[string]any{}
			if i == len(path)-1 {
				below = value
			}
			at[name] = below
			if strings.Join(path[:i+1], ".") == index.Array {
				at[name] = []any{below}
			}
			if next, ok := below.(map[string]any); ok {
				at = next
			}
		}
		if _, err := read(c, doc); err == nil {
			return
		}
		delete(at, path[len(path)-1])
	}
	t.Fatalf("%s, %s: nothing fits into %s", c.Name, index.Name, field)
}

// read makes of the fields a document as the collection has them.
func read(c store.Collection, doc map[string]any) (any, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	into := c.New()
	return into, json.Unmarshal(text, into)
}
