package crowd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"kaikukortti/models"
	"kaikukortti/tools/phone/client"
)

// A Plan is the codes that are about to be shown, signed beforehand by the phones that show them.
type Plan []client.Showing

// signAhead is how far ahead of the clock a code of a plan is signed at the most: half of what doors allow.
var signAhead = int(models.OnlineWindow.Ahead) / 2

// Sign makes each phone sign a code for each session. No two codes are alike: a phone's codes are of different seconds.
func (t *Town) Sign(ctx context.Context, sessions ...models.SessionID) (Plan, error) {
	if len(sessions) > signAhead {
		return nil, fmt.Errorf("a phone signs for at most %d sessions at once", signAhead)
	}
	plan := make(Plan, len(t.Phones)*len(sessions))
	at := t.Clock.Now()
	return plan, each(ctx, len(t.Phones), 4, func(_ context.Context, i int) error {
		for k, session := range sessions {
			code, err := t.Phones[i].Code(at.Add(time.Duration(k) * time.Second))
			if err != nil {
				return err
			}
			plan[k*len(t.Phones)+i] = client.Showing{ScanID: client.NewScanID(), Session: session, Code: code, At: at}
		}
		return nil
	})
}

// A Result is how a plan went.
type Result struct {
	Outcomes  map[string]int // by decision or, where it was refused, reason; errors by their code
	Latencies []time.Duration
	Elapsed   time.Duration
}

// Decisions is how many of them were decisions.
func (r *Result) Decisions() int { return len(r.Latencies) }

// PerSecond is how many decisions there were in a second.
func (r *Result) PerSecond() float64 { return float64(r.Decisions()) / r.Elapsed.Seconds() }

// Quantile is the time within which such a part of the decisions came; Latencies are in order.
func (r *Result) Quantile(q float64) time.Duration {
	if len(r.Latencies) == 0 {
		return 0
	}
	return r.Latencies[min(len(r.Latencies)-1, int(q*float64(len(r.Latencies))))]
}

// Show shows a plan at the doors, all at once, each door one code after the other. It ends with the plan or with ctx. progress counts
// what is done.
func (t *Town) Show(ctx context.Context, plan Plan, progress *atomic.Int64) (Result, error) {
	var next atomic.Int64
	shown := make([]Result, len(t.Doors))
	begun := time.Now()
	err := each(context.WithoutCancel(ctx), len(t.Doors), len(t.Doors), func(_ context.Context, d int) error {
		shown[d].Outcomes = map[string]int{}
		for ctx.Err() == nil {
			i := next.Add(1) - 1
			if i >= int64(len(plan)) {
				return nil
			}
			shown[d].add(show(ctx, t.Doors[d], plan[i]))
			progress.Add(1)
		}
		return nil
	})
	all := Together(shown)
	all.Elapsed = time.Since(begun)
	return all, err
}

// show shows one code, and waits where it is asked to.
func show(ctx context.Context, door *Door, s client.Showing) (outcome string, took time.Duration, decided bool) {
	scanner := door.Turn()
	var d client.Decision
	err := Patient(ctx, func() (err error) {
		begun := time.Now()
		d, err = scanner.Scan(ctx, s)
		took = time.Since(begun)
		return err
	})
	return OutcomeOf(d, err), took, err == nil
}

// OutcomeOf is a decision in one word.
func OutcomeOf(d client.Decision, err error) string {
	problem := new(client.ProblemError)
	switch {
	case errors.As(err, &problem):
		return "error: " + problem.Code
	case err != nil:
		return "error: no answer"
	case d.Outcome == models.OutcomeRefused:
		return string(d.Reason)
	}
	return string(d.Outcome)
}

func (r *Result) add(outcome string, took time.Duration, decided bool) {
	r.Outcomes[outcome]++
	if decided {
		r.Latencies = append(r.Latencies, took)
	}
}

// Together is how several plans went, one after the other.
func Together(all []Result) Result {
	sum := Result{Outcomes: map[string]int{}}
	for _, r := range all {
		sum.Elapsed += r.Elapsed
		for outcome, n := range r.Outcomes {
			sum.Outcomes[outcome] += n
		}
		sum.Latencies = append(sum.Latencies, r.Latencies...)
	}
	slices.Sort(sum.Latencies)
	return sum
}
