package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"kaikukortti/models"
)

// claims decide everything that is scarce, each by one unique index; a claim is made by one insert, so that a crash leaves
// nothing to undo and no document is written by everybody.
var claims = keep("claims", func(c *models.Claim) models.ClaimID { return c.ID },
	// Never more than the seats: each seat is a number, and a number is in one claim.
	Index{Name: "session_slots", Keys: []string{"session", "slots"}, Array: "slots", Unique: true, Where: []Condition{Exists("slots")}},
	// One claim a pass and session. Standing offers have no live claims: their limit is use alone.
	Index{Name: "session_pass", Keys: []string{"session", "pass"}, Unique: true, Where: []Condition{IsTrue("live"), Exists("pass")}},
	// A retry is the same scan and has the same answer, refused and undone ones included.
	Index{Name: "scans", Keys: []string{"scans.by", "scans.id"}, Array: "scans", Unique: true, Where: []Condition{Exists("scans")}},
	// A code admits once, wherever it is shown. Paper has neither field.
	Index{Name: "cti_signed_at", Keys: []string{"cti", "signed_at"}, Unique: true, Where: []Condition{Exists("cti"), Exists("signed_at")}},
	// The uses of a limit are the numbers 1 to the limit.
	Index{Name: "use", Keys: []string{"use.key", "use.no"}, Unique: true, Where: []Condition{Exists("use.key")}},
	Index{Name: "use_destroy", Keys: []string{"use.destroy"}, Where: []Condition{Exists("use.destroy")}},
	Index{Name: "idempotency", Keys: []string{"idempotency.key"}, Unique: true, Where: []Condition{Exists("idempotency.key")}},
	Index{Name: "code", Keys: []string{"organisation", "code"}, Unique: true, Where: []Condition{Exists("code")}},
	Index{Name: "pass_day", Keys: []string{"pass", "day"}, Where: []Condition{Exists("pass")}},
	Index{Name: "session_state", Keys: []string{"session", "state"}},
	Index{Name: "organisation_day", Keys: []string{"organisation", "day"}},
	Index{Name: "organisation_state", Keys: []string{"organisation", "state", "day"}},
	Index{Name: "organisation_over", Keys: []string{"organisation", "day"}, Where: []Condition{IsTrue("over")}},
	Index{Name: "state_ends_day", Keys: []string{"state", "ends_day"}},
	Index{Name: "unlink_day", Keys: []string{"unlink_day"}, Where: []Condition{Exists("unlink_day")}},
)

// uses keeps what stays of a claim's use once the claim is unlinked: the number is still taken, by nobody.
var uses = keep("uses", func(u *use) string { return u.ID },
	Index{Name: "key", Keys: []string{"key"}},
	Index{Name: "destroy", Keys: []string{"destroy"}},
)

type use struct {
	ID            string `json:"_id"` // key "/" no: the same number cannot be taken twice
	models.Record `json:",inline"`
	Key           string     `json:"key"`
	No            int        `json:"no"`
	Destroy       models.Day `json:"destroy"`
}

func claimCollections() []Collection {
	return []Collection{claims.Collection, uses.Collection, secrets.Collection}
}

// enough bounds how often a claim is tried anew when others are faster; each time around somebody else has got through.
const enough = 1000

var errCrowded = errors.New("others were faster a thousand times")

// AdmitScan decides a scan and keeps the answer, in one atomic step. A scan that was decided before has the answer that it had
// then. not_a_pass is not kept.
func (s *Store) AdmitScan(ctx context.Context, scan models.Scan) (models.Decision, error) {
	var d models.Decision
	err := s.step(ctx, func(w Writer) error {
		for try := range enough {
			var err error
			// The first try leaves out the look for an earlier scan of this id: the index over scans finds it all the same.
			if d, err = admit(w, scan, try > 0); err == nil || !again(err) {
				return err
			}
		}
		return errCrowded
	})
	return d, err
}

