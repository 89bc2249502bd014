package demo

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"
	"kaikukortti/offers"
	"kaikukortti/passes"
)

// Parts are what a demo is filled through: the same verbs as in real life.
type Parts struct {
	Desk      *passes.Desk
	Keyring   *passes.Keyring
	Registry  *accounts.Registry
	Directory *accounts.Directory
	Programme *offers.Programme
	Clock     *Clock
	Random    io.Reader
}

// A Guide is what somebody needs to try the demo. It is kept beside the demo's database.
type Guide struct {
	Password string       `json:"password"` // of everybody
	People   []Person     `json:"people"`
	Passes   []Pass       `json:"passes"`
	Venues   []VenueGuide `json:"venues"`
	Stage    Cast         `json:"stage"`
}

// A Person can sign in.
type Person struct {
	Who          string                `json:"who"` // what the person is, in words
	Email        string                `json:"email"`
	Secret       []byte                `json:"secret"` // of the second factor
	ID           models.PersonID       `json:"id"`
	Role         models.Role           `json:"role"`
	Organisation models.OrganisationID `json:"organisation,omitempty"`
	Network      models.NetworkID      `json:"network,omitempty"`
}

func (p *Person) actor() models.Actor {
	return models.Actor{Role: p.Role, Person: p.ID, Organisation: p.Organisation, Network: p.Network}
}

// codeLife is how long a one-time code is shown.
const codeLife = 30 * time.Second

// Code is the person's one-time code now, and how long it holds.
func (p *Person) Code(at time.Time) (code string, left time.Duration) {
	return accounts.TOTP(models.Secret(p.Secret), at), codeLife - time.Duration(at.UnixNano())%codeLife
}

// A Pass is one of the demo's, in words, with the codes that were shown once.
type Pass struct {
	What       string        `json:"what"`
	Number     models.Digits `json:"number"`
	Worker     string        `json:"worker"`               // e-mail of who can see it
	Activation models.Digits `json:"activation,omitempty"` // for a phone
	Recovery   models.Digits `json:"recovery,omitempty"`
	Paper      string        `json:"paper,omitempty"`        // what its QR says
	PaperNo    models.Digits `json:"paper_number,omitempty"` // to be typed
}

// A VenueGuide is a venue where something can be scanned for now.
type VenueGuide struct {
	Name    string           `json:"name"`
	Manager string           `json:"manager"`
	Offer   models.OfferID   `json:"offer"`    // whose sessions follow one another around the clock
	Until   time.Time        `json:"until"`    // so far
	Code    string           `json:"code"`     // enrols a scanner
	CodeEnd time.Time        `json:"code_end"` //
	Session models.SessionID `json:"session"`  // one that is open when the demo is filled
}

// password is everybody's: long enough for the rule, and plainly for nothing real.
const password = "kaikukortti demo ei salainen" //nolint:gosec // it opens nothing real

// filler fills a store.
type filler struct {
	Parts
	guide  Guide
	places map[string]models.Organisation // by name
	people map[string]*Person             // by who
	passes map[string]*made               // by what
}

// Fill makes everything. The clock goes from more than a year ago to now, where it is left.
func Fill(ctx context.Context, parts Parts) (Guide, error) {
	f := &filler{Parts: parts, guide: Guide{Password: password}, places: map[string]models.Organisation{}, people: map[string]*Person{}}
	f.passes = map[string]*made{}
	now := parts.Clock.wall()
	defer parts.Clock.stop(time.Time{})
	for _, step := range []struct {
		name string
		ago  int // days
		fill func(context.Context) error
	}{
		{"keys", history, parts.Keyring.EnsureKeys},
		{"places", history, func(ctx context.Context) error { return f.addPlaces(ctx, models.DayOf(now)) }},
		{"people", history, f.addPeople},
		{"passes", history, f.addPasses},
		{"programme", 0, f.addProgramme},
		{"stage", 0, f.addStage},
	} {
		f.at(step.ago)
		if err := step.fill(ctx); err != nil {
			return Guide{}, fmt.Errorf("fill the demo's %s: %w", step.name, err)
		}
	}
	return f.guide, nil
}

