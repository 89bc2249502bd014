package store

import (
	"context"
	"time"

	"kaikukortti/models"
)

// requests are the device keys that wait for a worker to type their eight digits.
var requests = keep("activation_requests", func(r *models.ActivationRequest) string { return r.ID },
	Index{Name: "hash", Keys: []string{"hash"}, Unique: true},
	// How many are open, in all and from one address.
	Index{Name: "open_expires", Keys: []string{"open", "expires"}, Where: []Condition{IsTrue("open")}},
	Index{Name: "address_expires", Keys: []string{"address", "expires"}, Where: []Condition{IsTrue("open")}},
	Index{Name: "pass", Keys: []string{"pass"}, Where: []Condition{Exists("pass")}},
	Index{Name: "expires", Keys: []string{"expires"}},
)

// A tally counts something in a stretch of time; its id begins with when that was.
type tally struct {
	ID            string `json:"_id"`
	models.Record `json:",inline"`
	N             int `json:"n"`
}

var tallies = keep("tallies", func(t *tally) string { return t.ID })

// A jti is the id of a proof that a device has spent.
type jti struct {
	ID            string `json:"_id"`
	models.Record `json:",inline"`
	Until         time.Time `json:"until"`
}

var jtis = keep("jtis", func(j *jti) string { return j.ID }, Index{Name: "until", Keys: []string{"until"}})

// codeUnknown is one answer for all that can be wrong with a code.
func codeUnknown(err error) error {
	return missing(err, "code_unknown", "The code does not match.")
}

// UseActivation changes the pass that an activation code is for: one conditional update uses the code and binds the phone, so of two
// phones with one code one wins.
func (s *Store) UseActivation(ctx context.Context, hash string, change func(*models.Pass) (models.Change, error)) (models.Pass, error) {
	return s.changeFound(ctx, codeUnknown, change, Equal("activation.hash", hash))
}

// UseRecovery changes the pass with a number, for somebody who says its recovery code too. A number that is no pass's is no less
// wrong than a wrong code.
func (s *Store) UseRecovery(ctx context.Context, number models.Digits, change func(*models.Pass) (models.Change, error)) (models.Pass, error) {
	return s.changeFound(ctx, codeUnknown, change, Equal("number", number))
}

// OpenRequest keeps a device key until a worker types its digits. It answers too_many_waiting when so many are open already, of
// one address or in all.
func (s *Store) OpenRequest(ctx context.Context, r models.ActivationRequest, at time.Time, perAddress, total int) error {
	err := s.update(ctx, func(w Writer) error {
		if _, err := passes.first(w, withPhone(r.Thumbprint)...); !isNotFound(err) {
			if err == nil {
				err = &DuplicateError{Collection: passes.Name, Index: "thumbprint"}
			}
			return err
		}
		if err := roomForRequest(w, at, total); err != nil {
			return err
		}
		if err := roomForRequest(w, at, perAddress, Equal("address", r.Address)); err != nil {
			return err
		}
		return requests.insert(w, &r)
	})
	return drawn(err)
}

func roomForRequest(r Reader, at time.Time, most int, where ...Condition) error {
	where = append(where, IsTrue("open"), AtLeast("expires", at))
	open, err := r.Count(requests.Name, Query{Where: where, Limit: most})
	if err == nil && open >= most {
		err = &models.Error{
			Kind: models.TooMany, Code: "too_many_waiting", RetryAfter: int(models.RequestLife.Seconds()) / 10,
			Detail: "Too many phones wait for a worker now. Use an activation code, or try again.",
		}
	}
	return err
}

// Request reads an activation request, and the pass that it was used for.
func (s *Store) Request(ctx context.Context, id string) (models.ActivationRequest, models.Pass, error) {
	var request models.ActivationRequest
	var p models.Pass
	err := s.view(ctx, func(r Reader) error {
		var err error
		if request, err = requests.get(r, id); err != nil || request.Pass == "" {
			return err
		}
		p, err = passes.get(r, string(request.Pass))
		return err
	})
	return request, p, missing(err, "no_such_request", "There is no such request.")
}

// BindRequest changes a distributor's pass with the phone that waits under the digits, and uses the request up, in one transaction.
// Unless change does something else, a request that is used stays as it is.
func (s *Store) BindRequest(ctx context.Context, distributor models.OrganisationID, id models.PassID, hash string, change func(*models.Pass, *models.ActivationRequest) (models.Change, error)) (models.Pass, error) {
	var p models.Pass
	err := s.update(ctx, func(w Writer) error {
		var err error
		if p, err = passes.first(w, of(distributor, id)...); err != nil {
			return noSuchPass(err)
		}
		request, err := requests.first(w, Equal("hash", hash))
		if err != nil {
			return codeUnknown(err)
		}
		was := request
		err = changePass(w, &p, func(p *models.Pass) (models.Change, error) { return change(p, &request) })
		if err != nil || request.UsedAt.Equal(was.UsedAt) {
			return err
		}
		return requests.replace(w, &request)
	})
	return p, drawn(err)
}

// Count adds to a tally and answers the sum. Two that count at once never lose one of their counts.
func (s *Store) Count(ctx context.Context, id string, by int) (int, error) {
	var sum int64
	err := s.step(ctx, func(w Writer) error {
		var err error
		sum, err = w.Add(tallies.Name, id, "n", int64(by))
		return err
	})
	return int(sum), err
}

// Counted is the sum of several tallies.
func (s *Store) Counted(ctx context.Context, ids []string) (int, error) {
	sum := 0
	err := s.view(ctx, func(r Reader) error {
		numbers, err := r.Numbers(tallies.Name, "n", Query{Where: []Condition{In("_id", ids)}})
		sum = 0
		for _, n := range numbers {
			sum += n
		}
		return err
	})
	return sum, err
}

// SpendJTI keeps the id of a proof until it could no longer be repeated, or says that it was spent before.
func (s *Store) SpendJTI(ctx context.Context, id string, until time.Time) error {
	err := s.step(ctx, func(w Writer) error { return jtis.insert(w, &jti{ID: id, Until: until}) })
	if jtis.duplicate(err) {
		return &models.Error{Kind: models.Unauthenticated, Code: "assertion_used", Detail: "This proof was used before. Sign a new one."}
	}
	return err
}

// eraseRequests deletes the requests that a pass was activated with.
func eraseRequests(w Writer, pass models.PassID) error {
	mine, err := requests.find(w, Query{Where: []Condition{Equal("pass", pass)}})
	for i := range mine {
		if err := requests.delete(w, mine[i].ID); err != nil {
			return err
		}
	}
	return err
}
