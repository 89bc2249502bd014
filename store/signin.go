package store

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

var families = keep("families", func(f *models.Family) models.FamilyID { return f.ID },
	Index{Name: "ends", Keys: []string{"ends"}},
)

var tries = keep("tries", func(t *models.Tries) string { return t.ID },
	Index{Name: "at", Keys: []string{"at"}},
)

func sessionEnded(err error) error {
	if isNotFound(err) {
		return models.ErrSessionEnded
	}
	return err
}

// Acting reads what a person acts by: the person, the session, and the organisation if the role is held at one. Any of them
// missing reads as a session that has ended.
func (s *Store) Acting(
	ctx context.Context, person models.PersonID, family models.FamilyID, at models.OrganisationID,
) (models.ActingPlace, error) {
	var place models.ActingPlace
	err := s.view(ctx, func(r Reader) error {
		var err error
		if place.Person, err = people.get(r, string(person)); err != nil {
			return err
		}
		if place.Family, err = families.get(r, string(family)); err != nil || at == "" {
			return err
		}
		o, err := organisations.get(r, string(at))
		place.Organisation = &o
		return err
	})
	return place, sessionEnded(err)
}

// MayTry refuses an attempt to sign in that comes too soon, or that shows one code where an account needs two.
func (s *Store) MayTry(ctx context.Context, try models.Try) error {
	return s.view(ctx, func(r Reader) error {
		place, err := triesAt(r, try.Place)
		if err != nil {
			return err
		}
		if wait := place.Wait(try.At); wait > 0 {
			return tooManyTries(wait)
		}
		account, err := triesAt(r, try.Account)
		if err == nil && account.Strict(try.At) && !try.Enough {
			err = errSecondCode
		}
		return err
	})
}

func tooManyTries(wait time.Duration) error {
	return &models.Error{
		Kind: models.TooMany, Code: "too_many_tries", Detail: "Too many wrong attempts from here; wait as long as Retry-After says.",
		RetryAfter: int(wait / time.Second),
	}
}

var errSecondCode = &models.Error{
	Kind: models.Unauthenticated, Code: "second_code_needed",
	Detail: "Too much was tried at this account: send the next code of the authenticator too, as next_code.",
}

// triesAt reads what was counted under an id; nothing if there is none, or for the empty id.
func triesAt(r Reader, id string) (models.Tries, error) {
	if id == "" {
		return models.Tries{}, nil
	}
	t, err := tries.get(r, id)
	return t, ignoreMissing(err)
}

// CountWrong counts an attempt that was wrong, at its place and at its account.
func (s *Store) CountWrong(ctx context.Context, try models.Try) error {
	change := func(w Writer) error {
		for _, id := range []string{try.Place, try.Account} {
			if err := countWrong(w, id, try.At); err != nil {
				return err
			}
		}
		return nil
	}
	err := s.update(ctx, change)
	if tries.duplicate(err) { // the first two came at once
		err = s.update(ctx, change)
	}
	return err
}

func countWrong(w Writer, id string, at time.Time) error {
	t, err := triesAt(w, id)
	if err != nil || id == "" {
		return err
	}
	t.CountWrong(at)
	if t.ID == "" {
		t.ID = id
		return tries.insert(w, &t)
	}
	return tries.replace(w, &t)
}

// SignIn spends what was shown and begins a session, in one step: a code or recovery code that is shown twice at once opens one.
func (s *Store) SignIn(ctx context.Context, in models.SigningIn) error {
	return s.update(ctx, func(w Writer) error {
		p, err := people.get(w, string(in.Person))
		if isNotFound(err) {
			return models.ErrWrongSignIn
		}
		if err != nil {
			return err
		}
		if err := p.Spend(in.Proof, in.At); err != nil {
			return err
		}
		if err := beginSession(w, &p, in); err != nil {
			return err
		}
		return people.replace(w, &p)
	})
}

// forgive forgets what was counted at the place of an attempt that was right. What others tried at the account stays.
func forgive(w Writer, try models.Try) error {
	if try.Place == "" {
		return nil
	}
	return tries.delete(w, try.Place)
}

// beginSession begins the session, remembers the computer if that was asked, and writes the audit rows. The caller writes the person.
func beginSession(w Writer, p *models.Person, in models.SigningIn) error {
	p.SignedInAt = in.At
	if in.Computer != nil {
		p.Remember(*in.Computer)
	}
	f := in.Family
	f.Epoch = p.Epoch
	if err := families.insert(w, &f); err != nil {
		return err
	}
	if err := forgive(w, in.Try); err != nil {
		return err
	}
	return record(w, in.Audit...)
}

