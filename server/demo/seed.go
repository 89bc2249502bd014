package demo

import (
	"context"
	"errors"
	"fmt"

	"kaikukortti/accounts"
	"kaikukortti/models"
)

// Seed adds what is missing of the reference, and says how much that was. What is there already stays as it is.
func Seed(ctx context.Context, directory *accounts.Directory, r Reference) (added int, err error) {
	by := models.Actor{Role: models.National}
	for _, n := range r.Networks {
		_, err := directory.CreateNetwork(ctx, by, n)
		if known := new(models.Error); errors.As(err, &known) && known.Kind == models.Conflict {
			continue
		}
		if err != nil {
			return added, fmt.Errorf("add the network %s: %w", n.ID, err)
		}
		added++
	}
	there := map[string]bool{}
	for _, o := range r.Organisations {
		if err := list(ctx, directory, o.Network, there); err != nil {
			return added, err
		}
		if there[nameOf(&o)] {
			continue
		}
		if _, err := directory.CreateOrganisation(ctx, by, o); err != nil {
			return added, fmt.Errorf("add %s: %w", o.Name.In("fi"), err)
		}
		added++
	}
	return added, nil
}

// list notes the organisations of a network, once.
func list(ctx context.Context, directory *accounts.Directory, network models.NetworkID, there map[string]bool) error {
	listed := string(network) + "/"
	if there[listed] {
		return nil
	}
	all, err := directory.Organisations(ctx, models.Actor{Role: models.National}, network)
	if err != nil {
		return err
	}
	there[listed] = true
	for i := range all {
		there[nameOf(&all[i])] = true
	}
	return nil
}

func nameOf(o *models.Organisation) string { return string(o.Network) + "/" + o.Name.In("fi") }
