package store

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

var people = keep("people", func(p *models.Person) models.PersonID { return p.ID },
	// An e-mail address, and an identity of any provider, is one person's: of two who join with it at once one fails.
	Index{Name: "email", Keys: []string{"email"}, Unique: true, Where: []Condition{Exists("email")}},
	Index{
		Name: "identity", Keys: []string{"identities.provider", "identities.subject"}, Array: "identities", Unique: true,
		Where: []Condition{Exists("identities")},
	},
	Index{Name: "role_organisation", Keys: []string{"roles.organisation"}, Array: "roles", Where: []Condition{Exists("roles")}},
	Index{Name: "role_network", Keys: []string{"roles.network"}, Array: "roles", Where: []Condition{Exists("roles")}},
	Index{Name: "role", Keys: []string{"roles.role"}, Array: "roles", Where: []Condition{Exists("roles")}},
	Index{Name: "ended_at", Keys: []string{"ended_at"}, Where: []Condition{Exists("ended_at")}},
)

func peopleCollections() []Collection {
	return []Collection{people.Collection, families.Collection, invitations.Collection, tries.Collection}
}

func noSuchPerson(err error) error { return missing(err, "no_such_person", "There is no such person.") }

// Person reads one, or says no_such_person.
func (s *Store) Person(ctx context.Context, id models.PersonID) (models.Person, error) {
	p, err := read(ctx, s, people, string(id))
	return p, noSuchPerson(err)
}

// PersonByIdentity reads the person of an identity, or says no_such_person.
func (s *Store) PersonByIdentity(ctx context.Context, id models.Identity) (models.Person, error) {
	var p models.Person
	err := s.view(ctx, func(r Reader) error {
		var err error
		p, err = personOf(r, id)
		return err
	})
	return p, noSuchPerson(err)
}

func personOf(r Reader, id models.Identity) (models.Person, error) {
	return people.first(r, Exists("identities"), Element("identities", Equal("provider", id.Provider), Equal("subject", id.Subject)))
}

// PersonAtWork reads a person and the organisations at which roles are held.
func (s *Store) PersonAtWork(ctx context.Context, id models.PersonID) (models.Person, []models.Organisation, error) {
	var p models.Person
	var places []models.Organisation
	err := s.view(ctx, func(r Reader) error {
		var err error
		if p, err = people.get(r, string(id)); err != nil {
			return err
		}
		places, err = placesOf(r, p.Roles)
		return err
	})
	return p, places, noSuchPerson(err)
}

func placesOf(r Reader, roles []models.Grant) ([]models.Organisation, error) {
	var places []models.Organisation
	for _, g := range roles {
		if g.Organisation == "" {
			continue
		}
		o, err := organisations.get(r, string(g.Organisation))
		if err != nil {
			return nil, err
		}
		places = append(places, o)
	}
	return places, nil
}

// PeopleWith reads those who hold a role at g's organisation, or, where it names none, in its network, or else its role anywhere.
func (s *Store) PeopleWith(ctx context.Context, g models.Grant) ([]models.Person, error) {
	where := Equal("role", g.Role)
	switch {
	case g.Organisation != "":
		where = Equal("organisation", g.Organisation)
	case g.Network != "":
		where = Equal("network", g.Network)
	}
	return list(ctx, s, people, Query{Where: []Condition{Exists("roles"), Element("roles", where)}})
}

func ignoreMissing(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}

func (s *Store) editPerson(ctx context.Context, id models.PersonID, entry models.AuditEntry, change func(*models.Person) error) error {
	_, err := edit(ctx, s, people, string(id), entry, func(p *models.Person) (bool, error) { return true, change(p) })
	return noSuchPerson(err)
}