// Refresh brings a demo that was filled some time ago to today: sessions go on around the clock, scanners can be enrolled and passes
// activated, and pilots end as many days from now.
func Refresh(ctx context.Context, parts Parts, g *Guide) error {
	if g.Stage == (Cast{}) {
		return errNoStage
	}
	for i := range g.Venues {
		v := &g.Venues[i]
		manager := g.person(v.Manager)
		if v.Offer != "" {
			if err := addRounds(ctx, parts, manager.actor(), v); err != nil {
				return err
			}
		}
		if err := addScanner(ctx, parts, manager.actor(), v); err != nil {
			return err
		}
	}
	for i := range g.Passes {
		p := &g.Passes[i]
		if p.Activation == "" {
			continue
		}
		if err := renewCode(ctx, parts, g.person(p.Worker).actor(), p); err != nil {
			return err
		}
	}
	return extendPilots(ctx, parts)
}

// renewCode makes a new code where the one of the guide has ended or was used. A pass that can have none has none in the guide.
func renewCode(ctx context.Context, parts Parts, worker models.Actor, p *Pass) error {
	found, _, err := parts.Desk.FindPasses(ctx, worker, passes.PassQuery{PassFilter: models.PassFilter{Number: p.Number}})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		p.Activation = ""
		return nil
	}
	kept := &found[0]
	if a := kept.Activation; a != nil && a.UsedAt.IsZero() && a.Expires.After(parts.Clock.Now()) {
		return nil
	}
	_, p.Activation, err = parts.Desk.MakeActivationCode(ctx, worker, kept.ID, kept.LivePhone() != nil)
	if known := new(models.Error); errors.As(err, &known) {
		p.Activation = ""
		return nil
	}
	return err
}

// extendPilots moves the ends of pilots to where they would be if the demo was filled today.
func extendPilots(ctx context.Context, parts Parts) error {
	reference, err := Read(models.DayOf(parts.Clock.Now()))
	if err != nil {
		return err
	}
	for i := range reference.Networks {
		n := &reference.Networks[i]
		if n.Status != models.Pilot {
			continue
		}
		if _, err := parts.Directory.ExtendPilot(ctx, models.Actor{Role: models.National}, n.ID, n.Last); err != nil {
			return err
		}
	}
	return nil
}

// errNoStage says that a demo was filled by an earlier version of this program.
var errNoStage = errors.New("this demo is of an earlier version and has no stage: name another folder, or delete this one")

// person finds somebody by e-mail.
func (g *Guide) person(email string) *Person {
	i := slices.IndexFunc(g.People, func(p Person) bool { return p.Email == email })
	return &g.People[i]
}

// history is how many days ago the demo begins.
const history = 430

// at stops the clock at this time of day, so many days ago.
func (f *filler) at(daysAgo int) {
	now := f.Clock.wall()
	if daysAgo == 0 {
		f.Clock.stop(now)
		return
	}
	f.Clock.stop(models.DayOf(now).Add(-daysAgo).At(9, 30))
}

func (f *filler) addPlaces(ctx context.Context, today models.Day) error {
	reference, err := Read(today)
	if err != nil {
		return err
	}
	if _, err := Seed(ctx, f.Directory, reference); err != nil {
		return err
	}
	listed := map[models.NetworkID]bool{}
	for _, o := range reference.Organisations {
		if listed[o.Network] {
			continue
		}
		listed[o.Network] = true
		all, err := f.Directory.Organisations(ctx, models.Actor{Role: models.National}, o.Network)
		if err != nil {
			return err
		}
		for _, there := range all {
			f.places[there.Name.In("fi")] = there
		}
	}
	return nil
}

// somebody is a person of the demo before joining.
type somebody struct {
	who, name, email string
	role             models.Role
	at               string           // the organisation's name
	network          models.NetworkID // of a coordinator
}

const (
	national       = "national"
	espooWorker    = "worker in Espoo"
	kainuuWorker   = "worker in Kainuu"
	pilotWorker    = "worker of the pilot that ends in 20 days"
	localWorker    = "worker of the local-only pilot"
	theatreManager = "manager of a theatre in Espoo"
	museumManager  = "manager of a museum in Espoo"
	farManager     = "manager of a theatre in Kainuu"
	schoolManager  = "manager of an institute in Kainuu"
	popupManager   = "manager of a pop-up"
	pilotManager   = "manager of the ending pilot's theatre"
	stageWorker    = "worker on the stage, in Espoo"
	stageManager   = "manager of the hall on the stage"
)

