package accounts

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"kaikukortti/models"
)

// RegistryStore is what a Registry needs kept. Each method is one atomic step.
type RegistryStore interface {
	Acting(ctx context.Context, person models.PersonID, family models.FamilyID, at models.OrganisationID) (models.ActingPlace, error)
	Person(ctx context.Context, id models.PersonID) (models.Person, error)
	PersonByIdentity(ctx context.Context, id models.Identity) (models.Person, error)
	PersonAtWork(ctx context.Context, id models.PersonID) (models.Person, []models.Organisation, error)
	PeopleWith(ctx context.Context, g models.Grant) ([]models.Person, error)
	TakeRoles(ctx context.Context, id models.PersonID, roles []models.Grant, at time.Time, entries []models.AuditEntry) error

	MayTry(ctx context.Context, try models.Try) error
	CountWrong(ctx context.Context, try models.Try) error
	SignIn(ctx context.Context, in models.SigningIn) error
	Refresh(
		ctx context.Context, id models.FamilyID, n int64, role *models.Grant, at time.Time, reused models.AuditEntry,
	) (models.Family, models.Turn, error)
	EndSession(ctx context.Context, id models.FamilyID, at time.Time) error
	EndSessions(ctx context.Context, id models.PersonID, entry models.AuditEntry) error
	ForgetComputer(ctx context.Context, id models.PersonID, computer models.ComputerID, entry models.AuditEntry) error
	ChangeSecrets(ctx context.Context, in models.SecretsChange) error

	Invite(ctx context.Context, all []models.Invitation, entries []models.AuditEntry) ([]models.Invitation, error)
	Invitation(ctx context.Context, id models.InvitationID) (models.Invitation, error)
	InvitationByToken(ctx context.Context, token string) (models.Invitation, error)
	InvitationsTo(ctx context.Context, g models.Grant) ([]models.Invitation, error)
	WithdrawInvitation(ctx context.Context, id models.InvitationID, entry models.AuditEntry) error
	Join(ctx context.Context, token string, joining models.Person, in models.SigningIn) error
	AddRole(ctx context.Context, token string, in models.SigningIn) error
	EnrolAgain(ctx context.Context, token, password string, factor models.SecondFactor, in models.SigningIn) error
	ResetFactor(
		ctx context.Context, id models.PersonID, password bool, link models.Invitation, entry models.AuditEntry,
	) (models.Invitation, error)

	AuditRows(ctx context.Context, q models.AuditQuery) (models.AuditPage, error)
	LookupPass(ctx context.Context, id models.PassID) (models.Pass, error)
	Organisation(ctx context.Context, id models.OrganisationID) (models.Organisation, error)
	Network(ctx context.Context, id models.NetworkID) (models.Network, error)
}

// A Registry knows the people who work: how they sign in, and what they may do.
type Registry struct {
	store  RegistryStore
	keys   *models.Keys
	hashes *hasher
	clock  func() time.Time
	random io.Reader
}

// An Option changes how a Registry is made.
type Option func(*Registry)

// WithHashCost hashes new passwords at another cost. It is for tests, which hash many.
func WithHashCost(c HashCost) Option {
	return func(r *Registry) { r.hashes = newHasher(c, r.random) }
}

// NewRegistry makes a Registry. random must be safe for concurrent use.
func NewRegistry(store RegistryStore, keys *models.Keys, now func() time.Time, random io.Reader, opts ...Option) *Registry {
	r := &Registry{store: store, keys: keys, hashes: newHasher(DefaultHashCost, random), clock: now, random: random}
	for _, opt := range opts {
		opt(r)
	}
	return r
}

// now is the time as documents keep it: in whole seconds.
func (r *Registry) now() time.Time { return r.clock().UTC().Truncate(time.Second) }

// draw is n random bytes. It panics if there is no randomness, since nothing safe can be done without it.
func (r *Registry) draw(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(r.random, b); err != nil {
		panic(fmt.Sprintf("accounts: no randomness: %v", err))
	}
	return b
}

// token draws 192 bits for a link or a cookie; what is kept of it is its HMAC.
func (r *Registry) token() models.Secret {
	return models.Secret(base64.RawURLEncoding.EncodeToString(r.draw(24)))
}

// entry is an audit row for what the actor does to something of a role's organisation: the people there can read it.
func (r *Registry) entry(who models.Actor, action string, at models.Grant, subject string) models.AuditEntry {
	e := who.Audit()
	e.ID, e.At, e.Action, e.Subject = models.NewID[models.AuditID](r.random), r.now(), action, subject
	e.Organisation, e.Network = at.Organisation, at.Network
	return e
}

// grant is the role in which somebody acts.
func grant(a models.Actor) models.Grant {
	return models.Grant{Role: a.Role, Organisation: a.Organisation, Network: a.Network}
}

// Acting is who acts in a session and role, by how things stand now: a role that was taken, a person who ended or a session that
// is over is dead at once.
func (r *Registry) Acting(
	ctx context.Context, person models.PersonID, family models.FamilyID, role models.Role, organisation models.OrganisationID,
) (models.Actor, error) {
	place, err := r.store.Acting(ctx, person, family, organisation)
	if err != nil {
		return models.Actor{}, err
	}
	if !place.Family.Live(&place.Person, r.now()) {
		return models.Actor{}, models.ErrSessionEnded
	}
	g, held := actingAs(&place, role, organisation)
	if !held {
		return models.Actor{}, &models.Error{Kind: models.Unauthenticated, Code: "role_ended", Detail: "You do not hold this role any more."}
	}
	if o := place.Organisation; o != nil && !o.ClosedAt.IsZero() {
		return models.Actor{}, &models.Error{Kind: models.Forbidden, Code: "organisation_closed", Detail: "This organisation has closed."}
	}
	return g.Actor(person), nil
}

// actingAs finds the role that was named. Without an organisation a name can fit several coordinators' roles of one person: then
// it is the one in which the session acts.
func actingAs(place *models.ActingPlace, role models.Role, organisation models.OrganisationID) (models.Grant, bool) {
	g := place.Family.Acting
	if g.Role == role && g.Organisation == organisation {
		return g, place.Person.Holds(g)
	}
	if role == models.Coordinator {
		return models.Grant{}, false
	}
	return place.Person.RoleAt(role, organisation, "")
}
