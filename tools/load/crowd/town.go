// Package crowd acts like the people of a town: workers who give passes out, holders with keys of their own who show codes, venues with
// scanners. It does everything over HTTP, as they would, and waits when it is asked to. It must never be let loose on real people's data.
package crowd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"kaikukortti/models"
	"kaikukortti/tools/phone/client"
)

// A Size is how large a town is.
type Size struct {
	Phones   int
	Doors    int // each shows one code after the other
	Scanners int // of each door; a scanner may show 100 codes a second
	// AddressHeader is the header in which the server's proxy says where a request came from. With it each phone has an address of its
	// own; without it all are one address, and wait for each other at its limit.
	AddressHeader string
}

// A Town is what the crowd has made: its phones have passes and credentials, its doors have scanners.
type Town struct {
	Phones  []*client.Phone
	Doors   []*Door
	Workers []*client.Person
	Manager *client.Person
	Clock   *client.Clock

	server *client.Server
	size   Size
	offer  models.OfferID
	venue  models.OrganisationID
	home   models.OrganisationID
}

// A Door shows codes one after the other, with its scanners in turn.
type Door struct {
	mu       sync.Mutex
	scanners []*client.Scanner
	next     int
}

// Turn is the scanner whose turn it is.
func (d *Door) Turn() *client.Scanner {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	return d.scanners[d.next%len(d.scanners)]
}

// What everybody in the town has in common.
const (
	network      = models.NetworkID("load")
	municipality = "049"
	postalCode   = "02100"
	password     = "an invented crowd, nobody's secret"
	passesEach   = 80 // by one worker: within what a person may do at once
)

// Over is an HTTP client with as many connections as there are doors.
func Over(connections int) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	t.MaxIdleConns, t.MaxIdleConnsPerHost, t.MaxConnsPerHost = connections, connections, connections
	t.DisableCompression = true
	return &http.Client{Transport: t, Timeout: 30 * time.Second}
}

// Found makes a town on a server that has none, from the one-time link of its first person. step is told how far it is.
func Found(ctx context.Context, server *client.Server, invitation string, size Size, step func(what string, done, of int)) (*Town, error) {
	t := &Town{server: server, size: size, Clock: client.NewClock(time.Now, 0)}
	national := t.person()
	if _, err := national.Accept(ctx, invitation, "Nobody Real", password); err != nil {
		return nil, fmt.Errorf("accept the invitation: %w", err)
	}
	for _, part := range []struct {
		what string
		make func(context.Context, *client.Person) error
	}{{"places", t.places}, {"people", t.people}, {"offer", t.program}} {
		step(part.what, 0, 1)
		if err := part.make(ctx, national); err != nil {
			return nil, fmt.Errorf("make the town's %s: %w", part.what, err)
		}
	}
	if err := t.openDoors(ctx, step); err != nil {
		return nil, fmt.Errorf("open the doors: %w", err)
	}
	if err := t.givePasses(ctx, step); err != nil {
		return nil, fmt.Errorf("give passes out: %w", err)
	}
	return t, nil
}

func (t *Town) person() *client.Person { return client.NewPerson(t.server, t.Clock, client.SignedIn{}) }

func (t *Town) places(ctx context.Context, national *client.Person) error {
	err := national.CreateNetwork(ctx, client.NewNetwork{
		ID: network, Name: models.Text{"en": "Load"}, Status: models.Permanent, First: models.DayOf(t.Clock.Now()).Add(-1),
		Municipalities: []models.Municipality{{Code: municipality, Name: models.Text{"fi": "Espoo"}, PostalPrefixes: []string{postalCode[:3]}}},
	})
	if err != nil {
		return err
	}
	t.home, err = national.CreateOrganisation(ctx, client.NewOrganisation{
		Network: network, Kind: models.Distributor, Name: models.Text{"en": "Load office"}, Municipality: municipality,
	})
	if err != nil {
		return err
	}
	t.venue, err = national.CreateOrganisation(ctx, client.NewOrganisation{
		Network: network, Kind: models.Venue, Name: models.Text{"en": "Load hall"}, Municipality: municipality, Sector: models.Culture,
	})
	return err
}

// mostInvited is how many one request invites.
const mostInvited = 50

func (t *Town) people(ctx context.Context, national *client.Person) error {
	workers := max(2, (t.size.Phones+passesEach-1)/passesEach)
	for len(t.Workers) < workers {
		role := client.Role{Role: string(models.WorkerRole), Organisation: string(t.home)}
		joined, err := t.join(ctx, national, role, "worker", len(t.Workers), min(mostInvited, workers-len(t.Workers)))
		if err != nil {
			return err
		}
		t.Workers = append(t.Workers, joined...)
	}
	managers, err := t.join(ctx, national, client.Role{Role: string(models.ManagerRole), Organisation: string(t.venue)}, "manager", 0, 1)
	if err == nil {
		t.Manager = managers[0]
	}
	return err
}

// join invites people and lets them accept.
func (t *Town) join(ctx context.Context, national *client.Person, role client.Role, name string, from, n int) ([]*client.Person, error) {
	emails := make([]string, n)
	for i := range emails {
		emails[i] = fmt.Sprintf("%s%d@load.example", name, from+i)
	}
	invited, err := national.Invite(ctx, role, emails...)
	if err != nil {
		return nil, err
	}
	joined := make([]*client.Person, n)
	return joined, each(ctx, n, 4, func(ctx context.Context, i int) error {
		joined[i] = t.person()
		_, err := joined[i].Accept(ctx, invited[i].Token, "Nobody Real", password)
		return err
	})
}

