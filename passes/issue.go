package passes

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"kaikukortti/models"
)

// A NewPass is what a worker asks when issuing one: all that will ever be stored about the holder. A postal code is enough to know
// the municipality; a municipality alone is for who has no fixed address, or a postal code that two municipalities share.
type NewPass struct {
	Community    bool // belongs to the distributor instead of a person
	BirthYear    int
	PostalCode   string
	Municipality string
	Children     int
	Language     string
	TermsVersion string
	TermsDay     models.Day
	Answers      []models.Answer // voluntary; they become counters
	Idempotency  *models.Idempotency
}

// What fits into the fields that are text; nobody's name does.
var (
	postalCodes   = regexp.MustCompile(`^[0-9]{5}$`)
	termsVersions = regexp.MustCompile(`^[0-9]{1,4}([.-][0-9]{1,2}){0,2}$`)
	languages     = []string{"fi", "sv", "en"}
)

// The bounds of numbers near a pass.
const (
	mostChildren   = 15
	firstBirthYear = 1900
)

// Issue makes a pass for a person, or for the distributor itself. Nothing carries it yet.
func (d *Desk) Issue(ctx context.Context, by models.Actor, n NewPass) (models.Pass, error) {
	network, err := d.store.Network(ctx, by.Network)
	if err != nil {
		return models.Pass{}, err
	}
	at := d.clock()
	p, err := d.newPass(ctx, by, n, &network, at)
	if err != nil {
		return models.Pass{}, err
	}
	counters, err := counters(network.ID, p.IssuedMonth, n.Answers)
	if err != nil {
		return models.Pass{}, err
	}
	var issued models.Pass
	err = drawing(func() error {
		p.Number = models.NewDigits(models.PassNumber, d.random)
		issued, err = d.store.IssuePass(ctx, p, counters, d.audit(by, &p, "pass_issued", "", at))
		return err
	})
	return issued, err
}

func (d *Desk) newPass(ctx context.Context, by models.Actor, n NewPass, network *models.Network, at time.Time) (models.Pass, error) {
	today := models.DayOf(at)
	if !network.Running(today) {
		return models.Pass{}, &models.Error{Kind: models.Unprocessable, Code: "network_not_running", Detail: "The network has not begun, or has ended."}
	}
	rules := network.RulesOn(today)
	if err := n.check(rules, today); err != nil {
		return models.Pass{}, err
	}
	municipality, err := d.municipality(ctx, network, n.PostalCode, n.Municipality)
	if err != nil {
		return models.Pass{}, err
	}
	first, last := rules.Validity(today)
	return models.Pass{
		ID: models.NewID[models.PassID](d.random), Network: network.ID, Distributor: by.Organisation, Community: n.Community,
		BirthYear: n.BirthYear, PostalCode: n.PostalCode, Municipality: municipality, Children: n.Children, Language: n.Language,
		TermsVersion: n.TermsVersion, TermsDay: n.TermsDay,
		State: models.Issued, States: []models.StateSpan{{State: models.Issued, From: at}}, First: first, Last: last,
		GraceDays: rules.GraceDays, UnlinkDays: rules.UnlinkDays, ChildAge: rules.ChildAge,
		IssuedBy: by.Person, IssuedAt: at, IssuedMonth: today.Month(), Idempotency: n.Idempotency,
	}, nil
}

// check refuses what no pass can be made of.
func (n *NewPass) check(rules models.Rules, today models.Day) error {
	if n.Community {
		if n.BirthYear != 0 || n.Children != 0 || len(n.Answers) > 0 {
			return models.BadField("community", "A community pass has no birth year, children or answers: it is nobody's.")
		}
	} else if err := checkAge(n.BirthYear, rules, today); err != nil {
		return err
	}
	if err := checkLanguage(n.Language); err != nil {
		return err
	}
	if !termsVersions.MatchString(n.TermsVersion) {
		return models.BadField("terms_version", "The version is digits, such as 3 or 2026-11.")
	}
	if day, err := models.ParseDay(string(n.TermsDay)); err != nil || day > today.Add(1) {
		return models.BadField("terms_day", "Say the day on which the terms were accepted, such as 2026-11-23.")
	}
	return checkChildren(n.Children)
}

func checkAge(birthYear int, rules models.Rules, today models.Day) error {
	if birthYear < firstBirthYear || birthYear > today.Year() {
		return models.BadField("birth_year", "This is no year in which a holder was born.")
	}
	if !rules.OldEnough(birthYear, today.Year()) {
		return &models.Error{
			Kind: models.Unprocessable, Code: "too_young", Field: "birth_year", Detail: "A pass is for somebody who is old enough this year.",
			Extra: map[string]any{"min_age": rules.MinAge},
		}
	}
	return nil
}

func checkLanguage(language string) error {
	if !slices.Contains(languages, language) {
		return models.BadField("language", "The languages are fi, sv and en.")
	}
	return nil
}

func checkChildren(n int) error {
	if n < 0 || n > mostChildren {
		return models.BadField("children", "A pass covers 0 to 15 children.")
	}
	return nil
}

// municipality finds where a holder lives: by the postal code or by the code of the municipality, in the own network or another.
func (d *Desk) municipality(ctx context.Context, own *models.Network, postalCode, code string) (string, error) {
	if (postalCode == "") == (code == "") {
		return "", models.BadField("postal_code", "Give either postal_code or municipality.")
	}
	if postalCode != "" && !postalCodes.MatchString(postalCode) {
		return "", models.BadField("postal_code", "A postal code has five digits.")
	}
	if found, ok := municipalityIn(own, postalCode, code); ok {
		return found, nil
	}
	all, err := d.store.Networks(ctx)
	if err != nil {
		return "", err
	}
	for i := range all {
		if found, ok := municipalityIn(&all[i], postalCode, code); ok {
			return found, nil
		}
	}
	field := "municipality"
	if postalCode != "" {
		field = "postal_code"
	}
	return "", &models.Error{
		Kind: models.Unprocessable, Code: "no_such_municipality", Field: field, Detail: "No network has a municipality with this code.",
	}
}

func municipalityIn(n *models.Network, postalCode, code string) (string, bool) {
	if code != "" {
		m, ok := n.Municipality(code)
		return m.Code, ok
	}
	m, ok := n.MunicipalityOf(postalCode)
	return m.Code, ok
}

// counters makes answers the counters that they add to. What is not on the closed list is refused, and so is a second answer.
func counters(network models.NetworkID, month string, answers []models.Answer) ([]models.Counter, error) {
	var all []models.Counter
	for i, a := range answers {
		asked := func(other models.Answer) bool { return other.Question == a.Question }
		if !a.Known() || slices.ContainsFunc(answers[:i], asked) {
			return nil, models.BadField("answers", "Each question of the closed list has at most one of its answers.")
		}
		all = append(all, models.NewCounter(network, month, a))
	}
	slices.SortFunc(all, func(a, b models.Counter) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}
