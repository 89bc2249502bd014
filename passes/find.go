package passes

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"kaikukortti/models"
)

// A PassQuery is what a worker looks for among the passes of the own distributor.
type PassQuery struct {
	Mine     bool // issued by the worker who asks
	EndsSoon bool // within 30 days
	models.PassFilter
	Cursor string // where the last page ended
}

// endsSoonDays is how soon the last day of a pass is soon.
const endsSoonDays = 30

// mostPerPage is how many passes a page has at the most; it is also what one has when nobody says.
const mostPerPage = 100

// FindPasses lists passes: those whose holder asked to renew first, then the newest. next is the cursor of the next page; empty on the
// last.
func (d *Desk) FindPasses(ctx context.Context, by models.Actor, q PassQuery) (found []models.Pass, next string, err error) {
	f := q.PassFilter
	if q.Mine {
		f.IssuedBy = by.Person
	}
	if q.EndsSoon {
		f.EndsFrom = models.DayOf(d.clock())
		f.EndsTo = f.EndsFrom.Add(endsSoonDays)
	}
	if f.After, err = readCursor(q.Cursor); err != nil {
		return nil, "", err
	}
	size := q.Limit
	if size < 1 || size > mostPerPage {
		size = mostPerPage
	}
	f.Limit = size + 1 // one more says whether there is a next page
	found, err = d.store.FindPasses(ctx, whose(by), f)
	if err != nil || len(found) <= size {
		return found, "", err
	}
	found = found[:size]
	return found, writeCursor(models.PlaceOf(&found[size-1])), nil
}

func writeCursor(place models.PassPlace) string {
	raw, err := json.Marshal(place)
	if err != nil {
		panic(err) // two strings and a time
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// readCursor reads what writeCursor wrote. Whatever else somebody sends only moves the page within the own distributor's list.
func readCursor(cursor string) (*models.PassPlace, error) {
	if cursor == "" {
		return nil, nil
	}
	var place models.PassPlace
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(raw, &place)
	}
	if err != nil {
		return nil, models.BadField("cursor", "Send the cursor of the last page, or none.")
	}
	return &place, nil
}

// ReadPass is a pass of the worker's own distributor.
func (d *Desk) ReadPass(ctx context.Context, by models.Actor, id models.PassID) (models.Pass, error) {
	return d.store.PassOf(ctx, whose(by), id)
}
