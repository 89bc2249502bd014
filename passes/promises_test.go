package passes_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/offers"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
)

// What a venue sees of a pass is a pseudonym of its own, which changes with the month; the lists that it takes along have nothing in
// common with another's; what a phone shows changes with every credential; and raw codes are kept nowhere.
func TestPromise2TwoVenuesCannotMatchHolders(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	theatre, museum := w.venue("Teatteri"), w.venue("Museo")
	holder := w.holder()
	november := w.tags(holder.pass, theatre, museum)
	w.wait(31 * 24 * time.Hour)
	december := w.tags(holder.pass, theatre, museum)
	seen := map[string]bool{}
	for _, tag := range append(november, december...) {
		if seen[tag] || tag == "" {
			t.Errorf("the tag %q is empty or stands twice: a pass can be followed", tag)
		}
		seen[tag] = true
	}
}

func (w *town) tags(pass models.PassID, venues ...*venue) []string {
	w.t.Helper()
	var tags []string
	for _, v := range venues {
		tag, err := w.doors.Tag(w.t.Context(), v.door.Organisation, pass, models.DayOf(w.now))
		w.must(err)
		again, err := w.doors.Tag(w.t.Context(), v.door.Organisation, pass, models.DayOf(w.now))
		w.must(err)
		if tag != again {
			w.t.Error("a venue's own tag must stay the same within a month")
		}
		tags = append(tags, tag)
	}
	return tags
}

func TestPromise2ReservationListsOfTwoVenuesHaveNothingInCommon(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	theatre, museum := w.venue("Teatteri"), w.venue("Museo")
	holder := w.holder()
	for _, v := range []*venue{theatre, museum} {
		w.reserve(holder, v)
	}
	lists := [2]map[string]bool{{}, {}}
	for i, v := range []*venue{theatre, museum} {
		b := v.bundle()
		cti, err := kp1.ParseCTI(string(holder.cti))
		w.must(err)
		if !b.Reserved(v.session.ID, cti) {
			t.Error("the venue's own list does not know the reservation")
		}
		for _, place := range b.Places {
			for n := 0; n < len(place.Reserved); n += 8 {
				lists[i][string(place.Reserved[n:n+8])] = true
			}
		}
		if strings.Contains(w.json(b), string(holder.pass)) || strings.Contains(w.json(b), string(holder.cti)) {
			t.Error("a bundle names a pass or a credential in use")
		}
	}
	if len(lists[0]) != 3 || len(lists[1]) != 3 {
		t.Errorf("%d and %d entries, want the current and the next two credentials", len(lists[0]), len(lists[1]))
	}
	for entry := range lists[0] {
		if lists[1][entry] {
			t.Error("the same entry stands on the lists of two venues")
		}
	}
}

func (w *town) reserve(p *phone, v *venue) {
	w.t.Helper()
	programme := offers.NewProgramme(w.store, w.keys, func() time.Time { return w.now }, rand.Reader)
	_, err := programme.Reserve(w.t.Context(), p.actor, offers.ReserveRequest{
		Session: v.session.ID, Idempotency: &models.Idempotency{Key: "device:x/" + rand.Text(), Body: "x"},
	})
	w.must(err)
}

func TestPromise2CredentialAndCodeKeyChangeTogetherAndHoldersCannotHurryThem(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	holder := w.holder()
	first, firstKey := holder.cti, holder.codeKey
	holder.renew()
	if holder.cti != first {
		t.Error("asking again gave a fresh id: one could collect them")
	}
	if holder.codeKey.Equal(firstKey) {
		t.Error("the code key did not change with the credential")
	}
	w.wait(models.CredentialRenew + time.Second)
	holder.renew()
	if holder.cti == first {
		t.Error("an old credential was not replaced")
	}
}

func TestPromise2RawCodesAreNeverKept(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	v, holder := w.venue("Teatteri"), w.holder()
	code := holder.code()
	want(t, v.scan(code), models.OutcomeAdmitted, "")
	x, _ := kp1.CompressCodeKey(&holder.codeKey.PublicKey)
	traces := map[string]string{
		"the code":               code[4:],
		"a part of the code":     code[100:140],
		"the code key":           string(x[:]),
		"the code key in base64": base64.RawURLEncoding.EncodeToString(x[:]),
	}
	for name, trace := range traces {
		if w.onDisk(trace) {
			t.Errorf("%s is kept", name)
		}
	}
	if !w.onDisk(string(holder.pass)) {
		t.Error("the search finds nothing, not even what is there")
	}
}

