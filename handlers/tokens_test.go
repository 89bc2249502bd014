package handlers

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kaikukortti/models"
)

// ring is a keyring in memory.
type ring struct {
	kid   string
	key   *ecdsa.PrivateKey
	lost  error
	asked int
}

func newRing(t *testing.T) *ring {
	t.Helper()
	return &ring{kid: "k1", key: newKey(t)}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// pointOf is a public key as it is stored: uncompressed.
func pointOf(t testing.TB, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return point
}

func (r *ring) Signer(context.Context, models.KeyUse) (string, crypto.Signer, error) {
	return r.kid, r.key, r.lost
}

func (r *ring) PublicKeys(context.Context, models.KeyUse) ([]models.SigningKey, error) {
	r.asked++
	point, err := r.key.PublicKey.Bytes()
	return []models.SigningKey{{KID: r.kid, Public: point}}, errors.Join(err, r.lost)
}

func TestATokenSaysWhoAsksForTenMinutes(t *testing.T) {
	t.Parallel()
	at := &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	tokens := newTokens(newRing(t), []string{"http://localhost"}, at.now)
	minted, err := tokens.mint(t.Context(), models.Actor{
		Role: models.WorkerRole, Person: "p", Organisation: "o", Network: "n",
	}, "f")
	if err != nil || minted.ExpiresIn != 600 || minted.Type != "Bearer" || !minted.Now.Equal(at.at) {
		t.Fatalf("%+v, %v", minted, err)
	}
	said, err := tokens.read(t.Context(), minted.Token)
	if err != nil || said.Role != models.WorkerRole || said.Subject != "p" || said.Organisation != "o" || said.Network != "n" || said.Family != "f" {
		t.Fatalf("%+v, %v", said, err)
	}
	at.at = at.at.Add(10 * time.Minute)
	if _, err := tokens.read(t.Context(), minted.Token); !errors.Is(err, errOldToken) {
		t.Fatalf("after ten minutes: %v", err)
	}
}

func TestTokensOfOthersDoNotHold(t *testing.T) {
	t.Parallel()
	at := &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	mine := newRing(t)
	tokens := newTokens(mine, []string{"http://localhost"}, at.now)
	body := func(change func(*claims)) claims {
		c := claims{
			RegisteredClaims: jwt.RegisteredClaims{Issuer: "http://localhost", Subject: "p", ExpiresAt: jwt.NewNumericDate(at.at.Add(time.Minute))},
			Role:             models.National,
		}
		change(&c)
		return c
	}
	signed := func(method jwt.SigningMethod, key any, typ, kid string, c claims) string {
		token := jwt.NewWithClaims(method, c)
		token.Header["typ"], token.Header["kid"] = typ, kid
		s, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	same := func(*claims) {}
	good := signed(jwt.SigningMethodES256, mine.key, accessType, "k1", body(same))
	if _, err := tokens.read(t.Context(), good); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	parts := strings.Split(good, ".")
	changed := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"other","role":"national","exp":99999999999,"iss":"http://localhost"}`))
	for name, raw := range map[string]string{
		"nothing":               "",
		"nonsense":              "a.b.c",
		"another's key":         signed(jwt.SigningMethodES256, newKey(t), accessType, "k1", body(same)),
		"another kid":           signed(jwt.SigningMethodES256, mine.key, accessType, "k2", body(same)),
		"another type":          signed(jwt.SigningMethodES256, mine.key, deviceType, "k1", body(same)),
		"unsigned":              signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, accessType, "k1", body(same)),
		"the public key as MAC": signed(jwt.SigningMethodHS256, pointOf(t, mine.key), accessType, "k1", body(same)),
		"no end":                signed(jwt.SigningMethodES256, mine.key, accessType, "k1", body(func(c *claims) { c.ExpiresAt = nil })),
		"another issuer":        signed(jwt.SigningMethodES256, mine.key, accessType, "k1", body(func(c *claims) { c.Issuer = "http://other" })),
		"changed":               parts[0] + "." + changed + "." + parts[2],
		"cut":                   parts[0] + "." + parts[1] + ".",
	} {
		if _, err := tokens.read(t.Context(), raw); !errors.Is(err, errBadToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysAreAskedForAgain(t *testing.T) {
	t.Parallel()
	at := &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	keys := newRing(t)
	tokens := newTokens(keys, []string{"http://localhost"}, at.now)
	mint := func() string {
		minted, err := tokens.mint(t.Context(), models.Actor{Role: models.HolderRole, Pass: "p"}, "")
		if err != nil {
			t.Fatal(err)
		}
		return minted.Token
	}
	old := mint()
	if _, err := tokens.read(t.Context(), old); err != nil || keys.asked != 1 {
		t.Fatalf("%v, asked %d times", err, keys.asked)
	}
	keys.kid, keys.key = "k2", newKey(t)
	fresh := mint()
	if _, err := tokens.read(t.Context(), fresh); !errors.Is(err, errBadToken) || keys.asked != 1 {
		t.Fatalf("an unknown kid at once: %v, asked %d times", err, keys.asked)
	}
	at.at = at.at.Add(keysAgain)
	if _, err := tokens.read(t.Context(), fresh); err != nil || keys.asked != 2 {
		t.Fatalf("an unknown kid later: %v, asked %d times", err, keys.asked)
	}
	if _, err := tokens.read(t.Context(), old); !errors.Is(err, errBadToken) {
		t.Fatalf("a token of a key that was withdrawn: %v", err)
	}
	keys.lost = &models.Error{Kind: models.Unavailable, Code: "unavailable"}
	at.at = at.at.Add(keysFresh)
	if _, err := tokens.read(t.Context(), fresh); !errors.Is(err, keys.lost) {
		t.Fatalf("while the store is gone: %v", err)
	}
}

// devices knows one phone and one scanner, and spends what it is told to.
type devices struct {
	phone, scanner string
	point          []byte
	mu             sync.Mutex
	spent          map[string]time.Time
}

func (d *devices) DeviceByThumbprint(_ context.Context, thumbprint string) (models.Actor, []byte, error) {
	if thumbprint != d.phone {
		return models.Actor{}, nil, &models.Error{Kind: models.NotFound, Code: "no_such_device"}
	}
	return models.Actor{Role: models.HolderRole, Pass: "pass", Phone: "phone"}, d.point, nil
}

func (d *devices) ScannerByThumbprint(_ context.Context, thumbprint string) (models.Actor, []byte, error) {
	if thumbprint != d.scanner {
		return models.Actor{}, nil, &models.Error{Kind: models.NotFound, Code: "no_such_scanner"}
	}
	return models.Actor{Role: models.ScannerRole, Scanner: "scanner"}, d.point, nil
}

func (d *devices) SpendJTI(_ context.Context, jti string, until time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, used := d.spent[jti]; used {
		return &models.Error{Kind: models.Unauthenticated, Code: "assertion_used"}
	}
	d.spent[jti] = until
	return nil
}

func TestADeviceProvesItsKey(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	key := newKey(t)
	good := func() (map[string]any, jwt.MapClaims) {
		return map[string]any{"typ": deviceType}, jwt.MapClaims{
			"sub": "phone-key", "aud": "http://localhost", "iat": now.Unix(), "exp": now.Unix() + 120, "jti": rand.Text(),
		}
	}
	for name, c := range map[string]struct {
		change func(header map[string]any, said jwt.MapClaims)
		key    *ecdsa.PrivateKey
		code   string
	}{
		"all is well":               {func(map[string]any, jwt.MapClaims) {}, key, ""},
		"a scanner":                 {func(h map[string]any, c jwt.MapClaims) { h["typ"] = scannerType; c["sub"] = "scanner-key" }, key, ""},
		"the second origin":         {func(_ map[string]any, c jwt.MapClaims) { c["aud"] = []string{"https://other.example"} }, key, ""},
		"two minutes late":          {func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Unix() - 119; c["exp"] = now.Unix() + 1 }, key, ""},
		"another key":               {func(map[string]any, jwt.MapClaims) {}, newKey(t), "assertion_invalid"},
		"an unknown phone":          {func(_ map[string]any, c jwt.MapClaims) { c["sub"] = "other" }, key, "unknown_key"},
		"a scanner's as a phone":    {func(_ map[string]any, c jwt.MapClaims) { c["sub"] = "scanner-key" }, key, "unknown_key"},
		"no type":                   {func(h map[string]any, _ jwt.MapClaims) { h["typ"] = "JWT" }, key, "assertion_invalid"},
		"an access token":           {func(h map[string]any, _ jwt.MapClaims) { h["typ"] = accessType }, key, "assertion_invalid"},
		"something critical":        {func(h map[string]any, _ jwt.MapClaims) { h["crit"] = []string{"b64"} }, key, "assertion_invalid"},
		"another origin":            {func(_ map[string]any, c jwt.MapClaims) { c["aud"] = "http://evil" }, key, "assertion_invalid"},
		"two origins":               {func(_ map[string]any, c jwt.MapClaims) { c["aud"] = []string{"http://localhost", "http://evil"} }, key, "assertion_invalid"},
		"no origin":                 {func(_ map[string]any, c jwt.MapClaims) { delete(c, "aud") }, key, "assertion_invalid"},
		"no iat":                    {func(_ map[string]any, c jwt.MapClaims) { delete(c, "iat") }, key, "assertion_invalid"},
		"no exp":                    {func(_ map[string]any, c jwt.MapClaims) { delete(c, "exp") }, key, "assertion_invalid"},
		"no jti":                    {func(_ map[string]any, c jwt.MapClaims) { delete(c, "jti") }, key, "assertion_invalid"},
		"a short jti":               {func(_ map[string]any, c jwt.MapClaims) { c["jti"] = "123" }, key, "assertion_invalid"},
		"a long life":               {func(_ map[string]any, c jwt.MapClaims) { c["exp"] = now.Unix() + 121 }, key, "assertion_invalid"},
		"a clock ahead":             {func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Unix() + 121; c["exp"] = now.Unix() + 200 }, key, "wrong_clock"},
		"a clock behind":            {func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Unix() - 121; c["exp"] = now.Unix() - 1 }, key, "wrong_clock"},
		"a clock behind its end":    {func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Unix() - 60; c["exp"] = now.Unix() }, key, "wrong_clock"},
		"a wrong clock, and forged": {func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Unix() + 500 }, newKey(t), "assertion_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &devices{phone: "phone-key", scanner: "scanner-key", point: pointOf(t, key), spent: map[string]time.Time{}}
			at := &clock{now}
			p := &prover{devices: d, scanners: d, origins: []string{"http://localhost", "https://other.example"}, now: at.now}
			limits := newLimiters(DefaultLimits(), at.now)
			header, said := good()
			c.change(header, said)
			token := jwt.NewWithClaims(jwt.SigningMethodES256, said)
			maps.Copy(token.Header, header)
			raw, err := token.SignedString(c.key)
			if err != nil {
				t.Fatal(err)
			}
			who, err := p.prove(t.Context(), raw, limits.code.check)
			e := new(models.Error)
			if failed := errors.As(err, &e); failed != (c.code != "") || e.Code != c.code || (err == nil) == (who.Role == models.Nobody) {
				t.Fatalf("%+v, %v, want %q", who, err, c.code)
			}
			if c.code == "wrong_clock" && e.Extra["now"] != now {
				t.Fatalf("the clock is told as %v", e.Extra)
			}
			if c.code != "" && len(d.spent) > 0 {
				t.Fatal("a refused assertion was spent")
			}
			if c.code != "" {
				return
			}
			if _, err := p.prove(t.Context(), raw, limits.code.check); !errors.As(err, &e) || e.Code != "assertion_used" {
				t.Fatalf("the same assertion again: %v", err)
			}
		})
	}
}

// What is remembered of a token is that its signature was right; its key and its time are looked at each time.
func TestARememberedTokenEndsWithItsKeyAndItsTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(*ring, *clock)
		want    error
	}{
		"its key was compromised": {func(r *ring, at *clock) { r.kid, at.at = "k2", at.at.Add(keysFresh) }, errBadToken},
		"its time is over":        {func(_ *ring, at *clock) { at.at = at.at.Add(accessLife) }, errOldToken},
		"nothing":                 {func(*ring, *clock) {}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, keys := &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}, newRing(t)
			tokens := newTokens(keys, []string{"http://localhost"}, at.now)
			minted, err := tokens.mint(t.Context(), models.Actor{Role: models.ScannerRole, Scanner: "s"}, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tokens.read(t.Context(), minted.Token); err != nil {
				t.Fatal(err)
			}
			c.happens(keys, at)
			said, err := tokens.read(t.Context(), minted.Token)
			if !errors.Is(err, c.want) || err == nil && said.Subject != "s" {
				t.Errorf("%+v, %v; want %v", said, err, c.want)
			}
			if changed := minted.Token[:len(minted.Token)-2] + "AA"; changed != minted.Token {
				if _, err := tokens.read(t.Context(), changed); err == nil {
					t.Error("a token with another signature is taken for the one that was seen")
				}
			}
		})
	}
}

func TestRememberedTokensAreBounded(t *testing.T) {
	t.Parallel()
	tokens := newTokens(newRing(t), nil, time.Now)
	for n := range seenMost + 10 {
		tokens.remember([32]byte{byte(n), byte(n >> 8), byte(n >> 16)}, seenToken{})
	}
	if got := len(tokens.seen); got > seenMost {
		t.Errorf("%d are remembered", got)
	}
}
