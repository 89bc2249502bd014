package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
	"kaikukortti/offers"
)

// offerBody is an offer as it is sent and shown: the words that people read, and what doors and reservations go by. Bodies embed
// nothing, so that the name of a wrong field is the one that was sent.
type offerBody struct {
	Title           models.Text        `json:"title"`
	Description     models.Text        `json:"description,omitempty"`
	Access          models.Text        `json:"access,omitempty"`
	Place           string             `json:"place,omitempty"`
	Genre           string             `json:"genre,omitempty"`
	Kind            models.OfferKind   `json:"kind"`
	Sector          models.Sector      `json:"sector"`
	Municipality    string             `json:"municipality"`
	Networks        []models.NetworkID `json:"networks,omitempty"`
	SeatsPerPass    int                `json:"seats_per_pass"`
	ChildrenCounted bool               `json:"children_counted"`
	WalkIns         bool               `json:"walk_ins"`
	Reservable      bool               `json:"reservable"`
	CancelMinutes   int                `json:"cancel_minutes"`
	Limit           *models.Limit      `json:"limit,omitempty"`
	First           string             `json:"first,omitempty"`
	Last            string             `json:"last,omitempty"`
}

func (b *offerBody) parse() (models.Offer, error) {
	o := models.Offer{
		Title: b.Title, Description: b.Description, Access: b.Access, Place: b.Place, Genre: b.Genre,
		Kind: b.Kind, Sector: b.Sector, Municipality: b.Municipality, Networks: b.Networks, SeatsPerPass: b.SeatsPerPass,
		ChildrenCounted: b.ChildrenCounted, WalkIns: b.WalkIns, Reservable: b.Reservable, CancelMinutes: b.CancelMinutes, Limit: b.Limit,
	}
	var err error
	if o.First, err = dayField("first", b.First); err != nil {
		return o, err
	}
	o.Last, err = dayField("last", b.Last)
	return o, err
}

type offerView struct {
	ID models.OfferID `json:"id"`
	offerBody
	CreatedAt time.Time     `json:"created_at"`
	ClosedAt  *time.Time    `json:"closed_at,omitempty"`
	Invented  bool          `json:"invented,omitempty"`
	Sessions  []sessionView `json:"sessions,omitempty"`
}

func viewOffer(o *models.Offer) offerView {
	return offerView{
		ID: o.ID, CreatedAt: o.CreatedAt, ClosedAt: given(o.ClosedAt), Invented: o.Invented,
		offerBody: offerBody{
			Title: o.Title, Description: o.Description, Access: o.Access, Place: o.Place, Genre: o.Genre,
			Kind: o.Kind, Sector: o.Sector, Municipality: o.Municipality, Networks: o.Networks, SeatsPerPass: o.SeatsPerPass,
			ChildrenCounted: o.ChildrenCounted, WalkIns: o.WalkIns, Reservable: o.Reservable, CancelMinutes: o.CancelMinutes,
			Limit: o.Limit, First: string(o.First), Last: string(o.Last),
		},
	}
}

// createOffer adds an offer to the manager's venue.
func createOffer(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		b, err := body[offerBody](c)
		if err != nil {
			return err
		}
		o, err := b.parse()
		if err != nil {
			return err
		}
		o.Idempotency = key
		if o, err = programme.CreateOffer(c.UserContext(), actor(c), o); err != nil {
			return err
		}
		return c.Status(fiber.StatusCreated).JSON(viewOffer(&o))
	}
}

type offerList struct {
	Offers []offerView `json:"offers"`
}

// listOffers lists those of the manager's venue, closed ones when asked for by ?closed=true.
func listOffers(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := onlyQueries(c, "closed"); err != nil {
			return err
		}
		closed := c.Query("closed")
		if closed != "" && closed != "true" && closed != "false" {
			return models.BadField("closed", "This is true or false.")
		}
		all, err := programme.Offers(c.UserContext(), actor(c), closed == "true")
		if err != nil {
			return err
		}
		view := offerList{Offers: make([]offerView, len(all))}
		for i := range all {
			view.Offers[i] = viewOffer(&all[i])
		}
		return c.JSON(view)
	}
}