// again says that somebody else was faster: read again, and decide again.
func again(err error) bool {
	d := new(DuplicateError)
	return errors.As(err, &d) && d.Collection == claims.Name || errors.Is(err, ErrChanged)
}

func admit(w Writer, scan models.Scan, lookBack bool) (models.Decision, error) {
	if lookBack {
		_, record, err := scanned(w, scan.By, scan.ID)
		if err == nil {
			return record.Answer, nil
		}
		if !isNotFound(err) {
			return models.Decision{}, err
		}
	}
	found, err := look(w, &scan)
	if err != nil {
		return models.Decision{}, err
	}
	if record := found.decided(scan.By, scan.ID); record != nil {
		return record.Answer, nil // no index meets a scan that its own claim has already
	}
	d := models.Judge(scan.Facts)
	switch {
	case d.Reason == models.NotAPass:
		return answered(w, scan, d)
	case d.Outcome == models.OutcomeRefused:
		return d, refuse(w, scan, d, models.Refused)
	default:
		return d, visit(w, scan, found, d)
	}
}

// answered is for a scan that is no pass, of which nothing is kept. A typed code may have ended since it was one.
func answered(r Reader, scan models.Scan, d models.Decision) (models.Decision, error) {
	_, record, err := scanned(r, scan.By, scan.ID)
	if err == nil {
		return record.Answer, nil
	}
	return d, ignoreMissing(err)
}

// scanned finds the claim of a scan, and the scan's record in it.
func scanned(r Reader, by models.ScannerID, id models.ScanID) (models.Claim, *models.ScanRecord, error) {
	c, err := claims.first(r, Exists("scans"), Element("scans", Equal("by", by), Equal("id", id)))
	if err != nil {
		return c, nil, err
	}
	return c, c.Scan(by, id), nil
}

// at is what the claims say at the moment of a decision.
type at struct {
	mine *models.Claim // the pass's live claim here
	free []int         // seat numbers
	use  int           // the next number of the limit; 0 if there is none left, or no limit
}

// decided finds a scan that the pass's claim has met before: one that was undone, where the claim is a reservation again.
func (a at) decided(by models.ScannerID, id models.ScanID) *models.ScanRecord {
	if a.mine == nil {
		return nil
	}
	return a.mine.Scan(by, id)
}

// look fills in the facts that claims know.
func look(r Reader, scan *models.Scan) (at, error) {
	var a at
	f := &scan.Facts
	if f.Broken != "" {
		return a, nil
	}
	if err := spent(r, scan); err != nil {
		return a, err
	}
	if err := a.lookAtPass(r, scan); err != nil {
		return a, err
	}
	if err := a.lookAtUse(r, scan); err != nil {
		return a, err
	}
	if f.NoLimit {
		return a, nil
	}
	var err error
	a.free, err = freeSlots(r, scan.Claim.Session, scan.Seats)
	f.Free = len(a.free)
	return a, err
}

// spent asks whether this very code admitted somebody.
func spent(r Reader, scan *models.Scan) error {
	if scan.Claim.CTI == "" {
		return nil
	}
	c, err := claims.first(r, Equal("cti", scan.Claim.CTI), Equal("signed_at", scan.Claim.SignedAt))
	if isNotFound(err) {
		scan.Facts.Spent = models.Unspent
		return nil
	}
	if err != nil {
		return err
	}
	scan.Facts.Spent = models.SpentElsewhere
	if c.Session == scan.Claim.Session {
		scan.Facts.Spent, scan.Facts.AdmittedAt = models.SpentHere, admittedAt(&c)
	}
	return nil
}

