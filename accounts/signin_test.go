package accounts

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"kaikukortti/models"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	s, err := o.registry.SignIn(t.Context(), m.shown(atWork), false)
	o.must(err)
	if s.Actor != (models.Actor{Role: models.National, Person: m.actor().Person}) || len(s.Computer) != 0 {
		t.Errorf("signed in as %+v", s)
	}
	if want := o.clock.Now().Add(12 * time.Hour); !s.Ends.Equal(want) {
		t.Errorf("the session ends at %v, want %v", s.Ends, want)
	}
	if got := m.person().SignedInAt; !got.Equal(o.clock.Now()) {
		t.Errorf("signed in at %v", got)
	}
	shouted := m.shown(atWork)
	shouted.Email = " EEVA@example.FI "
	_, err = o.registry.SignIn(t.Context(), shouted, false)
	o.must(err)
}

// Promise: no answer says who has an account, or which half was wrong.
func TestWrongSignInsAnswerAlike(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	wrongPassword, wrongCode, stranger, noCode, strangerNoCode := m.shown(atWork), m.shown(atWork), m.shown(atWork), m.shown(atWork), m.shown(atWork)
	wrongPassword.Password = models.Secret("not the password")
	wrongCode.Code = "000000"
	stranger.Email = "nobody@example.fi"
	noCode.Code, strangerNoCode.Code, strangerNoCode.Email = "", "", "nobody@example.fi"
	recovery := m.shown(atWork)
	recovery.Code = "00000-00000"
	for name, c := range map[string]struct {
		shown Shown
		code  string
	}{
		"a wrong password":         {wrongPassword, "wrong_sign_in"},
		"a wrong code":             {wrongCode, "wrong_sign_in"},
		"a wrong recovery code":    {recovery, "wrong_sign_in"},
		"somebody unknown":         {stranger, "wrong_sign_in"},
		"no code":                  {noCode, "code_needed"},
		"no code of one unknown":   {strangerNoCode, "code_needed"},
		"no e-mail address at all": {Shown{Password: m.password, Code: "123456"}, "invalid_field"},
	} {
		_, err := o.registry.SignIn(t.Context(), c.shown, false)
		o.refused(err, c.code)
		if e := o.problem(err); c.code == "wrong_sign_in" && (e.Kind != models.Unauthenticated || e.Error() != models.ErrWrongSignIn.Error()) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestCodesAreSpentOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	shown := m.shown(atWork)
	_, err := o.registry.SignIn(t.Context(), shown, false)
	o.must(err)
	_, err = o.registry.SignIn(t.Context(), shown, false)
	o.refused(err, "wrong_sign_in")
	o.clock.pass(totpStep) // it is the last step's now, and still spent
	_, err = o.registry.SignIn(t.Context(), shown, false)
	o.refused(err, "wrong_sign_in")
}

func TestRememberedComputersSkipTheSecondFactorOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	s, err := o.registry.SignIn(t.Context(), m.shown(atWork), true)
	o.must(err)
	there := Shown{Email: m.email, Password: m.password, Computer: s.Computer, Address: atHome}

	o.clock.pass(29 * 24 * time.Hour)
	again, err := o.registry.SignIn(t.Context(), there, false)
	o.must(err)
	if again.Actor != s.Actor {
		t.Errorf("acts as %+v", again.Actor)
	}
	wrong := there
	wrong.Password = models.Secret("not the password")
	_, err = o.registry.SignIn(t.Context(), wrong, false)
	o.refused(err, "wrong_sign_in")
	stolen := there
	stolen.Email = "nobody@example.fi"
	_, err = o.registry.SignIn(t.Context(), stolen, false)
	o.refused(err, "code_needed")

	o.clock.pass(24*time.Hour + time.Second) // 30 days, whatever was done meanwhile
	_, err = o.registry.SignIn(t.Context(), there, false)
	o.refused(err, "code_needed")
}

func TestComputersAreListedAndForgotten(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	s, err := o.registry.SignIn(t.Context(), m.shown(atWork), true)
	o.must(err)
	work, err := o.registry.AtWork(t.Context(), m.actor())
	o.must(err)
	if len(work.Person.Computers) != 1 {
		t.Fatalf("%d computers", len(work.Person.Computers))
	}
	o.must(o.registry.ForgetComputer(t.Context(), m.actor(), work.Person.Computers[0].ID))
	_, err = o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Computer: s.Computer, Address: atWork}, false)
	o.refused(err, "code_needed")
	o.refused(o.registry.ForgetComputer(t.Context(), m.actor(), work.Person.Computers[0].ID), "no_such_computer")
}

func TestOnlyTheLastFiveComputersAreRemembered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	tokens := make([]models.Secret, models.MostComputers+1)
	for i := range tokens {
		s, err := o.registry.SignIn(t.Context(), m.shown(atWork), true)
		o.must(err)
		tokens[i] = s.Computer
	}
	for i, token := range tokens {
		_, err := o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Computer: token, Address: atWork}, false)
		if forgotten := i == 0; (err != nil) != forgotten {
			t.Errorf("computer %d: %v", i, err)
		}
	}
}

