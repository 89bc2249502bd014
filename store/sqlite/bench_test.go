package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

// ticket is as large as a claim and has as many indexes, two of them through arrays.
type ticket struct {
	ID      string    `json:"_id"`
	Version int64     `json:"version"`
	Session string    `json:"session"`
	Pass    string    `json:"pass,omitempty"`
	Live    bool      `json:"live,omitempty"`
	Slots   []int     `json:"slots,omitempty"`
	Scans   []showing `json:"scans,omitempty"`
	CTI     string    `json:"cti,omitempty"`
	Day     string    `json:"day"`
	Padding string    `json:"padding"`
}

type showing struct {
	By string `json:"by"`
	ID string `json:"id"`
}

var tickets = store.Collection{Name: "tickets", New: func() any { return new(ticket) }, Indexes: []store.Index{
	{Name: "seats", Keys: []string{"session", "slots"}, Array: "slots", Unique: true, Where: []store.Condition{store.Exists("slots")}},
	{Name: "one", Keys: []string{"session", "pass"}, Unique: true, Where: []store.Condition{store.IsTrue("live"), store.Exists("pass")}},
	{Name: "scan", Keys: []string{"scans.by", "scans.id"}, Array: "scans", Unique: true, Where: []store.Condition{store.Exists("scans.id")}},
	{Name: "code", Keys: []string{"cti"}, Unique: true, Where: []store.Condition{store.Exists("cti")}},
	{Name: "day", Keys: []string{"day"}},
}}

func openTickets(b *testing.B) *sqlite.Engine {
	b.Helper()
	engine := open(b, filepath.Join(b.TempDir(), "kaikukortti.db"))
	if err := engine.Prepare(b.Context(), []store.Collection{tickets}); err != nil {
		b.Fatal(err)
	}
	return engine
}

// spread makes numbers whose texts come in no order, as random ids do.
func spread(n int64) string { return fmt.Sprintf("%016x%010d", uint64(n)*0x9e3779b97f4a7c15, n) }

func newTicket(n int64) *ticket {
	return &ticket{
		ID: spread(n), Version: 1, Session: fmt.Sprint("session", n/100), Pass: spread(n), Live: true, Slots: []int{int(n % 100)},
		Scans: []showing{{By: "door", ID: spread(n)}}, CTI: spread(n), Day: "2026-03-29", Padding: strings.Repeat("x", 350),
	}
}

// admit does what an admission asks of an engine: one look-up, the numbers that are taken, one insert.
func admit(ctx context.Context, engine *sqlite.Engine, n int64) error {
	claim := newTicket(n)
	return engine.Step(ctx, func(w store.Writer) error {
		var live []ticket
		err := w.Find("tickets", store.Query{Where: []store.Condition{
			store.Equal("session", claim.Session), store.Equal("pass", claim.Pass), store.IsTrue("live"),
		}}, func(decode func(any) error) error {
			live = append(live, ticket{})
			return decode(&live[len(live)-1])
		})
		if err != nil || len(live) > 0 {
			return errors.Join(err, fmt.Errorf("%d live claims", len(live)))
		}
		taken, err := w.Numbers("tickets", "slots", store.Query{Where: []store.Condition{
			store.Equal("session", claim.Session), store.Exists("slots"),
		}})
		if err != nil || len(taken) > 100 {
			return errors.Join(err, fmt.Errorf("%d seats are taken", len(taken)))
		}
		return w.Insert("tickets", claim.ID, claim)
	})
}

func BenchmarkGroupedInsert(b *testing.B) {
	engine := openTickets(b)
	var next atomic.Int64
	b.SetParallelism(16) // times two processors: 32 callers
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := admit(b.Context(), engine, next.Add(1)-1); err != nil {
				b.Error(err)
				return
			}
		}
	})
	stats := engine.Stats()
	b.ReportMetric(float64(stats.Calls)/float64(stats.Batches), "calls/batch")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
}

func BenchmarkGet(b *testing.B) {
	const kept = 10_000
	engine := openTickets(b)
	err := engine.Update(b.Context(), func(w store.Writer) error {
		for n := range int64(kept) {
			if err := w.Insert("tickets", spread(n), newTicket(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			var claim ticket
			id := spread(next.Add(1) % kept)
			err := engine.View(b.Context(), func(r store.Reader) error { return r.Get("tickets", id, &claim) })
			if err != nil || claim.ID != id {
				b.Errorf("got %s, %v", claim.ID, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "gets/s")
}