// onDisk says whether bytes occur in any file of the store.
func (w *town) onDisk(trace string) bool {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.folder, "*"))
	w.must(err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		w.must(err)
		if strings.Contains(string(raw), trace) {
			return true
		}
	}
	return false
}

func want(t *testing.T, d models.Decision, outcome models.Outcome, reason models.Reason) {
	t.Helper()
	if d.Outcome != outcome || d.Reason != reason {
		t.Fatalf("got %s %q, want %s %q", d.Outcome, d.Reason, outcome, reason)
	}
}

func TestPromise4AnOldOrCopiedPictureIsRefused(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	v, other := w.venue("Teatteri"), w.venue("Museo")
	holder := w.holder()
	picture := holder.code()
	offline := v.bundle()
	w.wait(61 * time.Second)
	want(t, v.scan(picture), models.OutcomeRefused, models.StaleCode)
	w.wait(30 * time.Second)
	d, _ := offline.Judge(passes.OfflineScan{Code: picture, Session: v.session.ID, At: w.now}, nil)
	want(t, d, models.OutcomeRefused, models.StaleCode)

	live := holder.code()
	want(t, v.scan(live), models.OutcomeAdmitted, "")
	want(t, v.scan(live), models.OutcomeRefused, models.AlreadyAdmitted)
	want(t, other.scan(live), models.OutcomeRefused, models.StaleCode)
}

func TestPromise4ACodeSignedByAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	v, holder := w.venue("Teatteri"), w.holder()
	mine, theirs := holder.code(), w.holder().code()
	spliced := mine[:len(mine)-96] + theirs[len(theirs)-96:] // their signature under my content
	want(t, v.scan(spliced), models.OutcomeRefused, models.BadSignature)
	d, _ := v.bundle().Judge(passes.OfflineScan{Code: spliced, Session: v.session.ID, At: w.now}, nil)
	want(t, d, models.OutcomeRefused, models.BadSignature)

	forger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	credential, err := kp1.SignCredential(forger, kp1.Credential{
		Kind: kp1.KindPhone, CTI: kp1.CTI{7}, Exp: w.now.Add(time.Hour).Unix(), CodeKey: &holder.codeKey.PublicKey,
	})
	w.must(err)
	forged, err := kp1.SignCode(holder.codeKey, credential, w.now.Unix())
	w.must(err)
	want(t, v.scan(forged), models.OutcomeRefused, models.BadSignature)
	d, _ = v.bundle().Judge(passes.OfflineScan{Code: forged, Session: v.session.ID, At: w.now}, nil)
	want(t, d, models.OutcomeRefused, models.NeedsNetwork)
}

func TestPromise4ARevokedPassIsRefusedOnlineAtOnceAndOfflineFromTheNextBundle(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *town, id models.PassID) error{
		"revoked": func(w *town, id models.PassID) error {
			_, err := w.desk.Revoke(w.t.Context(), w.office, id, models.Misuse)
			return err
		},
		"suspended": func(w *town, id models.PassID) error {
			_, err := w.desk.Suspend(w.t.Context(), w.office, id, models.AskedByHolder)
			return err
		},
		"lost": func(w *town, id models.PassID) error {
			_, err := w.desk.StopPhone(w.t.Context(), w.office, id)
			return err
		},
		"replaced": func(w *town, id models.PassID) error {
			w.activate(id, true)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			v, holder := w.venue("Teatteri"), w.holder()
			before := v.bundle()
			w.wait(time.Minute)
			w.must(end(w, holder.pass))
			code := holder.code()
			want(t, v.scan(code), models.OutcomeRefused, models.NotInUse)
			d, _ := before.Judge(passes.OfflineScan{Code: code, Session: v.session.ID, At: w.now}, nil)
			want(t, d, models.OutcomeAdmitted, "")
			d, _ = v.bundle().Judge(passes.OfflineScan{Code: code, Session: v.session.ID, At: w.now}, nil)
			want(t, d, models.OutcomeRefused, models.NotInUse)
		})
	}
}
