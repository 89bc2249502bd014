package handlers

import (
	"context"

	"kaikukortti/models"

	"github.com/gofiber/fiber/v2"
)

// issuerRing is the part of passes.Keyring that anybody may ask.
type issuerRing interface {
	IssuerKeys(ctx context.Context) ([]models.SigningKey, error)
}

type jwks struct {
	Keys []models.JWK `json:"keys"`
}

// issuerKeys publishes the keys that credentials are verified with, those that are yet to sign among them (RFC 7517 §5). A key is
// published for 8 days before it signs, so an hour in a cache takes nothing from anybody.
func issuerKeys(ring issuerRing) fiber.Handler {
	return func(c *fiber.Ctx) error {
		published, err := ring.IssuerKeys(c.UserContext())
		if err != nil {
			return err
		}
		set := jwks{Keys: make([]models.JWK, 0, len(published))}
		for i := range published {
			key := models.PublicJWK(published[i].Public)
			key.KID, key.ALG, key.Use = published[i].KID, "ES256", "sig"
			set.Keys = append(set.Keys, key)
		}
		c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
		return c.JSON(set, "application/jwk-set+json")
	}
}