// ResetFactor takes a person's second factor away, and the password too if that is asked, ends all sessions, and keeps the link
// with which the person enrols again; links given before end. The same request again gives a new link in its place.
func (s *Store) ResetFactor(
	ctx context.Context, id models.PersonID, password bool, link models.Invitation, entry models.AuditEntry,
) (models.Invitation, error) {
	var made models.Invitation
	change := func(w Writer) error {
		var err error
		if made, err = earlierInvitation(w, link); !isNotFound(err) {
			return err
		}
		made = link
		if err := withdrawOpen(w, Exists("person"), Equal("person", id)); err != nil {
			return err
		}
		if err := resetFactor(w, id, password); err != nil {
			return err
		}
		if err := invitations.insert(w, &made); err != nil {
			return err
		}
		return record(w, entry)
	}
	err := s.update(ctx, change)
	if invitations.duplicate(err, "idempotency") {
		err = s.update(ctx, change)
	}
	return made, noSuchPerson(err)
}

func resetFactor(w Writer, id models.PersonID, password bool) error {
	p, err := people.get(w, string(id))
	if err != nil {
		return err
	}
	p.Factor, p.Computers = nil, nil
	p.Epoch++
	if password {
		p.Password = ""
	}
	return people.replace(w, &p)
}

// TakeRoles takes roles from a person, each with its audit row, and withdraws the invitations that the person gave and nobody
// accepted yet. With the last role the person ends, and so does a link to enrol again. The last national stays.
func (s *Store) TakeRoles(
	ctx context.Context, id models.PersonID, roles []models.Grant, at time.Time, entries []models.AuditEntry,
) error {
	err := s.update(ctx, func(w Writer) error {
		p, err := people.get(w, string(id))
		if err != nil {
			return err
		}
		for i, g := range roles {
			if !p.Holds(g) {
				continue
			}
			if err := anotherNational(w, &p, g); err != nil {
				return err
			}
			p.TakeRole(g, at)
			if err := record(w, entries[i]); err != nil {
				return err
			}
		}
		if err := withdrawOpen(w, Exists("by"), Equal("by", id)); err != nil {
			return err
		}
		if len(p.Roles) == 0 { // no way back in is left
			if err := withdrawOpen(w, Exists("person"), Equal("person", id)); err != nil {
				return err
			}
		}
		return people.replace(w, &p)
	})
	return noSuchPerson(err)
}

// anotherNational asks that somebody stays national. The one who stays is written too, so that of two who take each other's role
// at once only one succeeds.
func anotherNational(w Writer, p *models.Person, g models.Grant) error {
	if g.Role != models.National {
		return nil
	}
	all, err := people.find(w, Query{Where: []Condition{Exists("roles"), Element("roles", Equal("role", models.National))}, Limit: 2})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(other models.Person) bool { return other.ID != p.ID })
	if i < 0 {
		return &models.Error{Kind: models.Conflict, Code: "last_national", Detail: "Somebody must stay national: invite another first."}
	}
	return people.replace(w, &all[i])
}

// ForgetSignIns deletes, of each sort at most limit, what has outlived its use at an instant: sessions that ended, attempts, links,
// idempotency keys, and the names of people who ended so long ago that no audit row speaks of them. It says of how many.
func (s *Store) ForgetSignIns(ctx context.Context, at time.Time, limit int) (int, error) {
	var forgotten int
	err := s.update(ctx, func(w Writer) error {
		forgotten = 0
		for _, step := range []func() (int, error){
			func() (int, error) { return forgetSome(w, families, Below("ends", at), limit) },
			func() (int, error) { return forgetSome(w, tries, Below("at", at.Add(-models.TriesKept)), limit) },
			func() (int, error) {
				return forgetSome(w, invitations, Below("expires", at.Add(-models.InvitationKept)), limit)
			},
			func() (int, error) { return forgetSome(w, people, Below("ended_at", at.Add(-models.EndedKept)), limit) },
			func() (int, error) { return forgetInvitationKeys(w, at.Add(-models.KeysKept), limit) },
		} {
			n, err := step()
			if err != nil {
				return err
			}
			forgotten += n
		}
		return nil
	})
	return forgotten, err
}

func forgetSome[D any, P document[D]](w Writer, k kept[D, P], old Condition, limit int) (int, error) {
	all, err := k.find(w, Query{Where: []Condition{Exists(old.Field), old}, Limit: limit})
	if err != nil {
		return 0, err
	}
	for i := range all {
		if err := k.delete(w, k.id(&all[i])); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
