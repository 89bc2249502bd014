package storetest_test

import (
	"errors"
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
