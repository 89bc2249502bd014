package passes

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"io"
	"sync"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// A Keyring holds the keys that the server signs with. Private halves are in the store sealed, and in memory only while they sign.
// An issuer key is published before it signs, so that a door without network knows it by then.
type Keyring struct {
	store  KeyStore
	keys   *models.Keys
	now    func() time.Time
	random io.Reader

	mu     sync.Mutex
	loaded *loadedKeys
}

// KeyStore is what a keyring needs of the store.
type KeyStore interface {
	SigningKeys(ctx context.Context) ([]models.SigningKey, error)
	ChangeKeys(ctx context.Context, change func([]models.SigningKey) (models.KeyChange, error)) error
	IssuerInUse(ctx context.Context, kid string, at time.Time) (bool, error)
	PapersSignedBy(ctx context.Context, kid string, at time.Time) ([]models.PaperToPrint, error)
	Networks(ctx context.Context) ([]models.Network, error)
}

// loadedKeys is what was read of the store at an instant. Which key signs can change, so it is never older than keysFresh.
type loadedKeys struct {
	at      time.Time
	all     []models.SigningKey
	issuers map[kp1.KID]*ecdsa.PublicKey
	private map[string]*ecdsa.PrivateKey // opened when first needed
}

// keysFresh is how long keys are used without reading them again; another server may have rotated them.
const keysFresh = 5 * time.Second

// How long a key that signs no more is still published. An issuer key stays until the last credential that it signed has ended.
var keyKept = map[models.KeyUse]time.Duration{
	models.IssuerKey: models.CredentialLife,
	models.AccessKey: time.Hour,
	models.BundleKey: models.KeyAhead,
}

// NewKeyring takes what a keyring needs. EnsureKeys comes before anything is signed.
func NewKeyring(store KeyStore, keys *models.Keys, now func() time.Time, random io.Reader) *Keyring {
	return &Keyring{store: store, keys: keys, now: now, random: random}
}

func (r *Keyring) clock() time.Time { return r.now().UTC().Truncate(time.Second) }

// Reload reads the keys again, unless that was done within the last five seconds.
func (r *Keyring) Reload(ctx context.Context) error {
	_, err := r.fresh(ctx)
	return err
}

func (r *Keyring) fresh(ctx context.Context) (*loadedKeys, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.loaded != nil {
		if age := r.now().Sub(r.loaded.at); age >= 0 && age < keysFresh {
			return r.loaded, nil
		}
	}
	return r.load(ctx)
}

// load is called with the lock held. Keys that were opened stay open: a kid's key cannot change.
func (r *Keyring) load(ctx context.Context) (*loadedKeys, error) {
	l := &loadedKeys{at: r.now(), issuers: map[kp1.KID]*ecdsa.PublicKey{}, private: map[string]*ecdsa.PrivateKey{}}
	var err error
	if l.all, err = r.store.SigningKeys(ctx); err != nil {
		return nil, fmt.Errorf("load the signing keys: %w", err)
	}
	for i := range l.all {
		k := &l.all[i]
		if r.loaded != nil && len(k.Sealed) > 0 && r.loaded.private[k.KID] != nil {
			l.private[k.KID] = r.loaded.private[k.KID]
		}
		if k.Use != models.IssuerKey || k.Compromised {
			continue
		}
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), k.Public)
		if err != nil {
			return nil, fmt.Errorf("load the signing key %s: %w", k.KID, err)
		}
		l.issuers[kp1.KeyID(public)] = public
	}
	r.loaded = l
	return l, nil
}

// PublicIssuer is the issuer key with a kid, or nil. Keys that are published no more are known too, since a phone that was long
// without network may still show what they signed; compromised ones are not.
func (r *Keyring) PublicIssuer(kid kp1.KID) *ecdsa.PublicKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.loaded == nil {
		return nil
	}
	return r.loaded.issuers[kid]
}

// IssuerKeys are the issuer keys that verifiers must know, with those that are yet to sign.
func (r *Keyring) IssuerKeys(ctx context.Context) ([]models.SigningKey, error) {
	return r.PublicKeys(ctx, models.IssuerKey)
}

// PublicKeys are the published keys of a use, those among them that are yet to sign; without their private halves.
func (r *Keyring) PublicKeys(ctx context.Context, use models.KeyUse) ([]models.SigningKey, error) {
	l, err := r.fresh(ctx)
	if err != nil {
		return nil, err
	}
	var published []models.SigningKey
	for _, k := range l.all {
		if k.Use == use && k.Published() {
			k.Sealed = nil
			published = append(published, k)
		}
	}
	return published, nil
}

// Issuer is the key that signs credentials of a network today. A local-only network has keys of its own.
func (r *Keyring) Issuer(ctx context.Context, network *models.Network) (crypto.Signer, kp1.KID, error) {
	var group models.NetworkID
	if network.LocalOnly {
		group = network.ID
	}
	key, signer, err := r.signer(ctx, models.IssuerKey, group)
	if err != nil {
		return nil, kp1.KID{}, err
	}
	kid, err := kp1.ParseKID(key.KID)
	return signer, kid, err
}

// Signer is the key that signs for a use today.
func (r *Keyring) Signer(ctx context.Context, use models.KeyUse) (kid string, key crypto.Signer, err error) {
	k, signer, err := r.signer(ctx, use, "")
	return k.KID, signer, err
}

func (r *Keyring) signer(ctx context.Context, use models.KeyUse, network models.NetworkID) (models.SigningKey, *ecdsa.PrivateKey, error) {
	l, err := r.fresh(ctx)
	if err != nil {
		return models.SigningKey{}, nil, err
	}
	at := r.now()
	var current *models.SigningKey
	for i := range l.all {
		k := &l.all[i]
		if k.Use == use && k.Network == network && k.Signs(at) && (current == nil || k.From.After(current.From)) {
			current = k
		}
	}
	if current == nil {
		return models.SigningKey{}, nil, &models.Error{
			Kind: models.Unavailable, Code: "key_not_ready", Detail: "No key may sign yet: a key is published 8 days before it first signs.", RetryAfter: 3600,
		}
	}
	private, err := r.open(l, current)
	return *current, private, err
}

// open unseals the private half of a key once.
func (r *Keyring) open(l *loadedKeys, k *models.SigningKey) (*ecdsa.PrivateKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key := l.private[k.KID]; key != nil {
		return key, nil
	}
	raw, err := r.keys.Open(sealedKey, k.KID, k.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open the signing key %s: %w", k.KID, err)
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, fmt.Errorf("open the signing key %s: %w", k.KID, err)
	}
	l.private[k.KID] = key
	return key, nil
}

// sealedKey is the purpose under which private halves are sealed.
const sealedKey = "signing-key"

// newKey makes a key that signs from an instant on; from zero it waits for a rotation.
func (r *Keyring) newKey(use models.KeyUse, network models.NetworkID, from time.Time) (models.SigningKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), r.random)
	if err != nil {
		return models.SigningKey{}, fmt.Errorf("make a signing key: %w", err)
	}
	raw, err := private.Bytes()
	if err != nil {
		return models.SigningKey{}, fmt.Errorf("make a signing key: %w", err)
	}
	public, err := private.PublicKey.Bytes()
	if err != nil {
		return models.SigningKey{}, fmt.Errorf("make a signing key: %w", err)
	}
	kid := kp1.KeyID(&private.PublicKey).String()
	sealed, err := r.keys.Seal(sealedKey, kid, raw, r.random)
	return models.SigningKey{
		KID: kid, Use: use, Network: network, Public: public, Sealed: sealed, Made: r.clock(), From: from,
	}, err
}