// readOffer shows an offer with its sessions and how full they are.
func readOffer(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		found, err := programme.Offer(c.UserContext(), actor(c), models.OfferID(c.Params("id")))
		if err != nil {
			return err
		}
		view := viewOffer(&found.Offer)
		for i := range found.Sessions {
			s := viewSession(&found.Sessions[i])
			s.Counts = viewCounts(&found.Sessions[i], found.Counts[found.Sessions[i].ID])
			view.Sessions = append(view.Sessions, s)
		}
		return c.JSON(view)
	}
}

type describeBody struct {
	Title       models.Text `json:"title"`
	Description models.Text `json:"description"`
	Access      models.Text `json:"access"`
	Place       string      `json:"place"`
	Genre       string      `json:"genre"`
	WalkIns     *bool       `json:"walk_ins"`
}

// describeOffer changes the words of an offer and whether it takes walk-ins.
func describeOffer(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[describeBody](c)
		if err != nil {
			return err
		}
		if b.WalkIns == nil {
			return missing("walk_ins")
		}
		o, err := programme.DescribeOffer(c.UserContext(), actor(c), models.Offer{
			ID: models.OfferID(c.Params("id")), Title: b.Title, Description: b.Description, Access: b.Access, Place: b.Place, Genre: b.Genre,
			WalkIns: *b.WalkIns,
		})
		if err != nil {
			return err
		}
		return c.JSON(viewOffer(&o))
	}
}

// closeOffer ends an offer.
func closeOffer(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		o, err := programme.CloseOffer(c.UserContext(), actor(c), models.OfferID(c.Params("id")))
		if err != nil {
			return err
		}
		return c.JSON(viewOffer(&o))
	}
}

type meeting struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

type sessionBody struct {
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Meetings []meeting `json:"meetings"`
	Seats    int       `json:"seats"`
	NoLimit  bool      `json:"no_limit"`
}

type seatsBody struct {
	Seats   int  `json:"seats"`
	NoLimit bool `json:"no_limit"`
}

type sessionView struct {
	ID          models.SessionID `json:"id"`
	Offer       models.OfferID   `json:"offer"`
	Start       time.Time        `json:"start"`
	End         time.Time        `json:"end"`
	FirstDay    models.Day       `json:"first_day"`
	LastDay     models.Day       `json:"last_day"`
	Meetings    []meeting        `json:"meetings,omitempty"`
	Seats       int              `json:"seats"`
	NoLimit     bool             `json:"no_limit"`
	CancelledAt *time.Time       `json:"cancelled_at,omitempty"`
	Counts      *countsView      `json:"counts,omitempty"`
}

func viewSession(s *models.Session) sessionView {
	v := sessionView{
		ID: s.ID, Offer: s.Offer, Start: s.Start, End: s.End, FirstDay: s.FirstDay, LastDay: s.LastDay, Seats: s.Seats, NoLimit: s.NoLimit,
		CancelledAt: given(s.CancelledAt),
	}
	for _, m := range s.Meetings {
		v.Meetings = append(v.Meetings, meeting{From: m.From, To: m.To})
	}
	return v
}

type countsView struct {
	Admitted int  `json:"admitted"`
	Reserved int  `json:"reserved"`       // and not here yet
	Free     *int `json:"free,omitempty"` // seats; absent where there is no limit
}

func viewCounts(s *models.Session, n models.Counts) *countsView {
	v := countsView{Admitted: n.Admitted, Reserved: n.Reserved}
	if !s.NoLimit {
		v.Free = &n.Free
	}
	return &v
}

