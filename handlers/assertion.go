package handlers

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"

	"kaikukortti/models"
)

// How a device proves its key (RFC 7523 style).
const (
	deviceType    = "device+jwt"
	scannerType   = "scanner+jwt"
	assertionLife = 120 * time.Second
	jtiKept       = 10 * time.Minute // more than an assertion can be replayed for, however clocks stand
)

var p256 = elliptic.P256()

// holding is the part of passes.Desk that knows phones.
type holding interface {
	DeviceByThumbprint(ctx context.Context, thumbprint string) (models.Actor, []byte, error)
	SpendJTI(ctx context.Context, jti string, until time.Time) error
}

// scanning is the part of accounts.Directory that knows scanners.
type scanning interface {
	ScannerByThumbprint(ctx context.Context, thumbprint string) (models.Actor, []byte, error)
}

var (
	errAssertion = &models.Error{
		Kind: models.Unauthenticated, Code: "assertion_invalid", Detail: "The proof of the device key does not hold.",
	}
	errUnknownKey = &models.Error{
		Kind: models.Unauthenticated, Code: "unknown_key", Detail: "This key carries no pass and is no scanner, or it has ended.",
	}
)

// prover checks assertions.
type prover struct {
	devices  holding
	scanners scanning
	origins  []string
	now      func() time.Time
}

// token gives an access token to a phone or scanner that proves its key.
func token(p *prover, t *Tokens, limits *limiters) fiber.Handler {
	type request struct {
		Assertion string `json:"assertion"`
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		who, err := p.prove(c.UserContext(), in.Assertion, func(key string) error { return limits.try(c, key) })
		if err != nil {
			return err
		}
		minted, err := t.mint(c.UserContext(), who, "")
		if err != nil {
			return err
		}
		return c.JSON(minted)
	}
}

// prove finds whose key an assertion proves. The signature is judged before the clock, so that only who holds the key is told
// how the server's clock stands; and the jti is spent last, so that a refused assertion uses nothing up. try counts the attempts with a key.
func (p *prover) prove(ctx context.Context, raw string, try func(key string) error) (models.Actor, error) {
	var who models.Actor
	var said jwt.RegisteredClaims
	_, err := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodES256.Alg()}), jwt.WithoutClaimsValidation(), jwt.WithStrictDecoding(),
	).ParseWithClaims(raw, &said, func(token *jwt.Token) (key any, err error) {
		if err := try(said.Subject); err != nil {
			return nil, err
		}
		who, key, err = p.keyOf(ctx, token, said.Subject)
		return key, err
	})
	if known := new(models.Error); errors.As(err, &known) {
		return models.Actor{}, known
	}
	if err != nil {
		return models.Actor{}, errAssertion
	}
	if err := p.judge(said); err != nil {
		return models.Actor{}, err
	}
	return who, p.devices.SpendJTI(ctx, digest(said.Subject, said.ID), p.now().Add(jtiKept).UTC().Truncate(time.Second))
}

// keyOf finds the key that must have signed, and whose it is.
func (p *prover) keyOf(ctx context.Context, token *jwt.Token, thumbprint string) (models.Actor, *ecdsa.PublicKey, error) {
	find := p.devices.DeviceByThumbprint
	switch token.Header["typ"] {
	case deviceType:
	case scannerType:
		find = p.scanners.ScannerByThumbprint
	default:
		return models.Actor{}, nil, errAssertion
	}
	if _, critical := token.Header["crit"]; critical {
		return models.Actor{}, nil, errAssertion
	}
	who, point, err := find(ctx, thumbprint)
	if err != nil {
		return models.Actor{}, nil, unknownKey(err)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(p256, point)
	return who, key, err
}

// unknownKey makes every way in which a key is not known one answer.
func unknownKey(err error) error {
	if known := new(models.Error); errors.As(err, &known) && known.Kind == models.NotFound {
		return errUnknownKey
	}
	return err
}

// judge checks what the assertion says beside its signature.
func (p *prover) judge(said jwt.RegisteredClaims) error {
	now := p.now()
	switch {
	case len(said.Audience) != 1 || !slices.Contains(p.origins, said.Audience[0]), said.NotBefore != nil,
		said.IssuedAt == nil, said.ExpiresAt == nil, len(said.ID) < 16, len(said.ID) > 64:
		return errAssertion
	case said.ExpiresAt.After(said.IssuedAt.Add(assertionLife)):
		return errAssertion
	case said.IssuedAt.Sub(now).Abs() > assertionLife, !said.ExpiresAt.After(now):
		return wrongClock(now)
	}
	return nil
}

// wrongClock tells the device what the time is, so that it can sign again.
func wrongClock(now time.Time) error {
	return &models.Error{
		Kind: models.Unauthenticated, Code: "wrong_clock", Detail: "The device's clock is too far off; correct it by now and sign again.",
		Extra: map[string]any{"now": now.UTC().Truncate(time.Second)},
	}
}
