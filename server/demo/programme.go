package demo

import (
	"context"
	"fmt"
	"time"

	"kaikukortti/models"
	"kaikukortti/offers"
)

// A session around the clock lasts two hours, and the next begins an hour after it ends: as doors open three hours before a session
// and close one hour after it, there is always one that admits, at any time of day and on days of clock change.
const (
	roundLength = 2 * time.Hour
	roundEvery  = 3 * time.Hour
	roundDays   = 9
)

// invented says of an offer that it is not real, in every language.
func invented(fi, sv, en string) models.Text {
	return models.Text{"fi": fi + " (keksitty)", "sv": sv + " (påhittat)", "en": en + " (invented)"}
}

// addProgramme makes offers, sessions, reservations and scanners.
func (f *filler) addProgramme(ctx context.Context) error {
	for _, who := range []string{theatreManager, farManager, pilotManager} {
		if err := f.addTheatre(ctx, f.people[who]); err != nil {
			return fmt.Errorf("%s: %w", who, err)
		}
	}
	for _, who := range []string{museumManager, popupManager} {
		if err := f.addMuseum(ctx, f.people[who]); err != nil {
			return fmt.Errorf("%s: %w", who, err)
		}
	}
	if err := f.addCourse(ctx, f.people[schoolManager]); err != nil {
		return fmt.Errorf("%s: %w", schoolManager, err)
	}
	return nil
}

// addTheatre gives a theatre a stage that is open around the clock, and plays on evenings that are reserved.
func (f *filler) addTheatre(ctx context.Context, manager *Person) error {
	by := manager.actor()
	stage, err := f.Programme.CreateOffer(ctx, by, models.Offer{
		Kind: models.Event, Title: invented("Avoin näyttämö", "Öppen scen", "Open stage"), WalkIns: true, Reservable: true, Invented: true,
		Place: "Pieni näyttämö", Genre: "theatre",
	})
	if err != nil {
		return err
	}
	v := VenueGuide{Manager: manager.Email, Offer: stage.ID}
	if err := addRounds(ctx, f.Parts, by, &v); err != nil {
		return err
	}
	if err := f.addEvenings(ctx, by); err != nil {
		return err
	}
	return f.guideTo(ctx, manager, v)
}

// addRounds adds what is missing of the sessions that follow one another around the clock.
func addRounds(ctx context.Context, p Parts, by models.Actor, v *VenueGuide) error {
	now := p.Clock.Now().UTC()
	start := v.Until
	if start.Before(now.Add(-roundEvery)) {
		start = now.Truncate(15 * time.Minute)
	}
	for start.Before(now.AddDate(0, 0, roundDays)) {
		s := models.Session{Offer: v.Offer, Start: start, End: start.Add(roundLength), Seats: 40}
		if _, err := p.Programme.CreateSession(ctx, by, s); err != nil {
			return err
		}
		start = start.Add(roundEvery)
		v.Until = start
	}
	return findOpen(ctx, p, by, v)
}

// findOpen notes a session that is open now.
func findOpen(ctx context.Context, p Parts, by models.Actor, v *VenueGuide) error {
	today, err := p.Programme.Today(ctx, by)
	for i := range today.Sessions {
		if s := &today.Sessions[i]; s.Open && s.Session.Offer == v.Offer {
			v.Session = s.Session.ID
		}
	}
	return err
}