func everybody() []somebody {
	return []somebody{
		{who: national, name: "Kaisa Keksitty", email: "kansallinen@demo.example", role: models.National},
		{who: "coordinator of Espoo", name: "Eero Esimerkki", email: "espoo@demo.example", role: models.Coordinator, network: "espoo"},
		{who: "coordinator of Kainuu", name: "Kerttu Keksitty", email: "kainuu@demo.example", role: models.Coordinator, network: "kainuu"},
		{who: "coordinator of the ending pilot", name: "Lauri Luotu", email: "lappeenranta@demo.example", role: models.Coordinator, network: "lappeenranta"},
		{who: "coordinator of the local-only pilot", name: "Sini Sepitetty", email: "savonlinna@demo.example", role: models.Coordinator, network: "savonlinna"},
		{who: espooWorker, name: "Tuula Tekaistu", email: "sosiaali@demo.example", role: models.WorkerRole, at: "Aikuisten sosiaalipalvelut, Espoo"},
		{who: kainuuWorker, name: "Ville Valehenkilö", email: "sote@demo.example", role: models.WorkerRole, at: "Kainuun sote, aikuissosiaalityö"},
		{who: pilotWorker, name: "Paula Pilotti", email: "pilotti@demo.example", role: models.WorkerRole, at: "Lappeenrannan aikuissosiaalityö"},
		{who: localWorker, name: "Leo Luultu", email: "paikallinen@demo.example", role: models.WorkerRole, at: "Savonlinnan aikuissosiaalityö"},
		{who: theatreManager, name: "Matti Mielikuvitus", email: "teatteri@demo.example", role: models.ManagerRole, at: "Espoon kaupunginteatteri"},
		{who: museumManager, name: "Maija Mukamas", email: "museo@demo.example", role: models.ManagerRole, at: "Gallen-Kallelan museo"},
		{who: farManager, name: "Kalle Kuviteltu", email: "kajaani@demo.example", role: models.ManagerRole, at: "Kajaanin kaupunginteatteri"},
		{who: schoolManager, name: "Outi Oletettu", email: "opisto@demo.example", role: models.ManagerRole, at: "Kaukametsän opisto"},
		{who: popupManager, name: "Anna Arvattu", email: "ateneum@demo.example", role: models.ManagerRole, at: "Ateneum"},
		{who: pilotManager, name: "Pekka Pilvi", email: "pilottiteatteri@demo.example", role: models.ManagerRole, at: "Lappeenrannan kaupunginteatteri"},
		{who: stageWorker, name: "Satu Sanottu", email: "nayttamo@demo.example", role: models.WorkerRole, at: "Aikuisten sosiaalipalvelut, Espoo"},
		{who: stageManager, name: "Ossi Oltava", email: "sali@demo.example", role: models.ManagerRole, at: "Sellosali"},
	}
}

func (f *filler) addPeople(ctx context.Context) error {
	for _, s := range everybody() {
		link, err := f.invite(ctx, s)
		if err == nil {
			err = f.join(ctx, s, link)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.who, err)
		}
	}
	f.guide.People = make([]Person, 0, len(f.people))
	for _, s := range everybody() {
		f.guide.People = append(f.guide.People, *f.people[s.who])
	}
	return nil
}

func (f *filler) invite(ctx context.Context, s somebody) (models.Secret, error) {
	if s.who == national {
		first, err := f.Registry.CreateFirst(ctx, s.email)
		return first.Token, err
	}
	invited, err := f.Registry.Invite(ctx, f.people[national].actor(), []accounts.Invitee{{
		Email: s.email, Role: s.role, Organisation: f.places[s.at].ID, Network: s.network,
	}}, nil)
	if err != nil {
		return nil, err
	}
	return invited[0].Token, nil
}

// join accepts an invitation as its person would, with an authenticator that the demo computes.
func (f *filler) join(ctx context.Context, s somebody, link models.Secret) error {
	look, err := f.Registry.LookAt(ctx, link)
	if err != nil {
		return err
	}
	session, _, err := f.Registry.Accept(ctx, accounts.Acceptance{
		Token: link, Name: s.name, Language: "fi", Password: models.Secret(password), Enrolment: look.Enrolment.Sealed,
		Code: accounts.TOTP(look.Enrolment.Secret, f.Clock.Now()),
	})
	if err != nil {
		return err
	}
	f.people[s.who] = &Person{
		Who: s.who, Email: s.email, Secret: look.Enrolment.Secret, ID: session.Actor.Person, Role: session.Actor.Role,
		Organisation: session.Actor.Organisation, Network: session.Actor.Network,
	}
	return nil
}

// newKey is the key of a phone that nobody has: what it activates stays active, and shows no code.
func (f *filler) newKey() (passes.DeviceKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), f.Random)
	if err != nil {
		return passes.DeviceKey{}, err
	}
	point, err := key.PublicKey.Bytes()
	return passes.DeviceKey{Point: point, Thumbprint: models.JWKThumbprint(point)}, err
}