// lookAtPass reads what the pass holds today.
func (a *at) lookAtPass(r Reader, scan *models.Scan) error {
	if scan.Claim.Pass == "" {
		return nil
	}
	today, err := claims.find(r, Query{Where: []Condition{Equal("pass", scan.Claim.Pass)}})
	if err != nil {
		return err
	}
	f := &scan.Facts
	f.Admitted, f.HasReservation, f.Held, f.Other = false, false, 0, nil
	if scan.AsBooked {
		f.Party = models.Party{}
	}
	for i := range today {
		c := &today[i]
		switch {
		case c.Session == scan.Claim.Session && c.Live:
			a.mine = c
			f.Admitted = c.State == models.Used
			f.HasReservation, f.Held = c.Holding(), len(c.Slots)
			if scan.AsBooked && f.HasReservation {
				f.Party = c.Party
			}
			if f.Admitted {
				f.AdmittedAt = admittedAt(c)
			}
		case c.Organisation == scan.Claim.Organisation && c.Day == scan.Claim.Day && c.Session != scan.Claim.Session && elsewhere(c):
			f.Other = &models.OtherPlace{Session: c.Session}
		}
	}
	if a.mine != nil {
		f.Other = nil
	}
	return nil
}

func elsewhere(c *models.Claim) bool { return c.State == models.Reserved || c.State == models.Offered }

func admittedAt(c *models.Claim) time.Time {
	for _, s := range slices.Backward(c.Scans) {
		if s.Answer.Outcome == models.OutcomeAdmitted {
			return s.At
		}
	}
	return c.At
}

// lookAtUse finds the next number of the limit. claims are read before uses, because a number moves from there to here.
func (a *at) lookAtUse(r Reader, scan *models.Scan) error {
	limit := scan.Use
	if limit == nil || limit.Key == "" {
		return nil
	}
	scan.Facts.Limit, a.use = nil, 0
	taken, err := takenUses(r, limit.Key)
	if err != nil {
		return err
	}
	for no := 1; no <= limit.Times; no++ {
		if !slices.Contains(taken, no) {
			a.use = no
			return nil
		}
	}
	if limit.Times == 1 {
		scan.Facts.Admitted = true
		c, err := claims.first(r, Equal("use.key", limit.Key))
		if err == nil {
			scan.Facts.AdmittedAt = admittedAt(&c)
		} else if !isNotFound(err) {
			return err
		}
		return nil
	}
	scan.Facts.Limit = &models.LimitState{Times: limit.Times, Next: limit.Next}
	return nil
}

func takenUses(r Reader, key string) ([]int, error) {
	taken, err := r.Numbers(claims.Name, "use.no", Query{Where: []Condition{Equal("use.key", key)}})
	if err != nil {
		return nil, err
	}
	moved, err := r.Numbers(uses.Name, "no", Query{Where: []Condition{Equal("key", key)}})
	return append(taken, moved...), err
}

// freeSlots are the seat numbers of a session that no claim holds.
func freeSlots(r Reader, session models.SessionID, seats int) ([]int, error) {
	used, err := r.Numbers(claims.Name, "slots", Query{Where: []Condition{Equal("session", session), Exists("slots")}})
	if err != nil {
		return nil, err
	}
	taken := make([]bool, seats)
	for _, n := range used {
		if n < seats {
			taken[n] = true
		}
	}
	free := make([]int, 0, seats)
	for n := range seats {
		if !taken[n] {
			free = append(free, n)
		}
	}
	return free, nil
}

// pick draws n of the free numbers at random among all of them, so that many at once seldom want the same.
func pick(free []int, n int) []int {
	for i := range n {
		j := i + rand.IntN(len(free)-i) //nolint:gosec // chance spreads the load here; nothing secret hangs on it
		free[i], free[j] = free[j], free[i]
	}
	return slices.Sorted(slices.Values(free[:n]))
}

