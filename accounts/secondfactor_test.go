package accounts

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
)

// RFC 6238, appendix B: the last six of the eight digits, with SHA-1.
func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	secret := models.Secret("12345678901234567890")
	for at, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := TOTP(secret, time.Unix(at, 0)); got != code {
			t.Errorf("at %d the code is %s, want %s", at, got, code)
		}
	}
}

func TestShownCodes(t *testing.T) {
	t.Parallel()
	secret := models.Secret("12345678901234567890")
	at := time.Unix(2_000_000_010, 0)
	now := stepOf(at)
	code := func(steps int64) string { return totp(secret, now+steps) }
	for name, c := range map[string]struct {
		code, next string
		step       int64
	}{
		"this step's":              {code(0), "", now},
		"the last step's":          {code(-1), "", now - 1},
		"the next step's":          {code(1), "", now + 1},
		"two steps ago":            {code(-2), "", 0},
		"two steps ahead":          {code(2), "", 0},
		"nothing":                  {"", "", 0},
		"two that follow":          {code(-1), code(0), now},
		"two that followed late":   {code(-2), code(-1), now - 1},
		"two of a fast clock":      {code(0), code(1), now + 1},
		"the same twice":           {code(0), code(0), 0},
		"two in the wrong order":   {code(0), code(-1), 0},
		"two with a gap":           {code(-1), code(1), 0},
		"a right and a wrong next": {code(0), "000000", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := shownStep(secret, c.code, c.next, at); got != c.step {
				t.Errorf("step %d, want %d", got, c.step)
			}
		})
	}
}

func TestTypedCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed, code string
		recovery    bool
		refused     bool
	}{
		"six digits":                      {typed: "123456", code: "123456"},
		"six digits with a space":         {typed: "123 456", code: "123456"},
		"six digits with a narrow space":  {typed: "123\u00a0456", code: "123456"},
		"a recovery code":                 {typed: "ABCDE-01234", code: "ABCDE01234", recovery: true},
		"a recovery code in small letter": {typed: "abcde 01234", code: "ABCDE01234", recovery: true},
		"letters that look like digits":   {typed: "oilOI-LLLLL", code: "0110111111", recovery: true},
		"five digits":                     {typed: "12345", refused: true},
		"seven digits":                    {typed: "1234567", refused: true},
		"six letters":                     {typed: "abcdef", refused: true},
		"nothing":                         {typed: "", refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, recovery, err := parseCode("code", c.typed)
			if (err != nil) != c.refused || code != c.code || recovery != c.recovery {
				t.Errorf("%q, recovery code: %t, %v", code, recovery, err)
			}
		})
	}
}

func TestRecoveryCodesAreTenThatCanBeTyped(t *testing.T) {
	t.Parallel()
	r := &Registry{keys: testKeys(t), random: rand.Reader}
	shown, kept := r.newRecoveryCodes("p")
	if len(shown) != 10 || len(kept) != 10 || len(slices.Compact(slices.Sorted(slices.Values(shown)))) != 10 {
		t.Fatalf("%d codes, %d kept", len(shown), len(kept))
	}
	for i, s := range shown {
		code, recovery, err := parseCode("code", s)
		if err != nil || !recovery || r.recoveryHash("p", code) != kept[i] || strings.Contains(kept[i], code) {
			t.Errorf("%s is read as %s (%v)", s, code, err)
		}
		if r.recoveryHash("q", code) == kept[i] {
			t.Error("the hash of a code is the same for another person")
		}
	}
}

