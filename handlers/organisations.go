package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/accounts"
	"kaikukortti/models"
)

// dayField reads a day of a request; an empty one is no day.
func dayField(field, s string) (models.Day, error) {
	if s == "" {
		return "", nil
	}
	day, err := models.ParseDay(s)
	if err != nil {
		return "", models.BadField(field, "A day is written like 2026-11-23.")
	}
	return day, nil
}

// networkView is a network as everybody may see it: forms need its municipalities, and its rules are no secret.
type networkView struct {
	ID             models.NetworkID      `json:"id"`
	Name           models.Text           `json:"name"`
	Status         models.NetworkStatus  `json:"status"`
	First          models.Day            `json:"first"`
	Last           models.Day            `json:"last,omitempty"`
	LocalOnly      bool                  `json:"local_only"`
	Municipalities []models.Municipality `json:"municipalities"`
	Rules          models.Rules          `json:"rules"`  // today's
	Coming         []models.DatedRules   `json:"coming"` // from a later day on
	Invented       bool                  `json:"invented,omitempty"`
}

func viewNetwork(n *models.Network, today models.Day) networkView {
	v := networkView{
		ID: n.ID, Name: n.Name, Status: n.Status, First: n.First, Last: n.Last, LocalOnly: n.LocalOnly,
		Municipalities: n.Municipalities, Rules: n.RulesOn(today), Coming: []models.DatedRules{}, Invented: n.Invented,
	}
	for _, r := range n.Rules {
		if r.From > today {
			v.Coming = append(v.Coming, r)
		}
	}
	return v
}

type networkList struct {
	Networks []networkView `json:"networks"`
}

// listNetworks lists the networks to anybody.
func listNetworks(directory *accounts.Directory, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		all, err := directory.Networks(c.UserContext())
		if err != nil {
			return err
		}
		view := networkList{Networks: make([]networkView, len(all))}
		for i := range all {
			view.Networks[i] = viewNetwork(&all[i], models.DayOf(now()))
		}
		return c.JSON(view)
	}
}

type networkBody struct {
	ID             models.NetworkID      `json:"id"`
	Name           models.Text           `json:"name"`
	Status         models.NetworkStatus  `json:"status"`
	First          string                `json:"first"`
	Last           string                `json:"last"`
	LocalOnly      bool                  `json:"local_only"`
	Municipalities []models.Municipality `json:"municipalities"`
}

func (b networkBody) parse() (models.Network, error) {
	n := models.Network{ID: b.ID, Name: b.Name, Status: b.Status, LocalOnly: b.LocalOnly, Municipalities: b.Municipalities}
	var err error
	if n.First, err = dayField("first", b.First); err != nil {
		return n, err
	}
	n.Last, err = dayField("last", b.Last)
	return n, err
}

// createNetwork adds a network.
func createNetwork(directory *accounts.Directory, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		b, err := body[networkBody](c)
		if err != nil {
			return err
		}
		n, err := b.parse()
		if err != nil {
			return err
		}
		n.Idempotency = key
		if n, err = directory.CreateNetwork(c.UserContext(), actor(c), n); err != nil {
			return err
		}
		return c.Status(fiber.StatusCreated).JSON(viewNetwork(&n, models.DayOf(now())))
	}
}

type rulesBody struct {
	From  string     `json:"from"`
	Rules rulesAsked `json:"rules"`
}

// rulesAsked are rules of which none of the numbers may be left out: a door that opens zero minutes before is a rule like any other.
type rulesAsked struct {
	MinAge            *int `json:"min_age"`
	ChildAge          *int `json:"child_age"`
	ValidMonths       *int `json:"valid_months"`
	GraceDays         *int `json:"grace_days"`
	UnlinkDays        *int `json:"unlink_days"`
	GroupMax          *int `json:"group_max"`
	OpensMinutes      *int `json:"opens_minutes"`
	ClosesMinutes     *int `json:"closes_minutes"`
	FreedMinutes      *int `json:"freed_minutes"`
	ClaimMinutes      *int `json:"claim_minutes"`
	PushesWeek        *int `json:"pushes_week"`
	SuppressUnder     *int `json:"suppress_under"`
	OfflineNotAllowed bool `json:"offline_not_allowed"`
}

func (a rulesAsked) parse() (models.Rules, error) {
	r := models.Rules{OfflineNotAllowed: a.OfflineNotAllowed}
	for _, n := range []struct {
		field string
		said  *int
		rule  *int
	}{
		{"min_age", a.MinAge, &r.MinAge},
		{"child_age", a.ChildAge, &r.ChildAge},
		{"valid_months", a.ValidMonths, &r.ValidMonths},
		{"grace_days", a.GraceDays, &r.GraceDays},
		{"unlink_days", a.UnlinkDays, &r.UnlinkDays},
		{"group_max", a.GroupMax, &r.GroupMax},
		{"opens_minutes", a.OpensMinutes, &r.OpensMinutes},
		{"closes_minutes", a.ClosesMinutes, &r.ClosesMinutes},
		{"freed_minutes", a.FreedMinutes, &r.FreedMinutes},
		{"claim_minutes", a.ClaimMinutes, &r.ClaimMinutes},
		{"pushes_week", a.PushesWeek, &r.PushesWeek},
		{"suppress_under", a.SuppressUnder, &r.SuppressUnder},
	} {
		if n.said == nil {
			return r, missing("rules." + n.field)
		}
		*n.rule = *n.said
	}
	return r, nil
}

