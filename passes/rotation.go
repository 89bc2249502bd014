package passes

import (
	"context"
	"fmt"
	"time"

	"kaikukortti/models"
)

// EnsureKeys makes the keys that are missing. At the very first start, when the store has none, they may sign at once: no door knows
// any others. It runs at each start, and when a local-only network is made, whose key is then published for 8 days before it signs.
func (r *Keyring) EnsureKeys(ctx context.Context) error {
	networks, err := r.store.Networks(ctx)
	if err != nil {
		return err
	}
	return r.changeKeys(ctx, func(all []models.SigningKey) (models.KeyChange, error) {
		from := r.clock()
		if len(all) > 0 {
			from = from.Add(models.KeyAhead)
		}
		var c models.KeyChange
		err := r.addMissing(&c, all, networks, from)
		return c, err
	})
}

func (r *Keyring) addMissing(c *models.KeyChange, all []models.SigningKey, networks []models.Network, from time.Time) error {
	add := func(use models.KeyUse, network models.NetworkID, from time.Time, there func(*models.SigningKey) bool) error {
		for i := range all {
			if all[i].Use == use && all[i].Network == network && there(&all[i]) {
				return nil
			}
		}
		k, err := r.newKey(use, network, from)
		k.First = !from.IsZero()
		c.New = append(c.New, k)
		return err
	}
	at := r.clock()
	each := func(*models.SigningKey) bool { return true }
	if err := add(models.IssuerKey, "", from, each); err != nil {
		return err
	}
	for i := range networks {
		if !networks[i].LocalOnly {
			continue
		}
		if err := add(models.IssuerKey, networks[i].ID, from, each); err != nil {
			return err
		}
	}
	for _, use := range []models.KeyUse{models.AccessKey, models.BundleKey} {
		if err := add(use, "", at, each); err != nil {
			return err
		}
		if err := add(use, "", time.Time{}, (*models.SigningKey).Waits); err != nil {
			return err
		}
	}
	return nil
}

// changeKeys changes the keys in the store, and what this server has read of them.
func (r *Keyring) changeKeys(ctx context.Context, change func([]models.SigningKey) (models.KeyChange, error)) error {
	if err := r.store.ChangeKeys(ctx, change); err != nil {
		return fmt.Errorf("change the signing keys: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := r.load(ctx)
	return err
}

// Rotate makes new keys of a use. An issuer key is published for 8 days before it takes over, and the one before stays published
// until its last credential ends; of the other uses the key that was made ahead takes over at once, and the next is made. A
// compromised key signs and verifies nothing from now on, and its successor does not wait: the papers that it had signed are listed,
// to be printed anew.
func (r *Keyring) Rotate(ctx context.Context, use models.KeyUse, compromised bool, by models.Actor) (models.Rotation, error) {
	var done models.Rotation
	at := r.clock()
	err := r.changeKeys(ctx, func(all []models.SigningKey) (models.KeyChange, error) {
		done = models.Rotation{}
		c := models.KeyChange{Audit: []models.AuditEntry{r.rotated(by, use, compromised, at)}}
		for _, network := range groups(all, use) {
			if err := r.rotateGroup(&c, &done, group(all, use, network), compromised, at); err != nil {
				return c, err
			}
		}
		done.New = c.New
		return c, nil
	})
	if err != nil {
		return done, err
	}
	if use != models.IssuerKey {
		return done, nil
	}
	for _, kid := range done.Withdrawn {
		papers, err := r.store.PapersSignedBy(ctx, kid, at)
		if err != nil {
			return done, err
		}
		done.Papers = append(done.Papers, papers...)
	}
	return done, nil
}

func (r *Keyring) rotated(by models.Actor, use models.KeyUse, compromised bool, at time.Time) models.AuditEntry {
	e := by.Audit()
	e.ID, e.At, e.Action, e.Subject = models.NewID[models.AuditID](r.random), at, "keys_rotated", string(use)
	if compromised {
		e.Action = "keys_compromised"
	}
	return e
}

// groups are the networks that have keys of a use; the empty one stands for all that have none of their own.
func groups(all []models.SigningKey, use models.KeyUse) []models.NetworkID {
	var found []models.NetworkID
	for i := range all {
		if all[i].Use == use && all[i].First {
			found = append(found, all[i].Network)
		}
	}
	return found
}

// group are the keys that take turns at one thing.
func group(all []models.SigningKey, use models.KeyUse, network models.NetworkID) []models.SigningKey {
	var found []models.SigningKey
	for i := range all {
		if all[i].Use == use && all[i].Network == network && all[i].Published() {
			found = append(found, all[i])
		}
	}
	return found
}

// rotateGroup ends the keys of a group that sign, or all of them if they are compromised, and sets their successor.
func (r *Keyring) rotateGroup(c *models.KeyChange, done *models.Rotation, keys []models.SigningKey, compromised bool, at time.Time) error {
	if len(keys) == 0 {
		return nil
	}
	use, network := keys[0].Use, keys[0].Network
	takesOver := at
	if use == models.IssuerKey && !compromised {
		takesOver = at.Add(models.KeyAhead)
	}
	waits := false
	for _, k := range keys {
		switch {
		case k.Waits():
			k.From, waits = takesOver, true
		case compromised:
			k.Compromised = true
			k.Withdraw(at)
			done.Withdrawn = append(done.Withdrawn, k.KID)
		case !k.Until.IsZero():
			continue
		case k.From.After(at):
			return &models.Error{Kind: models.Conflict, Code: "rotation_pending", Detail: "A new key is published already and does not sign yet."}
		default:
			k.Until = takesOver
		}
		c.Changed = append(c.Changed, k)
	}
	from := takesOver
	if use != models.IssuerKey && waits {
		from = time.Time{}
	}
	k, err := r.newKey(use, network, from)
	c.New = append(c.New, k)
	return err
}

// Retire destroys the private halves of keys that sign no more, and withdraws keys whose last signature has ended. It runs daily.
func (r *Keyring) Retire(ctx context.Context) error {
	at := r.clock()
	keys, err := r.store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	inUse := map[string]bool{}
	for i := range keys {
		k := &keys[i]
		if k.Use != models.IssuerKey || !k.Published() {
			continue
		}
		if inUse[k.KID], err = r.store.IssuerInUse(ctx, k.KID, at); err != nil {
			return err
		}
	}
	return r.changeKeys(ctx, func(all []models.SigningKey) (models.KeyChange, error) {
		var c models.KeyChange
		for _, k := range all {
			if retire(&k, inUse[k.KID], at) {
				c.Changed = append(c.Changed, k)
			}
		}
		return c, nil
	})
}

// retire changes a key whose time has come, and says whether it did. A server may sign with a key that another has just replaced,
// so the private half stays a little longer.
func retire(k *models.SigningKey, inUse bool, at time.Time) bool {
	if k.Until.IsZero() || !k.Published() {
		return false
	}
	if !inUse && !at.Before(k.Until.Add(keyKept[k.Use])) {
		k.Withdraw(at)
		return true
	}
	if len(k.Sealed) > 0 && !at.Before(k.Until.Add(time.Hour)) {
		k.Sealed = nil
		return true
	}
	return false
}
