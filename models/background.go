package models

import (
	"slices"
	"strings"
)

// An Answer is what a holder answered, if they wished, to a voluntary question. It becomes a counter at once and never stands
// beside a pass.
type Answer struct {
	Question string
	Answer   string
}

// A Counter is how often an answer was given in a network in a month.
type Counter struct {
	ID       string `json:"_id"`
	Record   `json:",inline"`
	Network  NetworkID `json:"network"`
	Month    string    `json:"month"`
	Question string    `json:"question"`
	Answer   string    `json:"answer"`
	Count    int64     `json:"count"`
}

// NewCounter is the counter of an answer, at nought.
func NewCounter(network NetworkID, month string, a Answer) Counter {
	return Counter{
		ID:      strings.Join([]string{string(network), month, a.Question, a.Answer}, "/"),
		Network: network, Month: month, Question: a.Question, Answer: a.Answer,
	}
}

// backgroundAnswers is the closed list: what is not on it cannot be said.
var backgroundAnswers = map[string][]string{
	"gender": {"woman", "man", "other", "rather_not_say"},
	"life_situation": {
		"employed", "unemployed", "student", "pensioner", "family_leave", "long_term_sick", "rehabilitation", "asylum_or_integration", "other",
		"rather_not_say",
	},
}

// Known says whether the question and the answer are on the closed list.
func (a Answer) Known() bool { return slices.Contains(backgroundAnswers[a.Question], a.Answer) }