// attack tries wrong passwords from one address until it has to wait, and says how often it tried.
func (m *member) attack(from netip.Addr) int {
	m.office.Helper()
	for n := range 1000 {
		_, err := m.office.registry.SignIn(m.office.Context(), Shown{
			Email: m.email, Password: models.Secret("a guessed password"), Code: "123456", NextCode: "123457", Address: from,
		}, false)
		if codeOfError(err) == "too_many_tries" {
			return n
		}
	}
	m.office.Fatal("a thousand guesses, and no end")
	return 0
}

func TestWrongSignInsFromOnePlaceHaveToWait(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	if n := m.attack(attacker); n != models.TriesFree {
		t.Fatalf("%d guesses before a wait", n)
	}
	shown := m.shown(attacker) // 30 s later
	_, err := o.registry.SignIn(t.Context(), shown, false)
	o.must(err) // who waits is let in, and all is forgotten

	if n := m.attack(attacker); n != models.TriesFree {
		t.Fatalf("%d guesses before a wait, after a right one", n)
	}
	var waits []int
	for range 7 {
		_, err := o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: models.Secret("guess"), Code: "123456", NextCode: "123456", Address: attacker}, false)
		o.refused(err, "too_many_tries")
		e := o.problem(err)
		waits = append(waits, e.RetryAfter)
		o.clock.pass(time.Duration(e.RetryAfter) * time.Second)
		m.attack(attacker)
	}
	if want := []int{30, 60, 120, 240, 480, 900, 900}; !slices.Equal(waits, want) {
		t.Errorf("waits of %v seconds, want %v", waits, want)
	}
	o.clock.pass(models.TriesKept)
	if n := m.attack(attacker); n != models.TriesFree {
		t.Errorf("%d guesses before a wait, a day later", n)
	}
}

// Promise (DESIGN §6): nobody can lock another out. Whatever is tried elsewhere, the owner gets in from a remembered computer with
// the password, from any other address with two codes that follow each other, and with a recovery code.
func TestNobodyCanLockAnotherOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	s, err := o.registry.SignIn(t.Context(), m.shown(atWork), true)
	o.must(err)
	for i := range 40 {
		m.attack(netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}))
	}

	_, err = o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Computer: s.Computer, Address: attacker}, false)
	o.must(err)
	one := m.shown(atHome)
	_, err = o.registry.SignIn(t.Context(), one, false)
	o.refused(err, "second_code_needed")
	stranger := one
	stranger.Email = "nobody@example.fi"
	_, err = o.registry.SignIn(t.Context(), stranger, false)
	o.refused(err, "wrong_sign_in") // attacked accounts differ from others, known ones from unknown ones do not

	two := one
	two.NextCode = m.nextCode()
	_, err = o.registry.SignIn(t.Context(), two, false)
	o.must(err)
	_, err = o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Code: m.recovery[0], Address: atHome}, false)
	o.must(err)

	o.clock.pass(models.TriesKept)
	_, err = o.registry.SignIn(t.Context(), m.shown(atHome), false)
	o.must(err)
}

// What an attacker who knows the password can try of codes is bounded over all addresses together: 20 single codes a day.
func TestSingleCodesAreBoundedOverAllAddresses(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	tried := 0
	for i := range 60 {
		_, err := o.registry.SignIn(t.Context(), Shown{
			Email: m.email, Password: m.password, Code: "000000", Address: netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}),
		}, false)
		if codeOfError(err) == "wrong_sign_in" {
			tried++
		}
	}
	if tried != models.TriesStrict {
		t.Errorf("%d single codes were tried", tried)
	}
}

// Promise: a city hall signs in at eight, from one address.
func TestTwoHundredSignInsFromOneAddressAreNotRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	var workers []*member
	for i := range 20 {
		workers = append(workers, boss.hires(workerAt(sote, fmt.Sprintf("worker%d@example.fi", i))))
	}
	for range 10 {
		for i, w := range workers {
			shown := w.shown(atWork)
			if i%4 == 0 { // who mistypes the password, and then does not
				wrong := shown
				wrong.Password = models.Secret("mistyped password")
				_, err := o.registry.SignIn(t.Context(), wrong, false)
				o.refused(err, "wrong_sign_in")
			}
			if _, err := o.registry.SignIn(t.Context(), shown, false); err != nil {
				t.Fatalf("worker %d: %v", i, err)
			}
		}
	}
}

func TestChangedPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	other, err := o.registry.SignIn(t.Context(), m.shown(atHome), false)
	o.must(err)

	o.refused(o.registry.ChangePassword(t.Context(), m.actor(), m.session.Family, m.shown(atWork), models.Secret("short")), "weak_password")
	stolen := m.shown(atWork)
	stolen.Password = models.Secret("not the password")
	o.refused(o.registry.ChangePassword(t.Context(), m.actor(), m.session.Family, stolen, models.Secret("uusi hyvä salasana")), "wrong_sign_in")
	o.must(o.registry.ChangePassword(t.Context(), m.actor(), m.session.Family, m.shown(atWork), models.Secret("uusi hyvä salasana")))

	o.must(m.acts())
	_, err = o.registry.Acting(t.Context(), other.Actor.Person, other.Family, other.Actor.Role, "")
	o.refused(err, "session_ended")
	_, err = o.registry.SignIn(t.Context(), m.shown(atWork), false)
	o.refused(err, "wrong_sign_in")
	m.password = models.Secret("uusi hyvä salasana")
	_, err = o.registry.SignIn(t.Context(), m.shown(atWork), false)
	o.must(err)
}
