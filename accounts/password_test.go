package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kaikukortti/models"
)

func TestPasswordsThatMayBeChosen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		password string
		good     bool
	}{
		"a sentence":                             {"minä poljen töihin joka aamu", true},
		"twelve characters":                      {"ruskapolku26", true},
		"twelve characters of two bytes":         {"öööäääöööåäö", true},
		"no digits, no capitals, only letters":   {"kolmasensiapupakki", true},
		"the longest":                            {strings.Repeat("ab", 128), true},
		"eleven characters":                      {"ruskapolku2", false},
		"eleven characters of two bytes":         {"ööäöäöäöäöä", false},
		"nothing":                                {"", false},
		"longer than the longest":                {strings.Repeat("a", 257), false},
		"one of the commonest":                   {"salasana1234", false},
		"one of the commonest, in capitals":      {"SALASANA1234", false},
		"the own e-mail address":                 {"maija@example.fi", false},
		"bytes that are no text":                 {"\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd", false},
		"a common one made longer by a stranger": {"salasana1234 mutta oma", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := parsePassword("password", models.Secret(c.password), "maija@example.fi")
			if e := new(models.Error); (err == nil) != c.good || err != nil && (!errors.As(err, &e) || e.Code != "weak_password") {
				t.Errorf("got %v, good: %t", err, c.good)
			}
		})
	}
}

func TestCommonestPasswordsAreLongEnoughToBeChosen(t *testing.T) {
	t.Parallel()
	for _, p := range commonest {
		if strings.ToLower(p) != p {
			t.Errorf("%q is not in lower case, and so never found", p)
		}
		if err := parsePassword("password", models.Secret(p), ""); err == nil {
			t.Errorf("%q may be chosen", p)
		}
	}
}

// Promise: whoever says nothing gets hashes of 19 MiB, gone through twice.
func TestPasswordHashes(t *testing.T) {
	t.Parallel()
	h := NewRegistry(nil, testKeys(t), time.Now, rand.Reader).hashes
	stored, err := h.hash(t.Context(), models.Secret(goodPassword))
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.hash(t.Context(), models.Secret(goodPassword))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") || stored == again {
		t.Errorf("hashes %q and %q", stored, again)
	}
	for name, c := range map[string]struct {
		password, stored string
		fits             bool
	}{
		"the password":               {goodPassword, stored, true},
		"its other hash":             {goodPassword, again, true},
		"another password":           {goodPassword + " ", stored, false},
		"no password":                {"", stored, false},
		"no account":                 {goodPassword, "", false},
		"no account and no password": {"", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fits, err := h.fits(models.Secret(c.password), c.stored)
			if err != nil || fits != c.fits {
				t.Errorf("fits: %t, %v", fits, err)
			}
		})
	}
}

// The hash was made by another program (Argon2 in C, with our parameters) from "password".
func TestPasswordHashOfAnotherProgramFits(t *testing.T) {
	t.Parallel()
	const foreign = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHlzYWx0eXNhbHR5$LTCCralPbFpMyrU5fOFhSIR37CV6B19KICx1uph6jn0"
	fits, err := newHasher(DefaultHashCost, rand.Reader).fits(models.Secret("password"), foreign)
	if !fits || err != nil {
		t.Errorf("fits: %t, %v", fits, err)
	}
}

const someHash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"

func TestStoredHashesThatAreNone(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"nothing":             "",
		"plain text":          goodPassword,
		"another algorithm":   "$2b$12$abcdefghijklmnopqrstuv",
		"argon2i":             strings.Replace(someHash, "argon2id", "argon2i", 1),
		"another version":     strings.Replace(someHash, "v=19", "v=16", 1),
		"no passes":           strings.Replace(someHash, "t=2", "t=0", 1),
		"no threads":          strings.Replace(someHash, "p=1", "p=0", 1),
		"too much memory":     strings.Replace(someHash, "m=19456", "m=4000000", 1),
		"no key":              someHash[:strings.LastIndex(someHash, "$")+1],
		"a part more":         someHash + "$",
		"text after settings": strings.Replace(someHash, "p=1", "p=1x", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if p, err := parsePHC(s); err == nil {
				t.Errorf("parsed as %+v", p)
			}
		})
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(someHash)
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := parsePHC(s); err == nil && p.String() != s {
			t.Errorf("%q was read as %q", s, p)
		}
	})
}

// Promise: a flood of sign-ins queues, and those whom we know still find a place.
func TestHashesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(DefaultHashCost, rand.Reader)
		var now, most atomic.Int32
		hold, release := make(chan struct{}), sync.WaitGroup{}
		done := errors.New("the work was done")
		work := func() error {
			most.Store(max(most.Load(), now.Add(1)))
			<-hold
			now.Add(-1)
			return done
		}
		flood := func(known bool, n int) {
			for range n {
				release.Go(func() {
					if err := h.within(t.Context(), known, work); !errors.Is(err, done) {
						t.Error(err)
					}
				})
			}
			synctest.Wait()
		}
		flood(false, 50)
		if now.Load() != strangersAtOnce {
			t.Errorf("%d strangers' hashes at once", now.Load())
		}
		flood(true, 50)
		if now.Load() != hashesAtOnce {
			t.Errorf("%d hashes at once", now.Load())
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if e := new(models.Error); !errors.As(h.within(gone, false, work), &e) || e.Code != "busy" {
			t.Errorf("whoever has no time to wait is told %v", e)
		}
		close(hold)
		release.Wait()
		if most.Load() != hashesAtOnce || len(h.places)+len(h.strangers) != 0 {
			t.Errorf("at most %d at once; %d places are still taken", most.Load(), len(h.places)+len(h.strangers))
		}
	})
}

// Promise: a sign-in that fails takes as long for somebody unknown: one hash, whatever is wrong. It is seen by its memory, and no other
// test runs beside this one.
func TestEveryWrongSignInCostsOneHash(t *testing.T) {
	o := newOffice(t)
	o.registry.hashes = newHasher(DefaultHashCost, rand.Reader)
	m := o.national()
	wrongPassword, wrongCode, unknown := m.shown(atWork), m.shown(atWork), m.shown(atWork)
	wrongPassword.Password, wrongCode.Code, unknown.Email = models.Secret("another password"), "000000", "nobody@example.fi"
	for name, shown := range map[string]Shown{"wrong password": wrongPassword, "wrong code": wrongCode, "unknown e-mail": unknown} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := o.registry.SignIn(t.Context(), shown, false)
		runtime.ReadMemStats(&after)
		o.refused(err, "wrong_sign_in")
		const one = 19 << 20
		if took := after.TotalAlloc - before.TotalAlloc; took < one || took > 2*one {
			t.Errorf("%s: took %d bytes, and one hash takes %d", name, took, one)
		}
	}
}
