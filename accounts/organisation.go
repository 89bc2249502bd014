package accounts

import (
	"context"

	"kaikukortti/models"
)

// CreateOrganisation adds a member of the coordinator's own network; the national unit adds to any, and pop-ups, which are in none.
func (d *Directory) CreateOrganisation(ctx context.Context, by models.Actor, o models.Organisation) (models.Organisation, error) {
	if by.Role == models.Coordinator && o.Network == "" && o.Kind != models.Popup {
		o.Network = by.Network
	}
	if err := parseOrganisation(&o); err != nil {
		return o, err
	}
	if by.Role != models.National && (o.Network == "" || o.Network != by.Network) {
		return o, forbidden("other_network", "A coordinator adds to the own network; pop-ups are the national unit's.")
	}
	if o.Network != "" {
		if _, err := d.store.Network(ctx, o.Network); err != nil {
			return o, err
		}
	}
	o.ID = models.NewID[models.OrganisationID](d.random)
	return d.store.CreateOrganisation(ctx, o, d.auditAt(by, "organisation_created", o.Network, o.ID))
}

func parseOrganisation(o *models.Organisation) error {
	var err error
	if o.Name, err = models.ParseText("name", o.Name, longestName); err != nil {
		return err
	}
	if o.Municipality != "" && !models.Municipal(o.Municipality) {
		return models.BadField("municipality", "A municipality has three digits.")
	}
	if o.Sector != "" && !o.Sector.Known() {
		return models.BadField("sector", "The sectors are culture, education, science and sport.")
	}
	switch o.Kind {
	case models.Popup:
		return parsePopup(o)
	case models.Distributor, models.Venue, models.Institute:
		if o.First != "" || o.Last != "" {
			return models.BadField("first", "Only a pop-up has a period.")
		}
		if o.Network == "" {
			return models.BadField("network", "It is a member of a network.")
		}
		return nil
	default:
		return models.BadField("kind", "An organisation is a distributor, a venue, an institute or a popup.")
	}
}

func parsePopup(o *models.Organisation) error {
	if o.Network != "" {
		return models.BadField("network", "A pop-up is in no network.")
	}
	if o.First == "" || o.Last < o.First {
		return models.BadField("last", "A pop-up has a first and a last day.")
	}
	return nil
}

// Organisations lists those of the coordinator's network; for the national unit those of the one that it names or, when it names
// none, the pop-ups.
func (d *Directory) Organisations(ctx context.Context, by models.Actor, network models.NetworkID) ([]models.Organisation, error) {
	if by.Role != models.National {
		network = by.Network
	}
	if network == "" {
		return d.store.Popups(ctx)
	}
	return d.store.Organisations(ctx, network)
}

// CloseOrganisation ends one: its people and scanners may do nothing there from then on. A distributor's passes go to another open one
// of its network. Asked again, it goes on with a move that was broken off.
func (d *Directory) CloseOrganisation(ctx context.Context, by models.Actor, id, moveTo models.OrganisationID) (models.Organisation, error) {
	o, err := d.store.Organisation(ctx, id)
	if err != nil {
		return o, err
	}
	if by.Role != models.National && (o.Network == "" || o.Network != by.Network) {
		return models.Organisation{}, &models.Error{Kind: models.NotFound, Code: "no_such_organisation", Detail: "There is no such organisation."}
	}
	audit := d.auditAt(by, "organisation_closed", o.Network, id)
	o, err = d.store.CloseOrganisation(ctx, id, moveTo, audit.At, audit)
	if err != nil || o.MovedTo == "" {
		return o, err
	}
	return o, d.move(ctx, by, &o)
}

// move gives a closed distributor's passes to its heir; or, if that one has closed since, to that one's.
func (d *Directory) move(ctx context.Context, by models.Actor, o *models.Organisation) error {
	heir := *o
	for heir.MovedTo != "" {
		var err error
		if heir, err = d.store.Organisation(ctx, heir.MovedTo); err != nil {
			return err
		}
	}
	return d.desk.MovePasses(ctx, by, o.ID, heir.ID)
}

// Resume goes on with what was broken off: at start, and once a day.
func (d *Directory) Resume(ctx context.Context) error {
	closed, err := d.store.MovedDistributors(ctx)
	if err != nil {
		return err
	}
	for i := range closed {
		if err := d.move(ctx, models.Actor{}, &closed[i]); err != nil {
			return err
		}
	}
	return nil
}
