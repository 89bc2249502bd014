package models_test

import (
	"strings"
	"testing"

	"kaikukortti/models"
)

// The key of RFC 7515 appendix A.3, whose thumbprint was computed with another implementation (python, hashlib).
const (
	jwkX          = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
	jwkY          = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
	jwkThumbprint = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
)

func jwk(members ...string) string {
	return `{` + strings.Join(members, ",") + `}`
}

func member(name, value string) string { return `"` + name + `":"` + value + `"` }

func TestParseJWK(t *testing.T) {
	t.Parallel()
	kty, crv, x, y := member("kty", "EC"), member("crv", "P-256"), member("x", jwkX), member("y", jwkY)
	for sentence, test := range map[string]struct {
		jwk  string
		good bool
	}{
		"the four members are a key":            {jwk(kty, crv, x, y), true},
		"their order does not matter":           {jwk(y, x, crv, kty), true},
		"what WebCrypto exports is a key":       {jwk(crv, `"ext":true`, `"key_ops":["verify"]`, kty, x, y), true},
		"a kid and a use may stand with them":   {jwk(kty, crv, x, y, member("kid", "a"), member("alg", "ES256"), member("use", "sig")), true},
		"a private key is refused":              {jwk(kty, crv, x, y, member("d", "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE")), false},
		"an empty private member is refused":    {jwk(kty, crv, x, y, member("d", "")), false},
		"an unknown member is refused":          {jwk(kty, crv, x, y, member("name", "Aino")), false},
		"another curve is refused":              {jwk(kty, member("crv", "P-384"), x, y), false},
		"another type is refused":               {jwk(member("kty", "RSA"), crv, x, y), false},
		"no y is refused":                       {jwk(kty, crv, x), false},
		"a short x is refused":                  {jwk(kty, crv, member("x", jwkX[:42]), y), false},
		"a long x is refused":                   {jwk(kty, crv, member("x", jwkX+"AA"), y), false},
		"padding is refused":                    {jwk(kty, crv, member("x", jwkX+"="), y), false},
		"a line break inside is refused":        {jwk(kty, crv, member("x", jwkX[:20]+`\n`+jwkX[20:]), y), false},
		"bits after the last byte are refused":  {jwk(kty, crv, member("x", jwkX[:42]+"V"), y), false},
		"the other alphabet is refused":         {jwk(kty, crv, x, member("y", strings.ReplaceAll(jwkY, "_", "/"))), false},
		"a point off the curve is refused":      {jwk(kty, crv, member("x", jwkY), member("y", jwkX)), false},
		"the point at infinity is refused":      {jwk(kty, crv, member("x", strings.Repeat("A", 43)), member("y", strings.Repeat("A", 43))), false},
		"a list is refused":                     {`[]`, false},
		"nothing is refused":                    {``, false},
		"null is refused":                       {`null`, false},
		"text after the key is refused":         {jwk(kty, crv, x, y) + `{}`, false},
		"a number in the place of x is refused": {jwk(kty, crv, `"x":1`, y), false},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			point, thumbprint, err := models.ParseJWK([]byte(test.jwk))
			if (err == nil) != test.good {
				t.Fatalf("got %v", err)
			}
			if test.good && (thumbprint != jwkThumbprint || len(point) != models.PointSize || models.PublicJWK(point).X != jwkX) {
				t.Errorf("got %x with the thumbprint %s", point, thumbprint)
			}
		})
	}
}

func FuzzParseJWK(f *testing.F) {
	f.Add([]byte(jwk(member("kty", "EC"), member("crv", "P-256"), member("x", jwkX), member("y", jwkY))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		point, thumbprint, err := models.ParseJWK(raw)
		if err != nil {
			return
		}
		if again, err := models.PublicJWK(point).Point(); err != nil || string(again) != string(point) {
			t.Errorf("the point does not read back: %v", err)
		}
		if models.JWKThumbprint(point) != thumbprint {
			t.Error("the thumbprint is another's")
		}
	})
}
