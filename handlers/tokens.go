package handlers

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"

	"kaikukortti/models"
)

// Access tokens are short, because they say who asks and not what that one may do: state is asked for on every request.
const (
	accessLife = 10 * time.Minute
	accessType = "at+jwt" // RFC 9068
	keysFresh  = 30 * time.Second
	keysAgain  = 5 * time.Second
)

// signing is the part of the keyring that tokens need.
type signing interface {
	Signer(ctx context.Context, use models.KeyUse) (kid string, key crypto.Signer, err error)
	PublicKeys(ctx context.Context, use models.KeyUse) ([]models.SigningKey, error)
}

// Tokens makes and reads access tokens (ES256). It keeps public keys by their kid, which cannot change, and asks again for which
// of them still hold.
type Tokens struct {
	ring   signing
	origin string
	now    func() time.Time

	mu     sync.Mutex
	public map[string]*ecdsa.PublicKey
	asked  time.Time
	seen   map[[sha256.Size]byte]seenToken
}

// A seenToken is one whose signature was verified: that cannot change, while the key that made it and the time still can.
type seenToken struct {
	kid  string
	said claims
}

// seenMost bounds what is remembered; at the bound all is forgotten, and verified again.
const seenMost = 1 << 14

func newTokens(ring signing, origins []string, now func() time.Time) *Tokens {
	origin := ""
	if len(origins) > 0 {
		origin = origins[0]
	}
	return &Tokens{ring: ring, origin: origin, now: now}
}

// claims are what an access token says. Subject is the person, the pass or the scanner.
type claims struct {
	jwt.RegisteredClaims
	Role         models.Role           `json:"role"`
	Organisation models.OrganisationID `json:"org,omitempty"`
	Network      models.NetworkID      `json:"net,omitempty"`
	Family       models.FamilyID       `json:"fam,omitempty"` // the session that it came from
	Phone        models.CarrierID      `json:"phn,omitempty"`
}

// accessToken is the answer to everybody who proves who they are.
type accessToken struct {
	Token     string    `json:"access_token"`
	Type      string    `json:"token_type"`
	ExpiresIn int       `json:"expires_in"`
	Now       time.Time `json:"now"` // the server's clock, by which phones correct theirs
}

// mint signs a token for an actor; family is the session of a person.
func (t *Tokens) mint(ctx context.Context, a models.Actor, family models.FamilyID) (accessToken, error) {
	now := t.now().UTC().Truncate(time.Second)
	kid, key, err := t.ring.Signer(ctx, models.AccessKey)
	if err != nil {
		return accessToken{}, err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.origin, Subject: subject(a), IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(accessLife)),
		},
		Role: a.Role, Organisation: a.Organisation, Network: a.Network, Family: family, Phone: a.Phone,
	})
	token.Header["kid"], token.Header["typ"] = kid, accessType
	signed, err := token.SignedString(key)
	if err != nil {
		return accessToken{}, fmt.Errorf("sign an access token: %w", err)
	}
	return accessToken{Token: signed, Type: "Bearer", ExpiresIn: int(accessLife / time.Second), Now: now}, nil
}

func subject(a models.Actor) string {
	switch a.Role {
	case models.HolderRole:
		return string(a.Pass)
	case models.ScannerRole:
		return string(a.Scanner)
	case models.WorkerRole, models.ManagerRole, models.Coordinator, models.National, models.AnyPersonRole, models.Nobody:
	}
	return string(a.Person)
}

var (
	errNoToken  = &models.Error{Kind: models.Unauthenticated, Code: "not_signed_in", Detail: "Send an access token."}
	errBadToken = &models.Error{Kind: models.Unauthenticated, Code: "token_invalid", Detail: "The access token does not hold; get a new one."}
	errOldToken = &models.Error{Kind: models.Unauthenticated, Code: "token_expired", Detail: "The access token has ended; get a new one."}
)

// read verifies a token. The signature of one that was seen before is not computed again; whether its key and its time still hold
// is asked each time.
func (t *Tokens) read(ctx context.Context, raw string) (claims, error) {
	name := sha256.Sum256([]byte(raw))
	if seen, there := t.remembered(name); there {
		key, err := t.publicKey(ctx, seen.kid)
		switch {
		case err != nil && key == nil:
			return claims{}, err
		case key == nil:
			return claims{}, errBadToken
		case !t.now().Before(seen.said.ExpiresAt.Time):
			return claims{}, errOldToken
		}
		return seen.said, nil
	}
	said, kid, err := t.verify(ctx, raw)
	if err == nil {
		t.remember(name, seenToken{kid, said})
	}
	return said, err
}

func (t *Tokens) remembered(name [sha256.Size]byte) (seenToken, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen, there := t.seen[name]
	return seen, there
}

func (t *Tokens) remember(name [sha256.Size]byte, seen seenToken) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) >= seenMost || t.seen == nil {
		t.seen = map[[sha256.Size]byte]seenToken{}
	}
	t.seen[name] = seen
}

// verify reads a token that was not seen before, and answers the key that signed it.
func (t *Tokens) verify(ctx context.Context, raw string) (claims, string, error) {
	var said claims
	var kid string
	var failed error // not the token's fault
	token, err := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodES256.Alg()}), jwt.WithTimeFunc(t.now), jwt.WithExpirationRequired(),
		jwt.WithIssuer(t.origin), jwt.WithStrictDecoding(),
	).ParseWithClaims(raw, &said, func(token *jwt.Token) (any, error) {
		kid, _ = token.Header["kid"].(string)
		if token.Header["typ"] != accessType {
			return nil, errBadToken
		}
		key, err := t.publicKey(ctx, kid)
		if key == nil {
			failed = err
			return nil, errBadToken
		}
		return key, nil
	})
	switch {
	case failed != nil:
		return claims{}, "", failed
	case errors.Is(err, jwt.ErrTokenExpired):
		return claims{}, "", errOldToken
	case err != nil, !token.Valid:
		return claims{}, "", errBadToken
	}
	return said, kid, nil
}

// publicKey finds a key by its kid, or none. Which keys hold is asked again twice a minute, so that a compromised key ends soon, and for
// a kid that is not known, at most every five seconds.
func (t *Tokens) publicKey(ctx context.Context, kid string) (*ecdsa.PublicKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	age := t.now().Sub(t.asked)
	if key := t.public[kid]; key != nil && age < keysFresh {
		return key, nil
	}
	if age >= keysAgain || age < 0 || t.public == nil {
		if err := t.reload(ctx); err != nil {
			return nil, err
		}
	}
	return t.public[kid], nil
}

func (t *Tokens) reload(ctx context.Context) error {
	all, err := t.ring.PublicKeys(ctx, models.AccessKey)
	if err != nil {
		return err
	}
	t.public, t.asked = map[string]*ecdsa.PublicKey{}, t.now()
	for i := range all {
		key, err := ecdsa.ParseUncompressedPublicKey(p256, all[i].Public)
		if err != nil {
			return fmt.Errorf("read access key %s: %w", all[i].KID, err)
		}
		t.public[all[i].KID] = key
	}
	return nil
}

// bearer is the token that a request carries.
func bearer(c *fiber.Ctx) string {
	const scheme = "Bearer "
	h := c.Get(fiber.HeaderAuthorization)
	if len(h) < len(scheme) || h[:len(scheme)] != scheme {
		return ""
	}
	return h[len(scheme):]
}
