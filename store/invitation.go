package store

import (
	"context"
	"time"

	"kaikukortti/models"
)

var invitations = keep("invitations", func(i *models.Invitation) models.InvitationID { return i.ID },
	Index{Name: "token", Keys: []string{"token"}, Unique: true},
	Index{Name: "organisation", Keys: []string{"grant.organisation"}, Where: []Condition{Exists("grant.organisation")}},
	Index{Name: "network", Keys: []string{"grant.network"}, Where: []Condition{Exists("grant.network")}},
	Index{Name: "role", Keys: []string{"grant.role"}},
	Index{Name: "by", Keys: []string{"by"}, Where: []Condition{Exists("by")}},
	Index{Name: "person", Keys: []string{"person"}, Where: []Condition{Exists("person")}},
	Index{Name: "expires", Keys: []string{"expires"}},
	Index{Name: "idempotency_at", Keys: []string{"at"}, Where: []Condition{Exists("idempotency.key")}},
	onceByKey(),
)

// Invite keeps invitations, each with its audit row. The same request again finds them and gives those that nobody accepted yet
// their new links, in the place of the old ones.
func (s *Store) Invite(ctx context.Context, all []models.Invitation, entries []models.AuditEntry) ([]models.Invitation, error) {
	var made []models.Invitation
	change := func(w Writer) error {
		made = make([]models.Invitation, len(all))
		for i := range all {
			var err error
			if made[i], err = inviteOne(w, all[i], entries[i]); err != nil {
				return err
			}
		}
		return nil
	}
	err := s.update(ctx, change)
	if invitations.duplicate(err, "idempotency") {
		err = s.update(ctx, change)
	}
	return made, err
}

func inviteOne(w Writer, inv models.Invitation, entry models.AuditEntry) (models.Invitation, error) {
	made, err := earlierInvitation(w, inv)
	if !isNotFound(err) {
		return made, err
	}
	p, err := personOf(w, models.PasswordIdentity(inv.Email))
	if err == nil && p.Holds(inv.Grant) {
		return inv, &models.Error{Kind: models.Conflict, Code: "role_held", Field: "email", Detail: "This person has the role already."}
	}
	if err := ignoreMissing(err); err != nil {
		return inv, err
	}
	if err := invitations.insert(w, &inv); err != nil {
		return inv, err
	}
	return inv, record(w, entry)
}

// earlierInvitation finds the invitation of an earlier request with the same key; while nobody has accepted it, it gets the new
// link.
func earlierInvitation(w Writer, inv models.Invitation) (models.Invitation, error) {
	made, err := earlier(w, invitations, inv.Idempotency, func(i *models.Invitation) *models.Idempotency { return i.Idempotency })
	if err != nil || !made.AcceptedAt.IsZero() {
		return made, err
	}
	made.Token, made.Expires = inv.Token, inv.Expires
	return made, invitations.replace(w, &made)
}

// Invitation reads one, or says no_such_invitation.
func (s *Store) Invitation(ctx context.Context, id models.InvitationID) (models.Invitation, error) {
	inv, err := read(ctx, s, invitations, string(id))
	return inv, noSuchInvitation(err)
}

// InvitationByToken reads the invitation of a link, by the HMAC of what the link carries.
func (s *Store) InvitationByToken(ctx context.Context, token string) (models.Invitation, error) {
	var inv models.Invitation
	err := s.view(ctx, func(r Reader) error {
		var err error
		inv, err = invitations.first(r, Equal("token", token))
		return err
	})
	return inv, noSuchInvitation(err)
}

func noSuchInvitation(err error) error {
	return missing(err, "no_such_invitation", "There is no such invitation, or it was withdrawn.")
}

// InvitationsTo reads those that nobody accepted yet, to roles at g's organisation, or, where it names none, in its network, or
// else to its role.
func (s *Store) InvitationsTo(ctx context.Context, g models.Grant) ([]models.Invitation, error) {
	where := Equal("grant.role", g.Role)
	switch {
	case g.Organisation != "":
		where = Equal("grant.organisation", g.Organisation)
	case g.Network != "":
		where = Equal("grant.network", g.Network)
	}
	return list(ctx, s, invitations, Query{Where: []Condition{where, Absent("accepted_at")}})
}

