package mongotest

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// Empty removes every document of a database and leaves its collections and indexes, which take seconds to make.
func Empty(ctx context.Context, uri, database string) error {
	return with(ctx, options.Client().ApplyURI(uri), func(c *mongo.Client) error {
		db := c.Database(database)
		names, err := db.ListCollectionNames(ctx, bson.D{})
		if err != nil {
			return err
		}
		for _, name := range names {
			if strings.HasPrefix(name, "system.") {
				continue
			}
			if _, err := db.Collection(name).DeleteMany(ctx, bson.D{}); err != nil {
				return err
			}
		}
		return nil
	})
}
