package accounts

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"kaikukortti/models"
)

// A Colleague is a person as those who oversee roles see one: with those of the roles that they oversee.
type Colleague struct {
	ID           models.PersonID
	Name         string
	Email        string
	Roles        []models.Grant
	SignedInAt   time.Time
	SecondFactor bool
}

// reach is where the actor oversees roles, narrowed to one organisation or network where that is asked for. National, who oversees
// everywhere, sees by itself coordinators and national only.
func reach(who models.Actor, at models.Grant) []models.Grant {
	switch {
	case who.Role == models.ManagerRole:
		return []models.Grant{{Organisation: who.Organisation}}
	case at.Organisation != "":
		return []models.Grant{{Organisation: at.Organisation}}
	case who.Role == models.Coordinator:
		return []models.Grant{{Network: who.Network}}
	case at.Network != "":
		return []models.Grant{{Network: at.Network}}
	}
	return []models.Grant{{Role: models.Coordinator}, {Role: models.National}}
}

// People are those whose roles the actor oversees, by name.
func (r *Registry) People(ctx context.Context, who models.Actor, at models.Grant) ([]Colleague, error) {
	var all []Colleague
	for _, place := range reach(who, at) {
		found, err := r.store.PeopleWith(ctx, place)
		if err != nil {
			return nil, err
		}
		for i := range found {
			all = append(all, colleague(&found[i], who.Overseen(&found[i])))
		}
	}
	all = slices.DeleteFunc(all, func(c Colleague) bool { return len(c.Roles) == 0 })
	slices.SortFunc(all, func(a, b Colleague) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.ID), string(b.ID)))
	})
	return slices.CompactFunc(all, func(a, b Colleague) bool { return a.ID == b.ID }), nil
}

func colleague(p *models.Person, roles []models.Grant) Colleague {
	return Colleague{ID: p.ID, Name: p.Name, Email: p.Email, Roles: roles, SignedInAt: p.SignedInAt, SecondFactor: p.Factor != nil}
}

var errNoSuchPerson = &models.Error{Kind: models.NotFound, Code: "no_such_person", Detail: "There is no such person."}

// overseen reads a person of whom the actor oversees a role. Others answer as if they were not there.
func (r *Registry) overseen(ctx context.Context, who models.Actor, id models.PersonID) (models.Person, []models.Grant, error) {
	p, err := r.store.Person(ctx, id)
	if err != nil {
		return models.Person{}, nil, err
	}
	roles := who.Overseen(&p)
	if len(roles) == 0 {
		return models.Person{}, nil, errNoSuchPerson
	}
	return p, roles, nil
}

// EndRoles takes from a person the role that is named, or with none named all that the actor oversees. Sessions in them are dead
// at once; with the last role the person ends.
func (r *Registry) EndRoles(ctx context.Context, who models.Actor, id models.PersonID, named *models.Grant) error {
	_, roles, err := r.overseen(ctx, who, id)
	if err != nil {
		return err
	}
	if named != nil {
		roles = slices.DeleteFunc(roles, func(g models.Grant) bool { return !sameRole(g, *named) })
		if len(roles) == 0 {
			return &models.Error{Kind: models.NotFound, Code: "no_such_role", Field: "role", Detail: "This person does not hold this role."}
		}
	}
	entries := make([]models.AuditEntry, len(roles))
	for i, g := range roles {
		entries[i] = r.entry(who, "role_ended", g, string(id))
	}
	return r.store.TakeRoles(ctx, id, roles, r.now(), entries)
}

// sameRole compares a role with one that was named: an organisation has one network, which need not be named.
func sameRole(g, named models.Grant) bool {
	return g.Role == named.Role && g.Organisation == named.Organisation && (g.Organisation != "" || g.Network == named.Network)
}

// ResetSecondFactor takes a person's second factor away, ends all sessions, and gives a link with which that person, who must know
// the password, enrols again. Whoever oversees every role of the person can reset the password too; with less, that would take
// over roles that are not theirs to give. Nobody resets their own.
func (r *Registry) ResetSecondFactor(
	ctx context.Context, who models.Actor, id models.PersonID, password bool, key *models.Idempotency,
) (Invited, error) {
	p, roles, err := r.overseen(ctx, who, id)
	switch {
	case err != nil:
		return Invited{}, err
	case id == who.Person:
		return Invited{}, &models.Error{Kind: models.Forbidden, Code: "not_yourself", Detail: "Somebody else must do this for you."}
	case password && len(roles) < len(p.Roles):
		return Invited{}, &models.Error{
			Kind: models.Forbidden, Code: "not_all_yours", Field: "password", Detail: "This person has roles elsewhere: ask whoever oversees all of them.",
		}
	}
	link := r.invitation(who.Person, p.Email, models.Grant{}, keyOfRow(key, 0))
	link.Invitation.Person, link.Invitation.Expires = id, r.now().Add(models.ReturnLife)
	action := "second_factor_reset"
	if password {
		action = "password_reset"
	}
	made, err := r.store.ResetFactor(ctx, id, password, link.Invitation, r.entry(who, action, roles[0], string(id)))
	link.kept(made)
	return link, err
}

// AtWork is what a person sees of the own account.
type AtWork struct {
	Person       models.Person
	Places       map[models.OrganisationID]models.Organisation
	RecoveryLeft int
}

// AtWork reads the actor's own account.
func (r *Registry) AtWork(ctx context.Context, who models.Actor) (AtWork, error) {
	p, places, err := r.store.PersonAtWork(ctx, who.Person)
	if err != nil {
		return AtWork{}, err
	}
	work := AtWork{Person: p, Places: make(map[models.OrganisationID]models.Organisation, len(places))}
	for _, o := range places {
		work.Places[o.ID] = o
	}
	if p.Factor != nil {
		work.RecoveryLeft = len(p.Factor.Recovery)
	}
	return work, nil
}