// Refresh uses up the refresh token of number n and says what became of it. A token that was used long ago ends the session: the
// one who has its successor and the one who shows it cannot both be the person. With a role to act in, the session acts in that
// one from now on; where it acts in one that the person lost, it goes on in another.
func (s *Store) Refresh(
	ctx context.Context, id models.FamilyID, n int64, role *models.Grant, at time.Time, reused models.AuditEntry,
) (models.Family, models.Turn, error) {
	var f models.Family
	var turn models.Turn
	err := s.update(ctx, func(w Writer) error {
		var p models.Person
		var err error
		if f, p, err = liveFamily(w, id, at); err != nil {
			return err
		}
		switch turn = f.Refresh(n, at); turn {
		case models.TurnTooFast:
			return &models.Error{Kind: models.TooMany, Code: "too_many_requests", Detail: "The session was refreshed too often.", RetryAfter: 30}
		case models.TurnReused:
			return endReused(w, f, at, reused)
		case models.TurnTaken, models.TurnAgain:
		}
		if err := actOn(&f, &p, role); err != nil {
			return err
		}
		return families.replace(w, &f)
	})
	return f, turn, err
}

func liveFamily(r Reader, id models.FamilyID, at time.Time) (models.Family, models.Person, error) {
	f, err := families.get(r, string(id))
	if err != nil {
		return f, models.Person{}, sessionEnded(err)
	}
	p, err := people.get(r, string(f.Person))
	if err == nil && !f.Live(&p, at) {
		err = models.ErrSessionEnded
	}
	return f, p, sessionEnded(err)
}

func actOn(f *models.Family, p *models.Person, role *models.Grant) error {
	if role != nil {
		return f.ActAs(p, *role)
	}
	if p.Holds(f.Acting) {
		return nil
	}
	return f.ActAs(p, p.Roles[0]) // who is not ended holds one
}

func endReused(w Writer, f models.Family, at time.Time, entry models.AuditEntry) error {
	f.EndedAt = at
	if err := families.replace(w, &f); err != nil {
		return err
	}
	who := f.Acting.Actor(f.Person).Audit()
	entry.By, entry.Person, entry.Organisation, entry.Network = who.By, who.Person, who.Organisation, who.Network
	return record(w, entry)
}

// EndSession ends one session. Ending it again changes nothing.
func (s *Store) EndSession(ctx context.Context, id models.FamilyID, at time.Time) error {
	return s.update(ctx, func(w Writer) error {
		f, err := families.get(w, string(id))
		if err != nil || !f.EndedAt.IsZero() {
			return ignoreMissing(err)
		}
		f.EndedAt = at
		return families.replace(w, &f)
	})
}

// EndSessions ends every session of a person, and forgets the computers on which the second factor was remembered.
func (s *Store) EndSessions(ctx context.Context, id models.PersonID, entry models.AuditEntry) error {
	return s.editPerson(ctx, id, entry, func(p *models.Person) error {
		p.Epoch++
		p.Computers = nil
		return nil
	})
}

// ForgetComputer asks for the second factor again on a computer on which it was remembered.
func (s *Store) ForgetComputer(ctx context.Context, id models.PersonID, computer models.ComputerID, entry models.AuditEntry) error {
	return s.editPerson(ctx, id, entry, func(p *models.Person) error {
		were := len(p.Computers)
		p.Computers = slices.DeleteFunc(p.Computers, func(c models.Computer) bool { return c.ID == computer })
		if len(p.Computers) == were {
			return &models.Error{Kind: models.NotFound, Code: "no_such_computer", Detail: "There is no such remembered computer."}
		}
		return nil
	})
}

// ChangeSecrets changes how a person signs in, after a full proof that it is that person. Every other session ends.
func (s *Store) ChangeSecrets(ctx context.Context, in models.SecretsChange) error {
	return s.update(ctx, func(w Writer) error {
		f, p, err := liveFamily(w, in.Family, in.At)
		if err != nil {
			return err
		}
		if err := p.Spend(in.Proof, in.At); err != nil || p.ID != in.Person {
			return models.ErrWrongSignIn
		}
		in.Apply(&p)
		f.Epoch = p.Epoch
		if err := families.replace(w, &f); err != nil {
			return err
		}
		if err := people.replace(w, &p); err != nil {
			return err
		}
		if err := forgive(w, in.Try); err != nil {
			return err
		}
		return record(w, in.Audit)
	})
}
