package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
	"kaikukortti/offers"
)

// reservationView is a reservation with what it is for. It says nothing of the pass.
type reservationView struct {
	ID          models.ClaimID    `json:"id"`
	State       models.ClaimState `json:"state"`
	Session     models.SessionID  `json:"session"`
	Offer       models.OfferID    `json:"offer"`
	Kind        models.OfferKind  `json:"kind"`
	Title       models.Text       `json:"title"`
	Venue       models.Text       `json:"venue"`
	Place       string            `json:"place,omitempty"`
	Start       time.Time         `json:"start"`
	End         time.Time         `json:"end"`
	Meetings    []meeting         `json:"meetings,omitempty"`
	Party       models.Party      `json:"party"`
	Seats       int               `json:"seats"` // that it holds
	CancelUntil time.Time         `json:"cancel_until"`
	// Code is said at the door. It is shown in the answer that made the reservation and never again.
	Code string `json:"code,omitempty"`
}

func viewReservation(r *models.Reservation, code string) reservationView {
	return reservationView{
		ID: r.Claim.ID, State: r.Claim.State, Session: r.Session.ID, Offer: r.Offer.ID, Kind: r.Offer.Kind, Title: r.Offer.Title,
		Venue: r.Organisation.Name, Place: r.Offer.Place, Start: r.Session.Start, End: r.Session.End, Meetings: viewSession(&r.Session).Meetings,
		Party: r.Claim.Party, Seats: r.Claim.Reserved, CancelUntil: r.CancelUntil(), Code: code,
	}
}

type reserveBody struct {
	Session string    `json:"session"`
	Party   partyBody `json:"party"`
}

func parseReserve(session string, party partyBody, key *models.Idempotency) (offers.ReserveRequest, error) {
	who, err := party.parse()
	if err == nil && session == "" {
		err = models.BadField("session", "Name a session.")
	}
	return offers.ReserveRequest{Session: models.SessionID(session), Party: who, Idempotency: key}, err
}

// reserved answers with a reservation and its code.
func reserved(c *fiber.Ctx, r offers.Reserved, err error) error {
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(viewReservation(&r.Reservation, r.Code))
}

// reserveRequest reads what a reservation asks for.
func reserveRequest(c *fiber.Ctx) (offers.ReserveRequest, error) {
	key, err := idempotent(c)
	if err != nil {
		return offers.ReserveRequest{}, err
	}
	b, err := body[reserveBody](c)
	if err != nil {
		return offers.ReserveRequest{}, err
	}
	return parseReserve(b.Session, b.Party, key)
}

// reserve takes seats for the holder.
func reserve(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		request, err := reserveRequest(c)
		if err != nil {
			return err
		}
		r, err := programme.Reserve(c.UserContext(), actor(c), request)
		return reserved(c, r, err)
	}
}

// reserveForPass takes seats for a holder without a smartphone, whose worker asks.
func reserveForPass(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		request, err := reserveRequest(c)
		if err != nil {
			return err
		}
		r, err := programme.ReserveFor(c.UserContext(), actor(c), models.PassID(c.Params("id")), request)
		return reserved(c, r, err)
	}
}

type paperBody struct {
	PaperNumber string    `json:"paper_number"`
	Session     string    `json:"session"`
	Party       partyBody `json:"party"`
}

// reserveByPaper takes seats at the manager's venue for a holder who says the own paper's number.
func reserveByPaper(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		b, err := body[paperBody](c)
		if err != nil {
			return err
		}
		paper, err := models.ParseDigits(b.PaperNumber)
		if err != nil || paper.Kind() != models.PaperNumber {
			return models.BadField("paper_number", "This is no paper number: it has ten digits and begins with 8 or 9.")
		}
		request, err := parseReserve(b.Session, b.Party, key)
		if err != nil {
			return err
		}
		r, err := programme.ReserveByPaper(c.UserContext(), actor(c), paper, request)
		return reserved(c, r, err)
	}
}

type reservationList struct {
	Reservations []reservationView `json:"reservations"`
}

// myReservations lists the holder's own, the latest day first.
func myReservations(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		all, err := programme.Reservations(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		view := reservationList{Reservations: make([]reservationView, len(all))}
		for i := range all {
			view.Reservations[i] = viewReservation(&all[i], "")
		}
		return c.JSON(view)
	}
}

// cancelled answers with a reservation that was given back.
func cancelled(c *fiber.Ctx, r models.Reservation, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(viewReservation(&r, ""))
}

// cancelReservation gives the holder's own back.
func cancelReservation(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := programme.Cancel(c.UserContext(), actor(c), models.ClaimID(c.Params("id")))
		return cancelled(c, r, err)
	}
}

// cancelForPass gives one back for a holder whose worker asks.
func cancelForPass(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := programme.CancelFor(c.UserContext(), actor(c), models.PassID(c.Params("id")), models.ClaimID(c.Params("reservation")))
		return cancelled(c, r, err)
	}
}

// cancelHere gives one at the manager's venue back.
func cancelHere(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := programme.CancelHere(c.UserContext(), actor(c), models.ClaimID(c.Params("id")))
		return cancelled(c, r, err)
	}
}
