package models_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
)

// A pass goes through steps, one an hour; what it says after them is compared as one line.
type passStory struct {
	pass models.Pass
	at   time.Time
	said []string
}

func (s *passStory) step(name string) {
	s.at = s.at.Add(time.Hour)
	verb, arg, _ := strings.Cut(name, " ")
	switch verb {
	case "move":
		s.say(s.pass.MoveTo(models.Phone{ID: models.CarrierID(arg), Thumbprint: arg}, s.at))
	case "undo":
		s.say(s.pass.UndoMove(s.at))
	case "stop":
		s.say(s.pass.StopPhone(s.at))
	case "print":
		s.pass.Print(models.Paper{ID: models.CarrierID(arg)}, s.at)
	case "suspend":
		s.pass.Enter(models.Suspended, s.at)
	case "resume":
		s.pass.Enter(s.pass.Resumed(), s.at)
	case "revoke":
		s.pass.Revoke(s.at)
	case "wait":
		wait, err := time.ParseDuration(arg)
		if err != nil {
			panic(err)
		}
		s.at = s.at.Add(wait)
	default:
		panic(name)
	}
}

func (s *passStory) say(yes bool) {
	s.said = append(s.said, map[bool]string{true: "yes", false: "no"}[yes])
}

func (s *passStory) String() string {
	line := []string{string(s.pass.State)}
	for _, c := range s.pass.Carrying() {
		line = append(line, string(c))
	}
	return strings.Join(append(line, s.said...), " ")
}

func TestCarriers(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		steps []string
		want  string
	}{
		"nothing carries a new pass":                             {nil, "issued"},
		"a phone makes it active":                                {[]string{"move a"}, "active a no"},
		"a paper makes it active":                                {[]string{"print p"}, "active p"},
		"a phone and a paper carry it":                           {[]string{"move a", "print p"}, "active a p no"},
		"a new print ends the old":                               {[]string{"print p", "print q"}, "active q"},
		"a second phone takes its place":                         {[]string{"move a", "move b"}, "active b no yes"},
		"the same phone again is no replacement":                 {[]string{"move a", "move a"}, "active a no no"},
		"a replacement can be undone":                            {[]string{"move a", "move b", "undo"}, "active a no yes yes"},
		"once":                                                   {[]string{"move a", "move b", "undo", "undo"}, "active a no yes yes no"},
		"for 24 hours":                                           {[]string{"move a", "move b", "wait 21h59m", "undo"}, "active a no yes yes"},
		"and no longer":                                          {[]string{"move a", "move b", "wait 22h", "undo"}, "active b no yes no"},
		"only the last one":                                      {[]string{"move a", "move b", "move c", "undo"}, "active b no yes yes yes"},
		"not after a phone that was lost was stopped":            {[]string{"move a", "move b", "stop", "undo"}, "active no yes yes no"},
		"a lost phone stops at once":                             {[]string{"move a", "stop"}, "active no yes"},
		"and leaves the paper":                                   {[]string{"move a", "print p", "stop"}, "active p no yes"},
		"there may be no phone to stop":                          {[]string{"print p", "stop"}, "active p no"},
		"a phone that was found carries it again":                {[]string{"move a", "stop", "move a"}, "active a no yes no"},
		"after a lost phone another one is no replacement":       {[]string{"move a", "stop", "move b", "undo"}, "active b no yes no no"},
		"a suspended pass is carried by nothing":                 {[]string{"move a", "print p", "suspend"}, "suspended no"},
		"resumed it has what it had":                             {[]string{"move a", "print p", "suspend", "resume"}, "active a p no"},
		"resumed it is only issued if nothing ever carried it":   {[]string{"suspend", "resume"}, "issued"},
		"a revoked pass is carried by nothing":                   {[]string{"move a", "print p", "revoke"}, "revoked no"},
		"what ended long ago is forgotten when another comes":    {[]string{"move a", "move b", "wait 2184h", "move c", "move a"}, "active a no yes yes yes"},
		"a print that ended long ago is forgotten with the next": {[]string{"print p", "print q", "wait 2184h", "print r"}, "active r"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			s := passStory{pass: models.Pass{State: models.Issued}, at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
			for _, step := range test.steps {
				s.step(step)
			}
			if s.String() != test.want {
				t.Errorf("got %q, want %q", s.String(), test.want)
			}
		})
	}
}

func TestEndedCarriersAreForgottenInTime(t *testing.T) {
	t.Parallel()
	s := passStory{pass: models.Pass{State: models.Issued}, at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	for _, step := range []string{"move a", "print p", "move b", "print q", "wait 2184h", "move c", "print r"} {
		s.step(step)
	}
	hasA := slices.ContainsFunc(s.pass.Phones, func(p models.Phone) bool { return p.ID == "a" })
	hasP := slices.ContainsFunc(s.pass.Papers, func(p models.Paper) bool { return p.ID == "p" })
	if hasA || hasP || len(s.pass.Phones) != 2 || len(s.pass.Papers) != 2 {
		t.Errorf("the pass remembers %d phones and %d papers", len(s.pass.Phones), len(s.pass.Papers))
	}
}

func TestAPassSaysWhoCarriedItWhen(t *testing.T) {
	t.Parallel()
	s := passStory{pass: models.Pass{State: models.Issued}, at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	for _, step := range []string{"move a", "move b", "undo"} { // at 11, 12 and 13
		s.step(step)
	}
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC) }
	for _, test := range []struct {
		phone models.CarrierID
		at    time.Time
		want  bool
	}{
		{"a", at(10, 59), false},
		{"a", at(11, 0), true},
		{"a", at(11, 59), true},
		{"a", at(12, 0), false},
		{"b", at(12, 0), true},
		{"b", at(13, 0), false},
		{"a", at(13, 0), true},
		{"c", at(13, 0), false},
	} {
		if got := s.pass.CarriedAt(test.phone, test.at); got != test.want {
			t.Errorf("%s at %s: got %v", test.phone, test.at.Format("15:04"), got)
		}
	}
}
