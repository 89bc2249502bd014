package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// onlyQueries refuses a question that has a name which is not known, so that nobody reads a list for another than it is.
func onlyQueries(c *fiber.Ctx, known ...string) error {
	for name := range c.Queries() {
		if !slices.Contains(known, name) {
			return unknownQuery(known)
		}
	}
	return nil
}

func unknownQuery(known []string) error {
	return &models.Error{
		Kind: models.Invalid, Code: "unknown_field", Detail: "A name that was asked for is not known here.",
		Extra: map[string]any{"known": slices.Sorted(slices.Values(known))},
	}
}