// addEvenings adds plays of the coming evenings, for which seats are reserved.
func (f *filler) addEvenings(ctx context.Context, by models.Actor) error {
	play, err := f.Programme.CreateOffer(ctx, by, models.Offer{
		Kind: models.Event, Title: invented("Talvi-iltojen näytelmä", "Vinterkvällarnas pjäs", "A play for winter evenings"), Reservable: true,
		WalkIns: true, ChildrenCounted: true, CancelMinutes: 180, SeatsPerPass: 4, Invented: true, Place: "Suuri näyttämö", Genre: "theatre",
	})
	if err != nil {
		return err
	}
	today := models.DayOf(f.Clock.Now())
	for ahead := 1; ahead <= 7; ahead += 2 {
		day := today.Add(ahead)
		s, err := f.Programme.CreateSession(ctx, by, models.Session{Offer: play.ID, Start: day.At(19, 0), End: day.At(21, 15), Seats: 20})
		if err != nil {
			return err
		}
		if err := f.reserve(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// reserve takes seats at a session for a few of the demo's holders, as their workers do.
func (f *filler) reserve(ctx context.Context, session models.SessionID) error {
	for _, what := range []string{onPhone, onPaper, onBoth} {
		m := f.passes[what]
		request := offers.ReserveRequest{Session: session, Party: models.Party{Children: m.pass.Children}}
		if _, err := f.Programme.ReserveFor(ctx, m.worker, m.pass.ID, request); err != nil {
			return fmt.Errorf("reserve for the pass %q: %w", what, err)
		}
	}
	return nil
}

// addMuseum gives a museum a benefit on any day.
func (f *filler) addMuseum(ctx context.Context, manager *Person) error {
	by := manager.actor()
	_, err := f.Programme.CreateOffer(ctx, by, models.Offer{
		Kind: models.Standing, Title: invented("Vapaa sisäänpääsy näyttelyihin", "Fritt inträde till utställningarna", "Free entry to the exhibitions"),
		Invented: true, Genre: "museum",
	})
	if err != nil {
		return err
	}
	_, err = f.Programme.CreateOffer(ctx, by, models.Offer{
		Kind: models.Standing, Title: invented("Työpaja kerran kuussa", "Verkstad en gång i månaden", "A workshop once a month"),
		Limit: &models.Limit{Times: 1, Per: models.PerMonth}, Invented: true, Genre: "museum",
	})
	if err != nil {
		return err
	}
	return f.guideTo(ctx, manager, VenueGuide{Manager: manager.Email})
}

// timesADay is how often somebody may come to the exhibition on the stage: as often as the seven steps are tried in a day.
const timesADay = 200

// addStage gives a hall an exhibition that is open on any day, where one may come and go: so each of the seven steps can be tried at
// the same door, at any hour, as often as one likes.
func (f *filler) addStage(ctx context.Context) error {
	worker, manager := f.people[stageWorker], f.people[stageManager]
	offer, err := f.Programme.CreateOffer(ctx, manager.actor(), models.Offer{
		Kind: models.Standing, Limit: &models.Limit{Times: timesADay, Per: models.PerDay}, Invented: true, Genre: "exhibition", Place: "Aula",
		Title: invented("Aulan näyttely", "Utställning i aulan", "Exhibition in the foyer"),
	})
	if err != nil {
		return err
	}
	f.guide.Stage = Cast{Worker: worker.Email, Manager: manager.Email, Offer: offer.ID}
	return f.guideTo(ctx, manager, VenueGuide{Manager: manager.Email})
}

// addCourse gives an institute a course that meets every week.
func (f *filler) addCourse(ctx context.Context, manager *Person) error {
	by := manager.actor()
	course, err := f.Programme.CreateOffer(ctx, by, models.Offer{
		Kind: models.Course, Title: invented("Kuoro kaikille", "Kör för alla", "A choir for all"), Municipality: "205", Reservable: true, Invented: true,
		Genre: "music",
	})
	if err != nil {
		return err
	}
	s := models.Session{Offer: course.ID, Seats: 8}
	today := models.DayOf(f.Clock.Now())
	for week := range 10 {
		day := today.Add(2 + 7*week)
		s.Meetings = append(s.Meetings, models.Span{From: day.At(18, 0), To: day.At(19, 30)})
	}
	if _, err = f.Programme.CreateSession(ctx, by, s); err != nil {
		return err
	}
	return f.guideTo(ctx, manager, VenueGuide{Manager: manager.Email})
}

// guideTo adds a venue to the guide, with a code that enrols a scanner.
func (f *filler) guideTo(ctx context.Context, manager *Person, v VenueGuide) error {
	for name, o := range f.places {
		if o.ID == manager.Organisation {
			v.Name = name
		}
	}
	if err := addScanner(ctx, f.Parts, manager.actor(), &v); err != nil {
		return err
	}
	f.guide.Venues = append(f.guide.Venues, v)
	return nil
}

// addScanner makes a new code that enrols a scanner.
func addScanner(ctx context.Context, p Parts, by models.Actor, v *VenueGuide) error {
	made, err := p.Directory.AddScanner(ctx, by, models.Scanner{Label: "Ovi (demo)", EndDay: models.DayOf(p.Clock.Now()).Add(180)})
	v.Code, v.CodeEnd = made.Code, made.Scanner.CodeExpires
	return err
}