// WithdrawInvitation ends an invitation that nobody accepted yet.
func (s *Store) WithdrawInvitation(ctx context.Context, id models.InvitationID, entry models.AuditEntry) error {
	err := s.update(ctx, func(w Writer) error {
		inv, err := invitations.get(w, string(id))
		if err != nil {
			return err
		}
		if !inv.AcceptedAt.IsZero() {
			return inv.Open(inv.At)
		}
		if err := invitations.delete(w, string(id)); err != nil {
			return err
		}
		return record(w, entry)
	})
	return noSuchInvitation(err)
}

// Join accepts an invitation for a person who is new: one step makes the person, gives the role and begins the first session.
// Of two who accept it at once one wins.
func (s *Store) Join(ctx context.Context, token string, joining models.Person, in models.SigningIn) error {
	err := s.accept(ctx, token, in, func(w Writer, inv models.Invitation) error {
		p := joining
		p.Email, p.Identities = inv.Email, []models.Identity{models.PasswordIdentity(inv.Email)}
		p.Roles = []models.Grant{inv.Grant}
		if err := beginSession(w, &p, in); err != nil {
			return err
		}
		return people.insert(w, &p)
	})
	if people.duplicate(err, "email", "identity") {
		return &models.Error{
			Kind: models.Conflict, Code: "account_exists", Detail: "There is an account with this e-mail now; accept with its password.",
		}
	}
	return err
}

// AddRole accepts an invitation for the person whose e-mail it names, after a full proof that it is that person.
func (s *Store) AddRole(ctx context.Context, token string, in models.SigningIn) error {
	return s.accept(ctx, token, in, func(w Writer, inv models.Invitation) error {
		p, err := people.get(w, string(in.Person))
		if err != nil {
			return noSuchPerson(err)
		}
		if err := p.Spend(in.Proof, in.At); err != nil || p.Email != inv.Email {
			return models.ErrWrongSignIn
		}
		if !p.Holds(inv.Grant) {
			p.Roles = append(p.Roles, inv.Grant)
		}
		if err := beginSession(w, &p, in); err != nil {
			return err
		}
		return people.replace(w, &p)
	})
}

// EnrolAgain accepts the link of a person whose second factor was reset. A password that was kept must still be the one that was
// shown; one that was reset too is set.
func (s *Store) EnrolAgain(ctx context.Context, token, password string, factor models.SecondFactor, in models.SigningIn) error {
	return s.accept(ctx, token, in, func(w Writer, inv models.Invitation) error {
		p, err := people.get(w, string(inv.Person))
		if err != nil {
			return noSuchPerson(err)
		}
		if p.Factor != nil || p.Password != in.Proof.Password {
			return models.ErrWrongSignIn
		}
		p.Factor = &factor
		if password != "" {
			p.Password = password
		}
		if err := beginSession(w, &p, in); err != nil {
			return err
		}
		return people.replace(w, &p)
	})
}

// accept uses up an invitation's link in the same transaction as what it brings.
func (s *Store) accept(
	ctx context.Context, token string, in models.SigningIn, bring func(w Writer, inv models.Invitation) error,
) error {
	err := s.update(ctx, func(w Writer) error {
		inv, err := invitations.first(w, Equal("token", token))
		if err != nil {
			return err
		}
		if err := inv.Open(in.At); err != nil {
			return err
		}
		if err := stillThere(w, inv.Grant.Organisation); err != nil {
			return err
		}
		if err := bring(w, inv); err != nil {
			return err
		}
		inv.AcceptedAt, inv.Email = in.At, ""
		return invitations.replace(w, &inv)
	})
	return noSuchInvitation(err)
}

func stillThere(r Reader, id models.OrganisationID) error {
	if id == "" {
		return nil
	}
	o, err := organisations.get(r, string(id))
	if err == nil && !o.ClosedAt.IsZero() {
		err = &models.Error{Kind: models.Gone, Code: "organisation_closed", Detail: "This organisation has closed."}
	}
	return noSuchOrganisation(err)
}

// withdrawOpen deletes the invitations that meet the conditions and that nobody accepted yet.
func withdrawOpen(w Writer, where ...Condition) error {
	open, err := invitations.find(w, Query{Where: append(where, Absent("accepted_at"))})
	if err != nil {
		return err
	}
	for i := range open {
		if err := invitations.delete(w, string(open[i].ID)); err != nil {
			return err
		}
	}
	return nil
}

func forgetInvitationKeys(w Writer, before time.Time, limit int) (int, error) {
	all, err := invitations.find(w, Query{Where: []Condition{Exists("idempotency.key"), Below("at", before)}, Limit: limit})
	if err != nil {
		return 0, err
	}
	for i := range all {
		all[i].Idempotency = nil
		if err := invitations.replace(w, &all[i]); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
