package accounts

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"strconv"
	"strings"

	"kaikukortti/models"
)

// A refresh token is "family.n.HMAC": it can be made again at any time, so that a retry has the same successor, and nothing of it
// is kept but n.
func (r *Registry) refreshToken(family models.FamilyID, n int64) models.Secret {
	number := strconv.FormatInt(n, 10)
	proof := base64.RawURLEncoding.EncodeToString(r.keys.MAC("refresh", string(family), number))
	return models.Secret(string(family) + "." + number + "." + proof)
}

// parseRefresh reads a refresh token that we made; any other is a session that is not going on.
func (r *Registry) parseRefresh(token models.Secret) (models.FamilyID, int64, error) {
	parts := strings.Split(string(token), ".")
	if len(parts) != 3 {
		return "", 0, models.ErrSessionEnded
	}
	family := models.FamilyID(parts[0])
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || !hmac.Equal(token, r.refreshToken(family, n)) {
		return "", 0, models.ErrSessionEnded
	}
	return family, n, nil
}

func (r *Registry) sessionOf(f *models.Family) Session {
	return Session{Family: f.ID, Actor: f.Acting.Actor(f.Person), Refresh: r.refreshToken(f.ID, f.N), Ends: f.Ends}
}

// Refresh goes on with a session. The token is used up; its successor is in the answer. A retry or a second tab within 30 s has the
// same successor; a token that was used before that ends the session, since somebody else has it too.
func (r *Registry) Refresh(ctx context.Context, token models.Secret) (Session, error) {
	return r.refresh(ctx, token, nil)
}

// SwitchRole goes on with a session in another of the person's roles.
func (r *Registry) SwitchRole(ctx context.Context, token models.Secret, to models.Grant) (Session, error) {
	if to.Organisation != "" {
		o, err := r.store.Organisation(ctx, to.Organisation)
		if err != nil {
			return Session{}, err
		}
		to.Network = o.Network
	}
	return r.refresh(ctx, token, &to)
}

func (r *Registry) refresh(ctx context.Context, token models.Secret, to *models.Grant) (Session, error) {
	family, n, err := r.parseRefresh(token)
	if err != nil {
		return Session{}, err
	}
	reused := r.entry(models.Actor{}, "session_reused", models.Grant{}, string(family))
	f, turn, err := r.store.Refresh(ctx, family, n, to, r.now(), reused)
	if err != nil {
		return Session{}, err
	}
	if turn == models.TurnReused {
		return Session{}, models.ErrSessionEnded
	}
	s := r.sessionOf(&f)
	s.Refresh = r.refreshToken(f.ID, n+1)
	return s, nil
}

// EndSession signs out. A token that is no session's is one that has ended already.
func (r *Registry) EndSession(ctx context.Context, token models.Secret) error {
	family, _, err := r.parseRefresh(token)
	if err != nil {
		return nil //nolint:nilerr // whoever wants to be signed out is
	}
	return r.store.EndSession(ctx, family, r.now())
}

// EndSessions signs the actor out everywhere and forgets the computers on which the second factor was remembered.
func (r *Registry) EndSessions(ctx context.Context, who models.Actor) error {
	return r.store.EndSessions(ctx, who.Person, r.entry(who, "signed_out_everywhere", grant(who), string(who.Person)))
}