func (t *Town) program(ctx context.Context, _ *client.Person) error {
	var err error
	t.offer, err = t.Manager.CreateOffer(ctx, client.NewOffer{
		Title: models.Text{"en": "Load"}, Kind: models.Event, Sector: models.Culture, Municipality: municipality, WalkIns: true, Reservable: true,
	})
	return err
}

// NewSession adds a session whose door is open now; with no seats it has no limit.
func (t *Town) NewSession(ctx context.Context, seats int) (models.SessionID, error) {
	start := t.Clock.Now().Add(time.Hour).UTC().Truncate(time.Second)
	var made models.SessionID
	err := Patient(ctx, func() (err error) {
		made, err = t.Manager.CreateSession(ctx, t.offer, client.NewSession{Start: start, End: start.Add(2 * time.Hour), Seats: seats})
		return err
	})
	return made, err
}

func (t *Town) openDoors(ctx context.Context, step func(string, int, int)) error {
	for d := range t.size.Doors {
		door := new(Door)
		for s := range max(1, t.size.Scanners) {
			scanner, err := t.newScanner(ctx, fmt.Sprintf("door %d, scanner %d", d, s))
			if err != nil {
				return err
			}
			door.scanners = append(door.scanners, scanner)
		}
		t.Doors = append(t.Doors, door)
		step("doors", d+1, t.size.Doors)
	}
	return nil
}

func (t *Town) newScanner(ctx context.Context, label string) (*client.Scanner, error) {
	kept, err := client.NewEnrolled()
	if err != nil {
		return nil, err
	}
	scanner := client.NewScanner(t.server, t.Clock, kept)
	return scanner, Patient(ctx, func() error {
		_, code, err := t.Manager.AddScanner(ctx, label, models.DayOf(t.Clock.Now()).Add(1))
		if err != nil {
			return err
		}
		return scanner.Enrol(ctx, code)
	})
}

// givePasses lets each worker give out a share, one after the other.
func (t *Town) givePasses(ctx context.Context, step func(string, int, int)) error {
	t.Phones = make([]*client.Phone, t.size.Phones)
	var mu sync.Mutex
	done := 0
	return each(ctx, len(t.Workers), 16, func(ctx context.Context, w int) error {
		for i := w; i < len(t.Phones); i += len(t.Workers) {
			phone, err := t.givePass(ctx, t.Workers[w], i)
			if err != nil {
				return err
			}
			t.Phones[i] = phone
			mu.Lock()
			done++
			step("passes", done, len(t.Phones))
			mu.Unlock()
		}
		return nil
	})
}

// givePass issues a pass and brings it onto a phone of its own, ready to show codes.
func (t *Town) givePass(ctx context.Context, worker *client.Person, i int) (*client.Phone, error) {
	kept, err := client.NewCarried()
	if err != nil {
		return nil, err
	}
	phone := client.NewPhone(t.from(i), client.NewClock(t.Clock.Now, 0), kept)
	if err := phone.MakeCodeKey(); err != nil {
		return nil, err
	}
	issued, err := t.Issue(ctx, worker, client.NewRequestKey())
	if err != nil {
		return nil, err
	}
	var handed client.Handed
	for _, do := range []func() error{
		func() (err error) {
			handed, err = worker.Change(ctx, issued.ID, "activation-code", nil)
			return err
		},
		func() error { return phone.Activate(ctx, client.Activation{Code: handed.Code}) },
		func() error { return phone.Renew(ctx) },
	} {
		if err := Patient(ctx, do); err != nil {
			return nil, err
		}
	}
	return phone, nil
}

// NewPhone is one more phone of the town.
func (t *Town) NewPhone(kept client.Carried) *client.Phone {
	return client.NewPhone(t.server, client.NewClock(t.Clock.Now, 0), kept)
}

// Beside is the same town with as many doors again, which reach its server by another address: by another of several servers that share
// a store.
func (t *Town) Beside(other *client.Server) *Town {
	wider := *t
	wider.Doors = nil
	for _, door := range t.Doors {
		twin := new(Door)
		for _, s := range door.scanners {
			twin.scanners = append(twin.scanners, client.NewScanner(other, t.Clock, s.Enrolled))
		}
		wider.Doors = append(wider.Doors, door, twin)
	}
	return &wider
}

// Issue gives out a pass that nothing carries yet.
func (t *Town) Issue(ctx context.Context, worker *client.Person, key string) (client.Pass, error) {
	var issued client.Pass
	err := Patient(ctx, func() (err error) {
		issued, err = worker.Issue(ctx, client.NewPass{
			BirthYear: 1980, PostalCode: postalCode, Children: 1, Language: "fi", TermsVersion: "1", TermsDay: models.DayOf(t.Clock.Now()),
		}, key)
		return err
	})
	return issued, err
}

// from is the server as the i-th phone reaches it.
func (t *Town) from(i int) *client.Server {
	if t.size.AddressHeader == "" {
		return t.server
	}
	return t.server.As(t.size.AddressHeader, fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255))
}

// Patient does something again as long as the server asks to wait.
func Patient(ctx context.Context, do func() error) error {
	for {
		err := do()
		wait := new(client.ProblemError)
		if !errors.As(err, &wait) || wait.RetryAfter == 0 {
			return err
		}
		timer := time.NewTimer(wait.RetryAfter)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(context.Cause(ctx), err)
		case <-timer.C:
		}
	}
}

// each does something for 0 … n-1, so many at once, until one fails.
func each(ctx context.Context, n, atOnce int, do func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i := range n {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, i)
		})
	}
	return g.Wait()
}
