package store

import "kaikukortti/models"

var signingKeys = keep("signing_keys", func(k *models.SigningKey) string { return k.KID },
	// The first key of a use and network is made once, however many servers start on an empty store.
	Index{Name: "first", Keys: []string{"use", "network"}, Unique: true, Where: []Condition{IsTrue("first")}},
)

func keyCollections() []Collection { return []Collection{signingKeys.Collection} }
