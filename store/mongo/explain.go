package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"kaikukortti/store"
)

// Explain asks for the plan that wins, without running it.
func (e *Engine) Explain(ctx context.Context, collection string, q store.Query) (store.Plan, error) {
	find := bson.D{{Key: "find", Value: collection}, {Key: "filter", Value: filter(q.Where)}, {Key: "limit", Value: q.Limit}}
	if sort := orderOf(q).sort; sort != nil {
		find = append(find, bson.E{Key: "sort", Value: sort})
	}
	answer, err := e.db.RunCommand(ctx, bson.D{{Key: "explain", Value: find}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
	if err != nil {
		return store.Plan{}, translate(ctx, collection, err)
	}
	var plan struct {
		Planner struct {
			Winning bson.Raw `json:"winningPlan"`
		} `json:"queryPlanner"`
	}
	if err := decode(answer, &plan); err != nil {
		return store.Plan{}, err
	}
	winning := plan.Planner.Winning
	if steps, ok := winning.Lookup("queryPlan").DocumentOK(); ok { // beside it stands the same for the newer executor
		winning = steps
	}
	return store.Plan{FullScan: readsAll(winning, false), Text: winning.String()}, nil
}

// A stage of a plan, and those that it takes its documents from.
type stage struct {
	Name    string              `json:"stage"`
	Filter  bson.Raw            `json:"filter"`
	Partial bool                `json:"isPartial"`
	Bounds  map[string][]string `json:"indexBounds"`
	Input   bson.Raw            `json:"inputStage"`
	Inputs  []bson.Raw          `json:"inputStages"`
}

// readsAll says whether a plan reads every document, be it without an index or along the whole of one. A limited one does not,
// as long as each document that it reads is one that it hands over.
func readsAll(plan bson.Raw, limited bool) bool {
	var s stage
	if err := decode(plan, &s); err != nil {
		return true // a plan that cannot be read proves nothing good
	}
	limited = (limited || s.Name == "LIMIT") && s.Name != "SORT" && s.Filter == nil
	if s.Name == "COLLSCAN" || s.Name == "IXSCAN" && !s.Partial && !s.bounded() {
		return !limited
	}
	reads := func(input bson.Raw) bool { return readsAll(input, limited) }
	return s.Input != nil && reads(s.Input) || slices.ContainsFunc(s.Inputs, reads)
}

func (s stage) bounded() bool {
	for _, bounds := range s.Bounds {
		if !slices.Equal(bounds, []string{"[MinKey, MaxKey]"}) {
			return true
		}
	}
	return false
}
