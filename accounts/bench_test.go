package accounts

import (
	"crypto/rand"
	"testing"

	"kaikukortti/models"
)

// BenchmarkPassword is one hash, as every sign-in costs.
func BenchmarkPassword(b *testing.B) {
	h := newHasher(DefaultHashCost, rand.Reader)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.fits(models.Secret(goodPassword), ""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSignIn is a whole sign-in with password and code: two durable writes and the hash.
func BenchmarkSignIn(b *testing.B) {
	o := newOffice(b)
	o.registry.hashes = newHasher(DefaultHashCost, rand.Reader)
	m := o.national()
	for b.Loop() {
		if _, err := o.registry.SignIn(b.Context(), m.shown(atWork), false); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSignInsAtOnce is a town hall at eight o'clock: many people at once, each on a remembered computer.
func BenchmarkSignInsAtOnce(b *testing.B) {
	o := newOffice(b)
	o.registry.hashes = newHasher(DefaultHashCost, rand.Reader)
	m := o.national()
	s, err := o.registry.SignIn(b.Context(), m.shown(atWork), true)
	o.must(err)
	shown := Shown{Email: m.email, Password: m.password, Computer: s.Computer, Address: atWork}
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := o.registry.SignIn(b.Context(), shown, false); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkActing is what every request of somebody who works costs.
func BenchmarkActing(b *testing.B) {
	o := newOffice(b)
	m := o.national().hires(workerAt(sote, "maija@example.fi"))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.acts(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefresh is the next access token of a session: one durable write.
func BenchmarkRefresh(b *testing.B) {
	o := newOffice(b)
	m := o.national()
	token := m.session.Refresh
	for n := 1; b.Loop(); n++ {
		if n%models.SessionBurst == 0 {
			o.clock.pass(2 * models.SessionRetry)
			m.session, _ = o.registry.SignIn(b.Context(), m.shown(atWork), false)
			token = m.session.Refresh
		}
		s, err := o.registry.Refresh(b.Context(), token)
		if err != nil {
			b.Fatal(err)
		}
		token = s.Refresh
	}
}