// refuse keeps a refused scan, which holds nothing and no pass. What its answer told of the pass is there for retries, until the next day.
func refuse(w Writer, scan models.Scan, d models.Decision, state models.ClaimState) error {
	c := scan.Claim
	pass, unlink := c.Pass, c.UnlinkDay
	c.Leave(state)
	if c.UnlinkDay = c.Day.Add(1); state == models.Conflicted {
		c.Pass, c.UnlinkDay = pass, unlink
	}
	c.Party = scan.Facts.Party
	c.Scans = []models.ScanRecord{scanRecord(scan, d)}
	return claims.insert(w, &c)
}

func scanRecord(scan models.Scan, d models.Decision) models.ScanRecord {
	return models.ScanRecord{By: scan.By, ID: scan.ID, At: scan.Facts.At, Answer: d, Shown: scan.Shown}
}

// visit makes the claim of an admission: the reservation becomes it, or a new one is inserted.
func visit(w Writer, scan models.Scan, found at, d models.Decision) error {
	if scan.Facts.Course && scan.Facts.Admitted {
		return onCourse(w, scan, d)
	}
	c := scan.Claim
	if found.mine != nil {
		c = *found.mine
		c.CTI, c.SignedAt, c.Over = scan.Claim.CTI, scan.Claim.SignedAt, scan.Claim.Over
		if c.State == models.Waiting {
			c.Reserved = 0
		}
	}
	c.State, c.Counts, c.Party = models.Used, true, d.Party
	c.Live = scan.Claim.Kind != models.Standing
	c.Scans = append(c.Scans, scanRecord(scan, d))
	if found.use > 0 {
		c.Use = &models.Use{Key: scan.Use.Key, No: found.use, Destroy: scan.Use.Destroy}
	}
	if !scan.Facts.NoLimit {
		resize(&c, d.Party.Seats(scan.Facts.ChildrenCounted), found.free)
	}
	if found.mine != nil {
		return claims.replace(w, &c)
	}
	return claims.insert(w, &c)
}

// onCourse keeps a later scan of somebody on a course's list: it uses up its code and holds nothing else.
func onCourse(w Writer, scan models.Scan, d models.Decision) error {
	c := scan.Claim
	cti, signedAt, unlink := c.CTI, c.SignedAt, c.UnlinkDay
	c.Leave(models.OnCourse)
	c.CTI, c.SignedAt, c.UnlinkDay = cti, signedAt, unlink
	c.Party = d.Party
	c.Scans = []models.ScanRecord{scanRecord(scan, d)}
	return claims.insert(w, &c)
}

// resize gives a claim as many seats as it needs: of those it has, then of the free ones. Beyond both it takes what is there.
func resize(c *models.Claim, need int, free []int) {
	if len(c.Slots) >= need {
		c.Slots = c.Slots[:need]
		return
	}
	more := min(need-len(c.Slots), len(free))
	c.Slots = append(c.Slots, pick(free, more)...)
}

// ScanClaim reads the claim of a scan, or says no_such_scan.
func (s *Store) ScanClaim(ctx context.Context, by models.ScannerID, id models.ScanID) (models.Claim, error) {
	var c models.Claim
	err := s.view(ctx, func(r Reader) error {
		var err error
		c, _, err = scanned(r, by, id)
		return err
	})
	return c, noSuchScan(err)
}

func noSuchScan(err error) error {
	if isNotFound(err) {
		return &models.Error{Kind: models.NotFound, Code: "no_such_scan", Detail: "This scanner has made no scan with this id."}
	}
	return err
}

// change reads the claim of a scan, lets edit change it, and writes it if nobody else changed it meanwhile; otherwise it begins
// anew. edit answers false when there is nothing to write.
func (s *Store) change(ctx context.Context, by models.ScannerID, id models.ScanID, edit func(Reader, *models.Claim, *models.ScanRecord) (bool, error)) error {
	err := s.step(ctx, func(w Writer) error {
		for range enough {
			c, record, err := scanned(w, by, id)
			if err != nil {
				return err
			}
			write, err := edit(w, &c, record)
			if err != nil || !write {
				return err
			}
			if err := claims.replace(w, &c); err == nil || !again(err) {
				return err
			}
		}
		return errCrowded
	})
	return noSuchScan(err)
}