// createSession adds a session to an offer of the manager's venue.
func createSession(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		b, err := body[sessionBody](c)
		if err != nil {
			return err
		}
		s := models.Session{
			Offer: models.OfferID(c.Params("id")), Start: b.Start, End: b.End, Seats: b.Seats, NoLimit: b.NoLimit, Idempotency: key,
		}
		for _, m := range b.Meetings {
			s.Meetings = append(s.Meetings, models.Span{From: m.From, To: m.To})
		}
		if s, err = programme.CreateSession(c.UserContext(), actor(c), s); err != nil {
			return err
		}
		return c.Status(fiber.StatusCreated).JSON(viewSession(&s))
	}
}

// changeSeats gives a session another number of seats, or no limit.
func changeSeats(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[seatsBody](c)
		if err != nil {
			return err
		}
		to := models.Session{ID: models.SessionID(c.Params("id")), Seats: b.Seats, NoLimit: b.NoLimit}
		s, err := programme.ChangeSeats(c.UserContext(), actor(c), to)
		if err != nil {
			return err
		}
		return c.JSON(viewSession(&s))
	}
}

// cancelSession cancels a session and tells whoever holds a place.
func cancelSession(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		s, err := programme.CancelSession(c.UserContext(), actor(c), models.SessionID(c.Params("id")))
		if err != nil {
			return err
		}
		return c.JSON(viewSession(&s))
	}
}

// todayView is what happens at a venue's doors today: numbers of people, and never a person.
type todayView struct {
	Day      models.Day          `json:"day"`
	Now      time.Time           `json:"now"`
	Venue    venueView           `json:"venue"`
	Sessions []todaySessionView  `json:"sessions"`
	Standing []todayStandingView `json:"standing"`
}

type todaySessionView struct {
	sessionView
	doorView
	Open  bool       `json:"open"`
	Opens *time.Time `json:"opens,omitempty"`
}

type todayStandingView struct {
	ID models.OfferID `json:"id"`
	doorView
	Limit    models.Limit `json:"limit"`
	Last     models.Day   `json:"last,omitempty"`
	Admitted int          `json:"admitted"` // today
}

// doorView is what a door needs of an offer.
type doorView struct {
	Title           models.Text      `json:"title"`
	Place           string           `json:"place,omitempty"`
	Kind            models.OfferKind `json:"kind"`
	SeatsPerPass    int              `json:"seats_per_pass"`
	ChildrenCounted bool             `json:"children_counted"`
	WalkIns         bool             `json:"walk_ins"`
}

func viewDoor(o *models.Offer) doorView {
	return doorView{
		Title: o.Title, Place: o.Place, Kind: o.Kind, SeatsPerPass: o.SeatsPerPass, ChildrenCounted: o.ChildrenCounted, WalkIns: o.WalkIns,
	}
}

func viewToday(t *offers.Today) todayView {
	view := todayView{
		Day: t.Day, Now: t.Now, Venue: venueView{ID: t.Venue.ID, Name: t.Venue.Name},
		Sessions: make([]todaySessionView, len(t.Sessions)), Standing: make([]todayStandingView, len(t.Standing)),
	}
	for i := range t.Sessions {
		s := &t.Sessions[i]
		view.Sessions[i] = todaySessionView{
			sessionView: viewSession(&s.Session), doorView: viewDoor(&s.Offer), Open: s.Open, Opens: given(s.Opens),
		}
		view.Sessions[i].Counts = viewCounts(&s.Session, s.Counts)
	}
	for i := range t.Standing {
		s := &t.Standing[i]
		view.Standing[i] = todayStandingView{
			ID: s.Offer.ID, doorView: viewDoor(&s.Offer), Limit: s.Offer.Use(), Last: s.Offer.Last, Admitted: s.Admitted,
		}
	}
	return view
}

// venueToday shows a scanner what it can scan for now or later today.
func venueToday(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		today, err := programme.Today(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		return c.JSON(viewToday(&today))
	}
}

// doorToday shows a manager today's doors, those that are over included.
func doorToday(programme *offers.Programme) fiber.Handler {
	return func(c *fiber.Ctx) error {
		today, err := programme.Door(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		return c.JSON(viewToday(&today))
	}
}
