package models_test

import (
	"reflect"
	"testing"
	"time"

	"kaikukortti/models"
)

// fullClaim holds everything that a claim can hold.
func fullClaim() models.Claim {
	return models.Claim{
		ID: "claim", Session: "evening", State: models.Used, Slots: []int{1, 2}, Live: true, Counts: true, Reserved: 2, Over: true,
		Scans: []models.ScanRecord{{By: "door", ID: "scan"}}, Use: &models.Use{Key: "rule", No: 1}, Code: "code", Party: models.Party{Children: 1},
		Pass: "pass", CTI: "cti", SignedAt: 7, UnlinkDay: "2027-02-21", Idempotency: &models.Idempotency{Key: "key"}, At: time.Unix(0, 0).UTC(),
	}
}

// What leads back to a pass goes with the link: a reservation code's HMAC too, for its holder may have the code written down. (An
// idempotency key has its own day.)
func TestNothingLeadsBackToAPassOnceTheLinkIsRemoved(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(*models.Claim){
		"when its time has come":     func(c *models.Claim) { c.Unlink() },
		"when the pass is erased":    func(c *models.Claim) { c.Forget("2026-11-23") },
		"when a visit is undone":     func(c *models.Claim) { c.Leave(models.Undone) },
		"when a scan was refused":    func(c *models.Claim) { c.Leave(models.Refused) },
		"a later scan of a course's": func(c *models.Claim) { c.Leave(models.OnCourse) },
	} {
		c := fullClaim()
		remove(&c)
		left := models.Claim{
			Pass: c.Pass, CTI: c.CTI, SignedAt: c.SignedAt, UnlinkDay: c.UnlinkDay, Live: c.Live, Use: c.Use, Code: c.Code,
		}
		if !reflect.DeepEqual(left, models.Claim{}) {
			t.Errorf("%s, this is left: %+v", name, left)
		}
		if c.Session != "evening" || len(c.Scans) != 1 || c.Party.Children != 1 {
			t.Errorf("%s, more is gone than the link: %+v", name, c)
		}
	}
}

// A cancelled reservation stays its holder's to see, and its code opens nothing.
func TestACancelledReservationHoldsNothing(t *testing.T) {
	t.Parallel()
	c := fullClaim()
	c.Leave(models.Cancelled)
	if c.Slots != nil || c.Live || c.Use != nil || c.Code != "" || c.Reserved != 0 || c.Pass == "" {
		t.Errorf("it holds %+v", c)
	}
}
