package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
	"kaikukortti/notifications"
)

// noticeView is a notice as its holder's app gets it; the app has the words.
type noticeView struct {
	ID     models.NoticeID   `json:"id"`
	Kind   models.NoticeKind `json:"kind"`
	At     time.Time         `json:"at"`
	Facts  map[string]string `json:"facts,omitempty"`
	ReadAt time.Time         `json:"read_at,omitzero"`
}

func viewNotice(n *models.Notice) noticeView {
	return noticeView{ID: n.ID, Kind: n.Kind, At: n.At, Facts: n.Facts, ReadAt: n.ReadAt}
}

type noticesView struct {
	Notices []noticeView `json:"notices"`
	Next    string       `json:"next,omitempty"` // the cursor of the next page
}

// listNotices answers a page of the holder's own inbox, the newest first.
func listNotices(inbox *notifications.Inbox) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := onlyQueries(c, "cursor", "limit"); err != nil {
			return err
		}
		limit := c.QueryInt("limit")
		if limit == 0 && c.Query("limit") != "" {
			return models.BadField("limit", "This is not a number of notices.")
		}
		page, err := inbox.Notices(c.UserContext(), actor(c), c.Query("cursor"), limit)
		if err != nil {
			return err
		}
		view := noticesView{Notices: make([]noticeView, 0, len(page.Notices)), Next: page.Next}
		for i := range page.Notices {
			view.Notices = append(view.Notices, viewNotice(&page.Notices[i]))
		}
		return c.JSON(view)
	}
}

// readNotice marks one of the holder's notices as read. Doing it again changes nothing.
func readNotice(inbox *notifications.Inbox) fiber.Handler {
	return func(c *fiber.Ctx) error {
		n, err := inbox.Read(c.UserContext(), actor(c), models.NoticeID(c.Params("id")))
		if err != nil {
			return err
		}
		return c.JSON(viewNotice(&n))
	}
}

type pushBody struct {
	Kind  string `json:"kind"`
	Token string `json:"token"`
}

// setPush keeps where the holder's phone is nudged, in the place of what was kept before.
func setPush(inbox *notifications.Inbox) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[pushBody](c)
		if err != nil {
			return err
		}
		if err := inbox.SetAddress(c.UserContext(), actor(c), models.PushKind(b.Kind), b.Token); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// removePush forgets where the holder's phone is nudged. Notices go on.
func removePush(inbox *notifications.Inbox) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := inbox.RemoveAddress(c.UserContext(), actor(c)); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}