func testKeys(t testing.TB) *models.Keys {
	t.Helper()
	keys, err := models.NewKeys(make(models.Secret, models.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestEnrolmentURI(t *testing.T) {
	t.Parallel()
	e := Enrolment{Secret: models.Secret("12345678901234567890"), email: "maija+työ@example.fi"}
	u, err := url.Parse(e.URI())
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Kaikukortti:maija+työ@example.fi" {
		t.Errorf("the URI is %s", e.URI())
	}
	for key, want := range map[string]string{
		"secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "issuer": "Kaikukortti", "algorithm": "SHA1", "digits": "6", "period": "30",
	} {
		if q.Get(key) != want {
			t.Errorf("%s=%s, want %s", key, q.Get(key), want)
		}
	}
}

// Promise: what somebody saw of one link's enrolment, or changed in it, opens nothing elsewhere.
func TestEnrolmentsAreBoundToTheirLink(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	tokens := boss.invites(coordinatorOf(kainuu, "a@example.fi"), coordinatorOf(kainuu, "b@example.fi"))
	look, err := o.registry.LookAt(t.Context(), tokens[0])
	o.must(err)
	m := &member{office: o, email: "b@example.fi", password: models.Secret(goodPassword), secret: look.Enrolment.Secret}

	_, _, err = o.registry.Accept(t.Context(), m.acceptance(tokens[1], look))
	o.refused(err, "invalid_field")
	bent := m.acceptance(tokens[0], look)
	bent.Enrolment = strings.ToUpper(bent.Enrolment)
	_, _, err = o.registry.Accept(t.Context(), bent)
	o.refused(err, "invalid_field")

	again, err := o.registry.LookAt(t.Context(), tokens[0])
	o.must(err)
	if slices.Equal(again.Enrolment.Secret, look.Enrolment.Secret) {
		t.Error("two looks at a link show the same secret")
	}
	late := m.acceptance(tokens[0], look)
	o.clock.pass(3 * totpStep)
	_, _, err = o.registry.Accept(t.Context(), late)
	o.refused(err, "wrong_first_code")
}

func TestRecoveryCodesAreSpentOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	for i, code := range m.recovery {
		shown := Shown{Email: m.email, Password: m.password, Code: code, Address: atHome}
		_, err := o.registry.SignIn(t.Context(), shown, false)
		o.must(err)
		_, err = o.registry.SignIn(t.Context(), shown, false)
		o.refused(err, "wrong_sign_in")
		if left := len(m.person().Factor.Recovery); left != 9-i {
			t.Fatalf("%d codes are left after %d", left, i+1)
		}
	}
	if !slices.Contains(o.actions(m.actor()), "recovery_code_used") {
		t.Error("the audit log does not tell of recovery codes")
	}
}

func TestNewRecoveryCodesReplaceTheOld(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	codes, err := o.registry.RenewRecoveryCodes(t.Context(), m.actor(), m.session.Family, m.shown(atWork))
	o.must(err)
	shown := Shown{Email: m.email, Password: m.password, Code: m.recovery[0], Address: atWork}
	_, err = o.registry.SignIn(t.Context(), shown, false)
	o.refused(err, "wrong_sign_in")
	shown.Code = codes[0]
	_, err = o.registry.SignIn(t.Context(), shown, false)
	o.must(err)
}

func TestAnotherAuthenticatorTakesThePlaceOfTheFirst(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	remembered, err := o.registry.SignIn(t.Context(), m.shown(atWork), true)
	o.must(err)
	e, err := o.registry.StartEnrolment(t.Context(), m.actor())
	o.must(err)

	shown := m.shown(atWork)
	_, err = o.registry.ReplaceSecondFactor(t.Context(), m.actor(), m.session.Family, shown, e.Sealed, "000000")
	o.refused(err, "wrong_first_code")
	_, err = o.registry.ReplaceSecondFactor(
		t.Context(), m.actor(), m.session.Family, Shown{Password: models.Secret("not the password"), Code: m.recovery[0]}, e.Sealed, TOTP(e.Secret, o.clock.Now()))
	o.refused(err, "wrong_sign_in")
	codes, err := o.registry.ReplaceSecondFactor(t.Context(), m.actor(), m.session.Family, shown, e.Sealed, TOTP(e.Secret, o.clock.Now()))
	o.must(err)
	if len(codes) != recoveryCodes {
		t.Errorf("%d recovery codes", len(codes))
	}
	o.must(m.acts()) // the session in which it was done goes on

	_, err = o.registry.SignIn(t.Context(), m.shown(atWork), false)
	o.refused(err, "wrong_sign_in")
	_, err = o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Computer: remembered.Computer, Address: atWork}, false)
	o.refused(err, "code_needed")
	m.secret = e.Secret
	_, err = o.registry.SignIn(t.Context(), m.shown(atWork), false)
	o.must(err)
}
