// Package demo fills a store with networks, organisations, people, passes and offers to try things with. All but the names of
// networks and organisations is invented, and nothing of it is part of a server that serves.
package demo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"kaikukortti/models"
)

// The facts: networks, municipalities and organisations as they are or were. Pilots and pop-ups are of the past: their days count
// from today, and what is moved like that is invented.
//
//go:embed networks.json
var networksJSON []byte

// A Reference is networks with their organisations.
type Reference struct {
	Networks      []models.Network
	Organisations []models.Organisation
}

type period struct {
	First       models.Day `json:"first"`
	FirstInDays *int       `json:"first_in_days"`
	LastInDays  *int       `json:"last_in_days"`
}

func (p period) days(today models.Day) (first, last models.Day, moved bool) {
	first = p.First
	if p.FirstInDays != nil {
		first, moved = today.Add(*p.FirstInDays), true
	}
	if p.LastInDays != nil {
		last, moved = today.Add(*p.LastInDays), true
	}
	return first, last, moved
}

// Read reads the reference as of a day.
func Read(today models.Day) (Reference, error) {
	var file struct {
		Networks []struct {
			ID   models.NetworkID `json:"id"`
			Name models.Text      `json:"name"`
			period
			Status         models.NetworkStatus  `json:"status"`
			LocalOnly      bool                  `json:"local_only"`
			Municipalities []models.Municipality `json:"municipalities"`
		} `json:"networks"`
		Organisations []struct {
			Network models.NetworkID        `json:"network"`
			Kind    models.OrganisationKind `json:"kind"`
			Name    string                  `json:"name"`
			period
			Sector       models.Sector `json:"sector"`
			Genre        string        `json:"genre"`
			Municipality string        `json:"municipality"`
			Invented     bool          `json:"invented"`
		} `json:"organisations"`
	}
	dec := json.NewDecoder(bytes.NewReader(networksJSON))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return Reference{}, fmt.Errorf("read networks.json: %w", err)
	}
	var r Reference
	for _, n := range file.Networks {
		first, last, moved := n.days(today)
		r.Networks = append(r.Networks, models.Network{
			ID: n.ID, Name: n.Name, Status: n.Status, First: first, Last: last, LocalOnly: n.LocalOnly, Municipalities: n.Municipalities,
			Invented: moved,
		})
	}
	for _, o := range file.Organisations {
		first, last, moved := o.days(today)
		r.Organisations = append(r.Organisations, models.Organisation{
			Network: o.Network, Kind: o.Kind, Name: models.Text{"fi": o.Name}, Municipality: o.Municipality, Sector: o.Sector,
			First: first, Last: last, Invented: moved || o.Invented,
		})
	}
	return r, nil
}

// Permanent is the part of the reference that holds on any day: the permanent networks with their organisations.
func (r Reference) Permanent() Reference {
	var p Reference
	for _, n := range r.Networks {
		if !n.Invented {
			p.Networks = append(p.Networks, n)
		}
	}
	for _, o := range r.Organisations {
		if !o.Invented {
			p.Organisations = append(p.Organisations, o)
		}
	}
	return p
}
