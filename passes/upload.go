package passes

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

// An Upload is a scan that a door decided without the network.
type Upload struct {
	ScanRequest
	ScannedAt   time.Time
	Shown       models.Shown
	ShownReason models.Reason
}

// An UploadAnswer is what became of one.
type UploadAnswer struct {
	Result   models.Uploaded
	Decision models.Decision
	Problem  *models.Error // the item could not be taken; the others were
}

// UploadsAccepted is how long after it a scan can be uploaded.
const UploadsAccepted = 30 * 24 * time.Hour

// Upload takes one scan that was decided without the network. The first of two to reach the server wins, wherever they were made.
func (d *Doors) Upload(ctx context.Context, by models.Actor, u Upload) (UploadAnswer, error) {
	at, now := u.ScannedAt.UTC().Truncate(time.Second), d.clock()
	var a UploadAnswer
	if at.Before(now.Add(-UploadsAccepted)) || at.After(now.Add(2*time.Minute)) {
		a.Problem = &models.Error{Kind: models.Invalid, Code: "upload_out_of_time", Detail: "scanned_at is over 30 days ago, or ahead of the server's clock."}
		return a, nil
	}
	place, s, err := d.read(ctx, by, u.ScanRequest)
	if notFound(err) {
		a.Problem = &models.Error{Kind: models.NotFound, Code: "no_such_session", Detail: "This venue has no such session or standing offer."}
		return a, nil
	}
	if err != nil {
		return a, err
	}
	s.window = models.OfflineWindow
	scan, err := d.prepare(ctx, by, &place, s, u.ScanRequest, at)
	if err != nil {
		return a, err
	}
	scan.Facts.Offline, scan.Shown, scan.ShownReason = true, u.Shown, u.ShownReason
	a.Result, a.Decision, err = d.store.RecordUpload(ctx, scan)
	return a, err
}

// A ConflictRow is one line of a manager's list: somebody was welcomed offline whom the server would have refused. Who came in beyond the
// seats is counted all the same. It names no one and blames no one.
type ConflictRow struct {
	ID      models.ClaimID
	Session models.SessionID
	Offer   models.OfferID
	At      time.Time
	Shown   models.Shown
	Reason  models.Reason
	Counted bool
	FirstAt time.Time
	Tag     string // the same for the same pass at this venue in this month; empty once unlinked
	SeenAt  time.Time
}

// ConflictDays is how far back the list goes.
const ConflictDays = 90

// Conflicts lists a venue's conflicts, newest first.
func (d *Doors) Conflicts(ctx context.Context, by models.Actor) ([]ConflictRow, error) {
	kept, err := d.store.Conflicts(ctx, by.Organisation, models.DayOf(d.now()).Add(-ConflictDays))
	if err != nil {
		return nil, err
	}
	rows := make([]ConflictRow, 0, len(kept))
	for i := range kept {
		c := &kept[i]
		tag, err := d.Tag(ctx, by.Organisation, c.Pass, c.Day)
		if err != nil {
			return nil, err
		}
		for _, s := range c.Scans {
			row := ConflictRow{
				ID: c.ID, Session: c.Session, Offer: c.Offer, At: s.At, Shown: s.Shown, Reason: s.Answer.Reason, FirstAt: s.Answer.FirstAt,
				Tag: tag, SeenAt: s.SeenAt,
			}
			if c.Over {
				if !slices.Contains(s.Answer.Marks, models.OverSeats) {
					continue // an earlier showing, which was undone
				}
				row.Reason, row.Counted = models.NoSeats, true
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// SeeConflict marks a row as seen.
func (d *Doors) SeeConflict(ctx context.Context, by models.Actor, id models.ClaimID) error {
	entry := by.Audit()
	entry.ID, entry.At = models.NewID[models.AuditID](d.random), d.clock()
	entry.Action, entry.Subject = "conflict_seen", string(id)
	return d.store.SeeConflict(ctx, by.Organisation, id, entry.At, entry)
}