// setRules gives a network rules from a day on.
func setRules(directory *accounts.Directory, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[rulesBody](c)
		if err != nil {
			return err
		}
		from, err := dayField("from", b.From)
		if err != nil {
			return err
		}
		asked, err := b.Rules.parse()
		if err != nil {
			return err
		}
		rules := models.DatedRules{From: from, Rules: asked}
		n, err := directory.SetRules(c.UserContext(), actor(c), models.NetworkID(c.Params("id")), rules)
		if err != nil {
			return err
		}
		return c.JSON(viewNetwork(&n, models.DayOf(now())))
	}
}

type lastDayBody struct {
	Last string `json:"last"`
}

// extendPilot moves a pilot's last day.
func extendPilot(directory *accounts.Directory, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[lastDayBody](c)
		if err != nil {
			return err
		}
		last, err := dayField("last", b.Last)
		if err != nil {
			return err
		}
		n, err := directory.ExtendPilot(c.UserContext(), actor(c), models.NetworkID(c.Params("id")), last)
		if err != nil {
			return err
		}
		return c.JSON(viewNetwork(&n, models.DayOf(now())))
	}
}

type organisationView struct {
	ID           models.OrganisationID   `json:"id"`
	Network      models.NetworkID        `json:"network,omitempty"`
	Kind         models.OrganisationKind `json:"kind"`
	Name         models.Text             `json:"name"`
	Municipality string                  `json:"municipality,omitempty"`
	Sector       models.Sector           `json:"sector,omitempty"`
	First        models.Day              `json:"first,omitempty"`
	Last         models.Day              `json:"last,omitempty"`
	ClosedAt     *time.Time              `json:"closed_at,omitempty"`
	MovedTo      models.OrganisationID   `json:"moved_to,omitempty"`
	Invented     bool                    `json:"invented,omitempty"`
}

func viewOrganisation(o *models.Organisation) organisationView {
	return organisationView{
		ID: o.ID, Network: o.Network, Kind: o.Kind, Name: o.Name, Municipality: o.Municipality, Sector: o.Sector,
		First: o.First, Last: o.Last, ClosedAt: given(o.ClosedAt), MovedTo: o.MovedTo, Invented: o.Invented,
	}
}

type organisationBody struct {
	Network      models.NetworkID        `json:"network"`
	Kind         models.OrganisationKind `json:"kind"`
	Name         models.Text             `json:"name"`
	Municipality string                  `json:"municipality"`
	Sector       models.Sector           `json:"sector"`
	First        string                  `json:"first"`
	Last         string                  `json:"last"`
}

func (b organisationBody) parse() (models.Organisation, error) {
	o := models.Organisation{Network: b.Network, Kind: b.Kind, Name: b.Name, Municipality: b.Municipality, Sector: b.Sector}
	var err error
	if o.First, err = dayField("first", b.First); err != nil {
		return o, err
	}
	o.Last, err = dayField("last", b.Last)
	return o, err
}

// createOrganisation adds a member of a network, or a pop-up.
func createOrganisation(directory *accounts.Directory) fiber.Handler {
	return func(c *fiber.Ctx) error {
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		b, err := body[organisationBody](c)
		if err != nil {
			return err
		}
		o, err := b.parse()
		if err != nil {
			return err
		}
		o.Idempotency = key
		if o, err = directory.CreateOrganisation(c.UserContext(), actor(c), o); err != nil {
			return err
		}
		return c.Status(fiber.StatusCreated).JSON(viewOrganisation(&o))
	}
}

type organisationList struct {
	Organisations []organisationView `json:"organisations"`
}

// listOrganisations lists those of the coordinator's network; the national unit names one, or gets the pop-ups.
func listOrganisations(directory *accounts.Directory) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := onlyQueries(c, "network"); err != nil {
			return err
		}
		all, err := directory.Organisations(c.UserContext(), actor(c), models.NetworkID(c.Query("network")))
		if err != nil {
			return err
		}
		view := organisationList{Organisations: make([]organisationView, len(all))}
		for i := range all {
			view.Organisations[i] = viewOrganisation(&all[i])
		}
		return c.JSON(view)
	}
}

type closeBody struct {
	MoveTo models.OrganisationID `json:"move_to"`
}

// closeOrganisation ends an organisation; a distributor's passes go to another.
func closeOrganisation(directory *accounts.Directory) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := body[closeBody](c)
		if err != nil {
			return err
		}
		o, err := directory.CloseOrganisation(c.UserContext(), actor(c), models.OrganisationID(c.Params("id")), b.MoveTo)
		if err != nil {
			return err
		}
		return c.JSON(viewOrganisation(&o))
	}
}
