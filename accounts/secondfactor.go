package accounts

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238's default, which is all that authenticator apps agree on; HMAC does not lean on collisions
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kaikukortti/models"
)

const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSecret = 20 // bytes: as long as the hash (RFC 4226, section 4)
	totpSkew   = 1  // steps that a phone's clock may be off, either way

	recoveryCodes  = 10
	recoveryLength = 10 // characters of 5 bits
)

// TOTP is the one-time code of a secret at an instant: six digits (RFC 6238 with SHA-1 and steps of 30 s).
func TOTP(secret models.Secret, at time.Time) string { return totp(secret, stepOf(at)) }

func stepOf(at time.Time) int64 { return at.Unix() / int64(totpStep/time.Second) }

func totp(secret models.Secret, step int64) string {
	h := hmac.New(sha1.New, secret)
	_ = binary.Write(h, binary.BigEndian, step) // a hash takes every write
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, n%1_000_000)
}

// shownStep finds the step whose code was shown, or 0. With a next code the two must belong to steps that follow each other, and
// the step is the second.
func shownStep(secret models.Secret, code, next string, at time.Time) int64 {
	for step := stepOf(at) - totpSkew; step <= stepOf(at)+totpSkew; step++ {
		if next == "" && same(totp(secret, step), code) {
			return step
		}
		if next != "" && same(totp(secret, step-1), code) && same(totp(secret, step), next) {
			return step
		}
	}
	return 0
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// parseCode reads a second factor as a person types it: six digits are a one-time code, ten characters a recovery code, in which O,
// I and L are what they look like.
func parseCode(field, typed string) (code string, recovery bool, err error) {
	code = strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.ToUpper(typed))
	switch {
	case len(code) == totpDigits && strings.Trim(code, "0123456789") == "":
		return code, false, nil
	case len(code) == recoveryLength:
		return strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(code), true, nil
	}
	return "", false, models.BadField(field, "This is neither a code of six digits nor a recovery code of ten characters.")
}

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newRecoveryCodes draws ten codes of 50 bits as they are shown, and their HMACs as they are kept.
func (r *Registry) newRecoveryCodes(person models.PersonID) (shown, kept []string) {
	for range recoveryCodes {
		code := crockford.EncodeToString(r.draw(7))[:recoveryLength]
		shown = append(shown, code[:5]+"-"+code[5:])
		kept = append(kept, r.recoveryHash(person, code))
	}
	return shown, kept
}

func (r *Registry) recoveryHash(person models.PersonID, code string) string {
	return r.keys.Hash("recovery-factor", string(person), code)
}

// An Enrolment is a second factor on its way to an authenticator. Nothing of it is kept: Sealed comes back with the first code, and
// opens only for the link or person that it was made for.
type Enrolment struct {
	Secret models.Secret
	Sealed string
	email  string
}

// Base32 is the secret as people type it into an authenticator.
func (e *Enrolment) Base32() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(e.Secret)
}

// URI is what the authenticator's QR code holds.
func (e *Enrolment) URI() string {
	const issuer = "Kaikukortti"
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + e.email}
	u.RawQuery = url.Values{
		"secret": {e.Base32()}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {strconv.Itoa(totpDigits)}, "period": {"30"},
	}.Encode()
	return u.String()
}

func (r *Registry) newEnrolment(name, email string) (*Enrolment, error) {
	secret := models.Secret(r.draw(totpSecret))
	sealed, err := r.keys.Seal("enrolment", name, secret, r.random)
	if err != nil {
		return nil, err
	}
	return &Enrolment{Secret: secret, Sealed: base64.RawURLEncoding.EncodeToString(sealed), email: email}, nil
}

// enrol makes the second factor of an enrolment whose first code is shown, and its recovery codes.
func (r *Registry) enrol(person models.PersonID, name, sealed, field, code string) (*models.SecondFactor, []string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return nil, nil, errEnrolment
	}
	secret, err := r.keys.Open("enrolment", name, raw)
	if err != nil {
		return nil, nil, errEnrolment
	}
	digits, recovery, err := parseCode(field, code)
	if err != nil {
		return nil, nil, err
	}
	at := r.now()
	step := shownStep(secret, digits, "", at)
	if recovery || step == 0 {
		return nil, nil, &models.Error{Kind: models.Unprocessable, Code: "wrong_first_code", Field: field, Detail: "This is not what the authenticator shows now."}
	}
	kept, err := r.keys.Seal("totp", string(person), secret, r.random)
	if err != nil {
		return nil, nil, err
	}
	shown, hashes := r.newRecoveryCodes(person)
	return &models.SecondFactor{Secret: kept, LastStep: step, Recovery: hashes, Since: at}, shown, nil
}

var errEnrolment = models.BadField("enrolment", "This is not what was given out for this link or person; look at the link again.")
