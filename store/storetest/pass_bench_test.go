package storetest_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/sqlite"
	"kaikukortti/store/storetest"
)

// BenchmarkRevokedCTIs lists 50,000 revoked credentials among 200,000: what stands against them is those that are off, not how many
// there are. Filling the store is not measured.
func BenchmarkRevokedCTIs(b *testing.B) {
	const all, off = 200_000, 50_000
	engine, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "kaikukortti.db"))
	if err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(b.Context(), engine)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	for from := 0; from < all; from += 10_000 {
		err := engine.Update(b.Context(), func(w store.Writer) error {
			for i := from; i < from+10_000; i++ {
				c := models.Credential{
					CTI: models.NumberedCTI(int64(i)), Pass: models.PassID(fmt.Sprintf("%026d", i)), Carrier: models.CarrierID(fmt.Sprintf("%026d", i)),
					Kind: models.CarrierPhone, Network: "kainuu", No: 1, Issued: storetest.DeskStart, Exp: storetest.DeskStart.Add(models.CredentialLife),
					Issuer: "AAAAAA", CodeKind: 1, Children: 2,
				}
				c.Switch(i%(all/off) == 0)
				if err := w.Insert("credentials", string(c.CTI), &c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		list, err := s.RevokedCTIs(b.Context(), storetest.DeskStart, nil)
		if err != nil || len(list) != off {
			b.Fatalf("%d are revoked, %v", len(list), err)
		}
	}
}
