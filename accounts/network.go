package accounts

import (
	"context"
	"regexp"
	"slices"

	"kaikukortti/models"
)

// networkIDs are short names that stand in addresses, such as "kainuu".
var networkIDs = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// How much a network has at most.
const (
	longestName         = 120
	mostMunicipalities  = 120
	mostPostalPrefixes  = 200
	longestPostalPrefix = 5
)

// Networks lists all of them: their names, municipalities and rules are public.
func (d *Directory) Networks(ctx context.Context) ([]models.Network, error) {
	return d.store.Networks(ctx)
}

// CreateNetwork adds a network, and the issuer key of one that is local only.
func (d *Directory) CreateNetwork(ctx context.Context, by models.Actor, n models.Network) (models.Network, error) {
	if err := parseNetwork(&n); err != nil {
		return n, err
	}
	made, err := d.store.CreateNetwork(ctx, n, d.auditAt(by, "network_created", n.ID, ""))
	if err != nil || !made.LocalOnly {
		return made, err
	}
	return made, d.ring.EnsureKeys(ctx)
}

func parseNetwork(n *models.Network) error {
	if !networkIDs.MatchString(string(n.ID)) {
		return models.BadField("id", "An id is 2 to 40 lower-case letters, digits and hyphens, and begins with a letter.")
	}
	var err error
	if n.Name, err = models.ParseText("name", n.Name, longestName); err != nil {
		return err
	}
	if n.First == "" {
		return models.BadField("first", "A network has a first day.")
	}
	switch n.Status {
	case models.Permanent:
		if n.Last != "" {
			return models.BadField("last", "Only a pilot has a last day.")
		}
	case models.Pilot:
		if n.Last < n.First {
			return models.BadField("last", "A pilot has a last day, and it is not before the first.")
		}
	default:
		return models.BadField("status", "A network is permanent or a pilot.")
	}
	return parseMunicipalities(n.Municipalities)
}

func parseMunicipalities(all []models.Municipality) error {
	if len(all) == 0 || len(all) > mostMunicipalities {
		return models.BadField("municipalities", "A network has at least one municipality.")
	}
	seen := map[string]bool{}
	for i := range all {
		m := &all[i]
		if !models.Municipal(m.Code) || seen[m.Code] {
			return models.BadField("municipalities.code", "A municipality has three digits of its own.")
		}
		seen[m.Code] = true
		var err error
		if m.Name, err = models.ParseText("municipalities.name", m.Name, longestName); err != nil {
			return err
		}
		if len(m.PostalPrefixes) > mostPostalPrefixes || slices.ContainsFunc(m.PostalPrefixes, func(p string) bool { return !postalPrefix(p) }) {
			return models.BadField("municipalities.postal_prefixes", "A postal code begins with one to five digits.")
		}
	}
	return nil
}

func postalPrefix(p string) bool {
	return p != "" && len(p) <= longestPostalPrefix && !slices.ContainsFunc([]byte(p), func(b byte) bool { return b < '0' || b > '9' })
}

// SetRules gives a network rules from a day on. The past keeps its own.
func (d *Directory) SetRules(ctx context.Context, by models.Actor, id models.NetworkID, rules models.DatedRules) (models.Network, error) {
	if by.Role != models.National && by.Network != id {
		return models.Network{}, forbidden("other_network", "This is another network's.")
	}
	if rules.From < models.DayOf(d.now()) {
		return models.Network{}, models.BadField("from", "Rules apply from today or later: what was decided by the old ones stands.")
	}
	if err := parseRules(&rules.Rules); err != nil {
		return models.Network{}, err
	}
	return d.store.SetRules(ctx, id, rules, d.auditAt(by, "rules_set", id, ""))
}

// parseRules holds each setting to what the rest of the system can bear.
func parseRules(r *models.Rules) error {
	for _, n := range []struct {
		field          string
		got, low, high int
	}{
		{"min_age", r.MinAge, 0, 100},
		{"child_age", r.ChildAge, 1, 25},
		{"valid_months", r.ValidMonths, 1, 36},
		{"grace_days", r.GraceDays, 0, 90},
		{"unlink_days", r.UnlinkDays, 31, 90},
		{"group_max", r.GroupMax, 0, 15},
		{"opens_minutes", r.OpensMinutes, 0, 24 * 60},
		{"closes_minutes", r.ClosesMinutes, 0, 12 * 60},
		{"freed_minutes", r.FreedMinutes, 0, 24 * 60},
		{"claim_minutes", r.ClaimMinutes, 15, 24 * 60},
		{"pushes_week", r.PushesWeek, 0, 21},
		{"suppress_under", r.SuppressUnder, 3, 10},
	} {
		if n.got < n.low || n.got > n.high {
			return &models.Error{
				Kind: models.Invalid, Code: "invalid_field", Field: n.field, Detail: "It is outside of what it can be.",
				Extra: map[string]any{"low": n.low, "high": n.high},
			}
		}
	}
	return nil
}

// ExtendPilot moves a pilot's last day; its passes go on with it.
func (d *Directory) ExtendPilot(ctx context.Context, by models.Actor, id models.NetworkID, last models.Day) (models.Network, error) {
	if last < models.DayOf(d.now()) {
		return models.Network{}, models.BadField("last", "A last day is today or later.")
	}
	return d.store.ExtendPilot(ctx, id, last, d.auditAt(by, "pilot_extended", id, ""))
}
