package passes_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
	"kaikukortti/store/storetest"
)

const day = 24 * time.Hour

func issuerOf(t *testing.T, d *storetest.Desk, ring *passes.Keyring, network models.NetworkID) kp1.KID {
	t.Helper()
	n, err := d.Store.Network(t.Context(), network)
	if err != nil {
		t.Fatal(err)
	}
	signer, kid, err := ring.Issuer(t.Context(), &n)
	if err != nil {
		t.Fatal(err)
	}
	if public, ok := signer.Public().(*ecdsa.PublicKey); !ok || kp1.KeyID(public) != kid || !public.Equal(ring.PublicIssuer(kid)) {
		t.Errorf("the kid %s is another key's", kid)
	}
	return kid
}

func published(t *testing.T, ring *passes.Keyring, use models.KeyUse) map[string]bool {
	t.Helper()
	keys, err := ring.PublicKeys(t.Context(), use)
	if err != nil {
		t.Fatal(err)
	}
	kids := map[string]bool{}
	for _, k := range keys {
		if k.Sealed != nil {
			t.Error("a private half is among the public ones")
		}
		kids[k.KID] = true
	}
	return kids
}

func TestTheFirstKeysSignAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	common, local := issuerOf(t, d, d.Ring, "kainuu"), issuerOf(t, d, d.Ring, "savo")
	if common == local || issuerOf(t, d, d.Ring, "oulu") != common {
		t.Error("a local-only network has a key of its own, and the others share one")
	}
	kids := published(t, d.Ring, models.IssuerKey)
	if len(kids) != 2 || !kids[common.String()] || !kids[local.String()] {
		t.Errorf("published are %v", kids)
	}
	for _, use := range []models.KeyUse{models.AccessKey, models.BundleKey} {
		kid, signer, err := d.Ring.Signer(t.Context(), use)
		if kids := published(t, d.Ring, use); err != nil || signer == nil || !kids[kid] || len(kids) != 2 {
			t.Errorf("%s: %s signs of %v, %v", use, kid, kids, err)
		}
	}
	if err := d.Ring.EnsureKeys(t.Context()); err != nil || len(published(t, d.Ring, models.IssuerKey)) != 2 {
		t.Errorf("the next start made other keys, %v", err)
	}
}

func TestServersThatStartAtOnceMakeOneSetOfKeys(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := storetest.SQLite(t)
	errs := make(chan error)
	for range 5 {
		go func() { errs <- passes.NewKeyring(s, d.Keys, d.Clock, rand.Reader).EnsureKeys(t.Context()) }()
	}
	for range 5 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	keys, err := s.SigningKeys(t.Context())
	if err != nil || len(keys) != 5 {
		t.Errorf("there are %d keys, %v", len(keys), err)
	}
}

func TestAnIssuerKeyIsPublishedEightDaysBeforeItSigns(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	old := issuerOf(t, d, d.Ring, "kainuu")
	rotation, err := d.Ring.Rotate(t.Context(), models.IssuerKey, false, models.Actor{})
	if err != nil || len(rotation.New) != 2 || len(rotation.Withdrawn) != 0 || len(rotation.Papers) != 0 {
		t.Fatalf("got %+v, %v", rotation, err)
	}
	if kids := published(t, d.Ring, models.IssuerKey); len(kids) != 4 {
		t.Errorf("published are %v", kids)
	}
	_, err = d.Ring.Rotate(t.Context(), models.IssuerKey, false, models.Actor{})
	mustBe(t, "another rotation meanwhile", err, "rotation_pending")
	d.Wait(8*day - time.Second)
	if issuerOf(t, d, d.Ring, "kainuu") != old {
		t.Error("the new key signs too early")
	}
	d.Wait(time.Second)
	if issuerOf(t, d, d.Ring, "kainuu") == old {
		t.Error("the old key still signs")
	}
}

func TestAnIssuerKeyIsPublishedUntilItsLastCredentialEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, _ := d.Activated(t)
	printed, err := d.PrintPaper(t.Context(), d.Worker, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	old, local := issuerOf(t, d, d.Ring, "kainuu"), issuerOf(t, d, d.Ring, "savo")
	if _, err := d.Ring.Rotate(t.Context(), models.IssuerKey, false, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		what      string
		wait      time.Duration
		old, mine bool
	}{
		{"until phones have new ones", 8*day + 14*day - time.Second, true, true},
		{"what signed no paper goes", time.Second, true, false},
		{"while a paper lives", printed.Exp.Sub(d.Clock()) - 8*day - 14*day - time.Second, true, false},
		{"and no longer", 2 * time.Second, false, false},
	} {
		d.Wait(step.wait)
		if err := d.Ring.Retire(t.Context()); err != nil {
			t.Fatal(err)
		}
		kids := published(t, d.Ring, models.IssuerKey)
		if kids[old.String()] != step.old || kids[local.String()] != step.mine {
			t.Errorf("%s: published are %v", step.what, kids)
		}
	}
	if d.Ring.PublicIssuer(old) == nil {
		t.Error("the server itself does not know the key any more")
	}
	keys, err := d.Store.SigningKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.KID == old.String() && len(k.Sealed) > 0 {
			t.Error("the private half of a retired key is still there")
		}
	}
}