// ChangeParty corrects who came with an admitted scan, and takes or gives back the seats, in one update of one document. It is
// judged as a scan is; a refusal leaves everything as it was.
func (s *Store) ChangeParty(ctx context.Context, by models.ScannerID, id models.ScanID, party models.Party, room models.Room) (models.Decision, error) {
	var d models.Decision
	err := s.change(ctx, by, id, func(r Reader, c *models.Claim, record *models.ScanRecord) (bool, error) {
		if record.Answer.Outcome != models.OutcomeAdmitted || c.State != models.Used {
			return false, notAdmitted()
		}
		if tooLate(record, room.At) {
			return false, tooLateError()
		}
		if c.Party == party {
			d = record.Answer
			return false, nil
		}
		free, err := roomFor(r, c, room)
		if err != nil {
			return false, err
		}
		facts := room.Facts
		facts.Party, facts.Free = party, len(free)
		// It is inside already, and perhaps beyond the seats.
		facts.HasReservation, facts.Held = true, max(len(c.Slots), c.Party.Seats(facts.ChildrenCounted))
		if d = models.Judge(facts); d.Outcome == models.OutcomeRefused {
			return false, nil
		}
		c.Party = party
		if !facts.NoLimit {
			resize(c, party.Seats(facts.ChildrenCounted), free)
		}
		record.Answer.Party = party
		d = record.Answer
		return true, nil
	})
	return d, err
}

func roomFor(r Reader, c *models.Claim, room models.Room) ([]int, error) {
	if room.Facts.NoLimit {
		return nil, nil
	}
	return freeSlots(r, c.Session, room.Seats)
}

// undoLife is how long a scan can be undone or its party corrected.
const undoLife = 10 * time.Minute

func tooLate(record *models.ScanRecord, at time.Time) bool { return at.Sub(record.At) > undoLife }

func tooLateError() error {
	return &models.Error{Kind: models.Conflict, Code: "too_late", Detail: "A scan can be changed for ten minutes."}
}

func notAdmitted() error {
	return &models.Error{Kind: models.Conflict, Code: "not_admitted", Detail: "This scan admitted nobody."}
}

// UndoScan takes an admission back within ten minutes: the visit no longer counts, its seats beyond a reservation are free, and a
// reservation is reserved again. A late retry of the scan answers undone.
func (s *Store) UndoScan(ctx context.Context, by models.ScannerID, id models.ScanID, at time.Time) (models.Decision, error) {
	var d models.Decision
	err := s.change(ctx, by, id, func(_ Reader, c *models.Claim, record *models.ScanRecord) (bool, error) {
		d = record.Answer
		switch {
		case d.Outcome == models.OutcomeUndone:
			return false, nil
		case d.Outcome != models.OutcomeAdmitted:
			return false, notAdmitted()
		case tooLate(record, at):
			return false, tooLateError()
		}
		takeBack(c, record)
		d = record.Answer
		return true, nil
	})
	return d, err
}

// takeBack makes an admission undone.
func takeBack(c *models.Claim, record *models.ScanRecord) {
	record.Answer = models.Decision{Outcome: models.OutcomeUndone, Party: record.Answer.Party, At: record.Answer.At}
	if c.State == models.Used && c.Reserved > 0 {
		c.BackToReserved()
		return
	}
	c.Leave(models.Undone)
}

// CountVisits counts the visits of a session or standing offer: what statistics are made of.
func (s *Store) CountVisits(ctx context.Context, session models.SessionID) (int, error) {
	var n int
	err := s.view(ctx, func(r Reader) error {
		var err error
		n, err = r.Count(claims.Name, Query{Where: []Condition{Equal("session", session), Equal("state", models.Used)}})
		return err
	})
	return n, err
}
