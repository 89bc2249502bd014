package mongo_test

import (
	"fmt"
	"strconv"
	"testing"

	"kaikukortti/store"
)

// BenchmarkReads compares what a consistent View costs with the same reads one by one in a Step, and in a transaction.
func BenchmarkReads(b *testing.B) {
	engine := prepared(b)
	for n := range 20 {
		if err := insert(b.Context(), engine, seat{ID: strconv.Itoa(n), Session: "s", Number: n + 1}); err != nil {
			b.Fatal(err)
		}
	}
	for _, reads := range []int{1, 4} {
		read := func(r store.Reader) error {
			for n := range reads {
				var s seat
				if err := r.Get("seats", strconv.Itoa(n), &s); err != nil {
					return err
				}
			}
			return nil
		}
		b.Run(fmt.Sprintf("%d in a view", reads), func(b *testing.B) {
			repeat(b, func() error { return engine.View(b.Context(), read) })
		})
		b.Run(fmt.Sprintf("%d in a step", reads), func(b *testing.B) {
			repeat(b, func() error { return engine.Step(b.Context(), func(w store.Writer) error { return read(w) }) })
		})
		b.Run(fmt.Sprintf("%d in an update", reads), func(b *testing.B) {
			repeat(b, func() error { return engine.Update(b.Context(), func(w store.Writer) error { return read(w) }) })
		})
	}
}

func repeat(b *testing.B, do func() error) {
	b.Helper()
	for b.Loop() {
		if err := do(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrites is one writer alone.
func BenchmarkWrites(b *testing.B) {
	engine := prepared(b)
	n := 0
	b.Run("step", func(b *testing.B) {
		repeat(b, func() error { n++; return insert(b.Context(), engine, seat{ID: strconv.Itoa(n)}) })
	})
	b.Run("update", func(b *testing.B) {
		repeat(b, func() error { n++; return insertInUpdate(b.Context(), engine, seat{ID: strconv.Itoa(n)}) })
	})
}
