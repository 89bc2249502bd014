package accounts

import (
	"cmp"
	"context"
	"io"
	"time"

	"kaikukortti/models"
)

// A Directory knows the networks, their organisations and the venues' scanners. It knows nothing of passes but that a closing
// distributor's go to another.
type Directory struct {
	store  DirectoryStore
	keys   *models.Keys
	ring   Keyring
	desk   Desk
	now    func() time.Time
	random io.Reader
}

// DirectoryStore is what a Directory needs of the store; each method is one atomic step.
type DirectoryStore interface {
	CreateNetwork(ctx context.Context, n models.Network, audit models.AuditEntry) (models.Network, error)
	Network(ctx context.Context, id models.NetworkID) (models.Network, error)
	Networks(ctx context.Context) ([]models.Network, error)
	SetRules(ctx context.Context, id models.NetworkID, rules models.DatedRules, audit models.AuditEntry) (models.Network, error)
	ExtendPilot(ctx context.Context, id models.NetworkID, last models.Day, audit models.AuditEntry) (models.Network, error)

	CreateOrganisation(ctx context.Context, o models.Organisation, audit models.AuditEntry) (models.Organisation, error)
	Organisation(ctx context.Context, id models.OrganisationID) (models.Organisation, error)
	Organisations(ctx context.Context, network models.NetworkID) ([]models.Organisation, error)
	Popups(ctx context.Context) ([]models.Organisation, error)
	MovedDistributors(ctx context.Context) ([]models.Organisation, error)
	CloseOrganisation(ctx context.Context, id, moveTo models.OrganisationID, at time.Time, audit models.AuditEntry) (models.Organisation, error)

	AddScanner(ctx context.Context, s models.Scanner, audit models.AuditEntry) (models.Scanner, error)
	EnrolScanner(ctx context.Context, code, thumbprint string, key []byte, at time.Time, audit models.AuditEntry) (models.Scanner, error)
	ScannerWithVenue(ctx context.Context, id models.ScannerID) (models.Scanner, models.Organisation, error)
	ScannerByThumbprint(ctx context.Context, thumbprint string) (models.Scanner, error)
	Scanners(ctx context.Context, venue models.OrganisationID) ([]models.Scanner, error)
	RemoveScanner(ctx context.Context, venue models.OrganisationID, id models.ScannerID, at time.Time, audit models.AuditEntry) error
}

// A Keyring is what a Directory needs of the server's signing keys.
type Keyring interface {
	// EnsureKeys makes the keys that are missing; a new local-only network needs one of its own, published before it signs.
	EnsureKeys(ctx context.Context) error
	PublicKeys(ctx context.Context, use models.KeyUse) ([]models.SigningKey, error)
}

// A Desk gives all the passes of a closed distributor to another. It can be repeated at every point.
type Desk interface {
	MovePasses(ctx context.Context, by models.Actor, from, to models.OrganisationID) error
}

// NewDirectory takes what a Directory needs.
func NewDirectory(store DirectoryStore, keys *models.Keys, ring Keyring, desk Desk, now func() time.Time, random io.Reader) *Directory {
	return &Directory{store: store, keys: keys, ring: ring, desk: desk, now: now, random: random}
}

func (d *Directory) clock() time.Time { return d.now().UTC().Truncate(time.Second) }

// audit begins the row that tells of a change.
func (d *Directory) audit(by models.Actor, action, subject string) models.AuditEntry {
	e := by.Audit()
	e.ID, e.At, e.Action = models.NewID[models.AuditID](d.random), d.clock(), action
	if subject != "" {
		e.Subject = subject
	}
	return e
}

// auditAt is audit where the change was made, which is not where a coordinator or the national unit works: so that those there can read
// it. An organisation is given with its network.
func (d *Directory) auditAt(by models.Actor, action string, network models.NetworkID, organisation models.OrganisationID) models.AuditEntry {
	e := d.audit(by, action, cmp.Or(string(organisation), string(network)))
	e.Network, e.Organisation = network, organisation
	return e
}

func forbidden(code, detail string) error {
	return &models.Error{Kind: models.Forbidden, Code: code, Detail: detail}
}