func TestACompromisedIssuerKeyEndsAtOnceAndItsPapersAreListed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, holder := d.Activated(t)
	if _, err := d.PrintPaper(t.Context(), d.Worker, p.ID); err != nil {
		t.Fatal(err)
	}
	other := d.Issued(t)
	for range 2 { // the first of them ends with the second
		if _, err := d.PrintPaper(t.Context(), d.Worker, other.ID); err != nil {
			t.Fatal(err)
		}
	}
	first := takeCredential(t, d, holder)
	old := issuerOf(t, d, d.Ring, "kainuu")
	rotation, err := d.Ring.Rotate(t.Context(), models.IssuerKey, true, models.Actor{Role: models.National, Person: "n"})
	if err != nil || len(rotation.Papers) != 2 || len(rotation.Withdrawn) != 2 {
		t.Fatalf("got %+v, %v", rotation, err)
	}
	for _, paper := range rotation.Papers {
		if paper.Number != stored(t, d, paper.Pass).Number || paper.Distributor != "sote" {
			t.Errorf("the list has %+v", paper)
		}
	}
	if issuerOf(t, d, d.Ring, "kainuu") == old || d.Ring.PublicIssuer(old) != nil || published(t, d.Ring, models.IssuerKey)[old.String()] {
		t.Error("the old key still counts")
	}
	next := takeCredential(t, d, holder)
	if next.CTI != first.CTI || string(next.Bytes) == string(first.Bytes) {
		t.Error("the phone does not get the same facts under the new key")
	}
}

func TestAnotherServerFollowsARotation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	other := passes.NewKeyring(d.Store, d.Keys, d.Clock, rand.Reader)
	old := issuerOf(t, d, other, "kainuu")
	if _, err := d.Ring.Rotate(t.Context(), models.IssuerKey, true, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	now := issuerOf(t, d, d.Ring, "kainuu")
	if err := other.Reload(t.Context()); err != nil || other.PublicIssuer(now) != nil {
		t.Errorf("keys were read again within five seconds, %v", err)
	}
	d.Wait(5 * time.Second)
	if err := other.Reload(t.Context()); err != nil || other.PublicIssuer(now) == nil || other.PublicIssuer(old) != nil {
		t.Errorf("the other server does not follow, %v", err)
	}
}

func TestTheKeyThatWaitsTakesOver(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, use := range []models.KeyUse{models.AccessKey, models.BundleKey} {
		for _, compromised := range []bool{false, true} {
			before := published(t, d.Ring, use)
			old, _, err := d.Ring.Signer(t.Context(), use)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Ring.Rotate(t.Context(), use, compromised, models.Actor{}); err != nil {
				t.Fatal(err)
			}
			now, _, err := d.Ring.Signer(t.Context(), use)
			after := published(t, d.Ring, use)
			if err != nil || now == old || !before[now] || after[old] == compromised {
				t.Errorf("%s, compromised %v: %s of %v gave way to %s of %v (%v)", use, compromised, old, before, now, after, err)
			}
		}
	}
	d.Wait(8 * day)
	if err := d.Ring.Retire(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, use := range []models.KeyUse{models.AccessKey, models.BundleKey} {
		if kids := published(t, d.Ring, use); len(kids) != 2 {
			t.Errorf("%s: published are %v", use, kids)
		}
	}
}

func TestANewLocalNetworksKeyWaitsEightDays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n := models.Network{ID: "inari", Status: models.Permanent, First: "2026-12-01", LocalOnly: true}
	if _, err := d.Store.CreateNetwork(t.Context(), n, models.AuditEntry{ID: "n"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Ring.EnsureKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, _, err := d.Ring.Issuer(t.Context(), &n)
	mustBe(t, "before", err, "key_not_ready")
	d.Wait(8 * day)
	issuerOf(t, d, d.Ring, "inari")
}

func TestPrivateKeysAreSealed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	master := make([]byte, models.MasterKeySize)
	master[0] = 1
	other, err := models.NewKeys(master)
	if err != nil {
		t.Fatal(err)
	}
	thief := passes.NewKeyring(d.Store, other, d.Clock, rand.Reader)
	if _, _, err := thief.Signer(t.Context(), models.AccessKey); err == nil || !strings.Contains(err.Error(), "master key") {
		t.Errorf("another master key opens it: %v", err)
	}
}
