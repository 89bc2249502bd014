// Package notifications keeps holders' inboxes and sends the nudges that something new is there. A push never says what, and never
// names a pass, a venue or a distributor.
package notifications

import (
	"context"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kaikukortti/models"
)

// InboxStore is what an inbox needs of the store; each method is one atomic step.
type InboxStore interface {
	Inbox(ctx context.Context, pass models.PassID, after *models.InboxPlace, limit int) ([]models.Notice, error)
	ReadNotice(ctx context.Context, pass models.PassID, id models.NoticeID, at time.Time) (models.Notice, error)
	SetPushAddress(ctx context.Context, a models.PushAddress) error
	RemovePushAddress(ctx context.Context, pass models.PassID) error
}

// Inbox is the notices of holders, each of whom sees only their own, and where their phones are nudged.
type Inbox struct {
	store  InboxStore
	keys   *models.Keys
	now    func() time.Time
	random io.Reader
}

// NewInbox takes what an inbox needs.
func NewInbox(store InboxStore, keys *models.Keys, now func() time.Time, random io.Reader) *Inbox {
	return &Inbox{store: store, keys: keys, now: now, random: random}
}

func (i *Inbox) clock() time.Time { return i.now().UTC().Truncate(time.Second) }

// A Page of an inbox: notices, the newest first, and the cursor of the next page, empty after the last.
type Page struct {
	Notices []models.Notice
	Next    string
}

// The number of notices on a page.
const (
	PageDefault = 20
	PageMost    = 100
)

// Notices reads a page of the holder's own notices, from a cursor on or from the newest. A limit of 0 is the default.
func (i *Inbox) Notices(ctx context.Context, by models.Actor, cursor string, limit int) (Page, error) {
	if limit == 0 {
		limit = PageDefault
	}
	if limit < 1 || limit > PageMost {
		return Page{}, models.BadField("limit", "A page has 1 to 100 notices.")
	}
	after, err := parseCursor(cursor)
	if err != nil {
		return Page{}, err
	}
	found, err := i.store.Inbox(ctx, by.Pass, after, limit+1)
	if err != nil {
		return Page{}, err
	}
	page := Page{Notices: found}
	if len(found) > limit {
		page.Notices = found[:limit]
		page.Next = cursorBehind(&found[limit-1])
	}
	return page, nil
}

// cursorBehind names the place behind a notice: its time and id.
func cursorBehind(n *models.Notice) string {
	return strconv.FormatInt(n.At.Unix(), 10) + "." + string(n.ID)
}

var cursors = regexp.MustCompile(`^([0-9]{1,11})\.([a-z2-9]{26})$`)

func parseCursor(s string) (*models.InboxPlace, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // no cursor is the newest
	}
	parts := cursors.FindStringSubmatch(s)
	if parts == nil {
		return nil, models.BadField("cursor", "This is not a cursor that an earlier page gave.")
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return nil, models.BadField("cursor", "This is not a cursor that an earlier page gave.")
	}
	return &models.InboxPlace{At: time.Unix(seconds, 0).UTC(), ID: models.NoticeID(parts[2])}, nil
}

// Read marks one of the holder's own notices as read. Once read it stays so, with the time of the first reading.
func (i *Inbox) Read(ctx context.Context, by models.Actor, id models.NoticeID) (models.Notice, error) {
	return i.store.ReadNotice(ctx, by.Pass, id, i.clock())
}

// fcmTokens is the alphabet of the provider's tokens. What is longer than a token, or has spaces in it, is none: this is no field
// in which words could reach the server.
var fcmTokens = regexp.MustCompile(`^[A-Za-z0-9_:-]{32,1000}$`)

// SetAddress keeps where the holder's phone is nudged, in the place of what was kept for the pass before. The token is sealed: who
// reads the database cannot nudge the phone, nor see that two passes are on one phone.
func (i *Inbox) SetAddress(ctx context.Context, by models.Actor, kind models.PushKind, token string) error {
	switch {
	case kind != models.PushFCM:
		return models.BadField("kind", `The kind of a push address is "fcm".`)
	case !fcmTokens.MatchString(strings.TrimSpace(token)):
		return models.BadField("token", "This is not a registration token of Firebase Cloud Messaging.")
	}
	a := models.PushAddress{
		ID: models.NewID[models.PushAddressID](i.random), Pass: by.Pass, Phone: by.Phone, Kind: kind, At: i.clock(),
	}
	var err error
	if a.Token, err = i.keys.Seal(sealedTokens, string(a.ID), []byte(strings.TrimSpace(token)), i.random); err != nil {
		return err
	}
	return i.store.SetPushAddress(ctx, a)
}

// sealedTokens is what the tokens of push addresses are sealed as.
const sealedTokens = "push"

// RemoveAddress forgets where the holder's phone is nudged. Notices are still kept for the app to fetch.
func (i *Inbox) RemoveAddress(ctx context.Context, by models.Actor) error {
	return i.store.RemovePushAddress(ctx, by.Pass)
}
