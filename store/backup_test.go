package store_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/sqlite"
	"kaikukortti/store/storetest"
)

// engines are the two, each empty.
var engines = map[string]func(t *testing.T) store.Engine{
	"sqlite": func(t *testing.T) store.Engine {
		e, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kaikukortti.db"))
		if err != nil {
			t.Fatal(err)
		}
		return e
	},
	"mongo": func(t *testing.T) store.Engine {
		uri, name := storetest.Database(t)
		e, err := mongo.Open(t.Context(), uri, name)
		if err != nil {
			t.Fatal(err)
		}
		return e
	},
}

func opened(t *testing.T, engine string) (store.Engine, *store.Store) {
	t.Helper()
	e := engines[engine](t)
	s, err := store.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return e, s
}

// filler gives every field of a document a value of its own.
type filler struct{ n int }

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Date(2026, 1, 1, 0, 0, f.n, 0, time.UTC)
		return
	case *models.Record:
		at.Version = int64(f.n)
		return
	}
	switch v.Kind() { //nolint:exhaustive // documents have no other kinds; one that gets one panics here
	case reflect.String:
		v.SetString(fmt.Sprintf("ä %d", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint8:
		v.SetUint(uint64(f.n % 256))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(value)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for _, field := range v.Fields() {
			f.fill(field)
		}
	default:
		panic(v.Kind().String())
	}
}

// fillStore puts documents with every field set into every collection, and answers how many.
func fillStore(t *testing.T, e store.Engine, each int) int {
	t.Helper()
	f, made := &filler{}, 0
	for _, c := range store.Collections() {
		if c.Name == "meta" {
			continue
		}
		err := e.Update(t.Context(), func(w store.Writer) error {
			for range each {
				doc := c.New()
				f.fill(reflect.ValueOf(doc).Elem())
				made++
				if err := w.Insert(c.Name, idOf(doc), doc); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("fill %s: %v", c.Name, err)
		}
	}
	return made
}

func idOf(doc any) string {
	v := reflect.ValueOf(doc).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == "_id" {
			return v.Field(i).String()
		}
	}
	panic("no _id")
}

var archived = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func back(t *testing.T, s *store.Store) ([]byte, store.Archive) {
	t.Helper()
	var b bytes.Buffer
	made, err := s.Back(t.Context(), &b, archived)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), made
}

func TestWhatIsBackedUpFromOneEngineIsRestoredIntoTheOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to string }{{"sqlite", "sqlite"}, {"sqlite", "mongo"}, {"mongo", "sqlite"}} {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			t.Parallel()
			e, full := opened(t, c.from)
			documents := fillStore(t, e, 3)
			packed, made := back(t, full)
			if made.Documents != documents+1 { // the version of the store
				t.Fatalf("%d documents of %d are in the archive", made.Documents, documents)
			}
			_, empty := opened(t, c.to)
			if got, err := empty.Restore(t.Context(), bytes.NewReader(packed), andNothing); err != nil || got != made {
				t.Fatalf("%+v, %v, want %+v", got, err, made)
			}
			if _, again := back(t, empty); again != made {
				t.Fatalf("what was restored is %+v, and was %+v", again, made)
			}
			if err := empty.Complete(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := empty.Restore(t.Context(), bytes.NewReader(packed), andNothing); !errors.Is(err, store.ErrNotEmpty) {
				t.Fatalf("into what is not empty: %v", err)
			}
		})
	}
}

func TestAnArchiveThatIsNotWholeChangesNothing(t *testing.T) {
	t.Parallel()
	e, full := opened(t, "sqlite")
	fillStore(t, e, 1)
	packed, _ := back(t, full)
	plain := unpack(t, packed)
	lines := bytes.SplitAfter(plain, []byte("\n"))
	for name, changed := range map[string][]byte{
		"nothing":             nil,
		"not compressed":      plain,
		"cut in the middle":   packed[:len(packed)/2],
		"its last bytes cut":  packed[:len(packed)-9],
		"without its end":     pack(t, bytes.Join(lines[:len(lines)-2], nil)),
		"without a line":      pack(t, bytes.Join(append(append([][]byte{}, lines[:3]...), lines[4:]...), nil)),
		"with a changed word": pack(t, bytes.Replace(plain, []byte("ä 1"), []byte("ö 1"), 1)),
		"with a line more":    pack(t, append(bytes.Clone(plain), lines[1]...)),
		"of a newer program":  pack(t, bytes.Replace(plain, []byte(`"schema":1`), []byte(`"schema":2`), 1)),
		"of something else":   pack(t, []byte("{\"what\":\"else\"}\n")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, empty := opened(t, "sqlite")
			_, before := back(t, empty)
			if _, err := empty.Restore(t.Context(), bytes.NewReader(changed), andNothing); !errors.Is(err, store.ErrArchive) {
				t.Fatalf("got %v", err)
			}
			if _, after := back(t, empty); after != before {
				t.Fatal("it changed something")
			}
		})
	}
}

// failing is a file that breaks off when it is read for the second time.
type failing struct {
	*bytes.Reader
	limit int
	again bool
}

func (f *failing) Seek(offset int64, whence int) (int64, error) {
	f.again = true
	return f.Reader.Seek(offset, whence)
}

func (f *failing) Read(p []byte) (int, error) {
	if f.again && int(f.Size())-f.Len() > f.limit {
		return 0, io.ErrUnexpectedEOF
	}
	return f.Reader.Read(p[:min(len(p), 512)])
}

func TestARestoreThatWasBrokenOffBeginsAnew(t *testing.T) {
	t.Parallel()
	e, full := opened(t, "sqlite")
	fillStore(t, e, 60)
	packed, made := back(t, full)
	_, empty := opened(t, "sqlite")
	if _, err := empty.Restore(t.Context(), &failing{Reader: bytes.NewReader(packed), limit: len(packed) / 2}, andNothing); err == nil {
		t.Fatal("a file that breaks off was restored")
	}
	if err := empty.Complete(t.Context()); !errors.Is(err, store.ErrRestoring) {
		t.Fatalf("half a store counts as a store: %v", err)
	}
	undone := errors.New("what the archive does not know of was not done")
	if _, err := empty.Restore(t.Context(), bytes.NewReader(packed), func(context.Context, store.Archive) error { return undone }); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if err := empty.Complete(t.Context()); !errors.Is(err, store.ErrRestoring) {
		t.Fatalf("a store in which what was taken away lives again counts as a store: %v", err)
	}
	if _, err := empty.Restore(t.Context(), bytes.NewReader(packed), andNothing); err != nil {
		t.Fatal(err)
	}
	if _, again := back(t, empty); again != made {
		t.Fatalf("what was restored is %+v, and was %+v", again, made)
	}
}

func TestABackupIsOfOneMoment(t *testing.T) {
	t.Parallel()
	e, s := opened(t, "sqlite")
	fillStore(t, e, 60)
	ctx, cancel := context.WithCancel(t.Context())
	counting := make(chan error, 1)
	go func() { // both counts grow together, always
		var err error
		for err == nil {
			err = e.Update(ctx, func(w store.Writer) error {
				_, err := w.Add("claims", "moment", "version", 1)
				if err == nil {
					_, err = w.Add("tallies", "moment", "n", 1)
				}
				return err
			})
		}
		counting <- err
	}()
	for range 5 {
		packed, _ := back(t, s)
		plain := unpack(t, packed)
		var claims, tallies int
		for line := range bytes.Lines(plain) {
			if i := bytes.Index(line, []byte(`"_id":"moment"`)); i > 0 {
				if _, err := fmt.Sscanf(after(line, `"version":`), "%d", &claims); bytes.Contains(line, []byte(`"claims"`)) && err != nil {
					t.Fatal(err)
				}
				if s := after(line, `"n":`); s != "" && bytes.Contains(line, []byte(`"tallies"`)) {
					if _, err := fmt.Sscanf(s, "%d", &tallies); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if claims != tallies {
			t.Fatalf("one is of count %d, the other of %d", claims, tallies)
		}
	}
	cancel()
	if err := <-counting; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func after(line []byte, name string) string {
	_, rest, _ := bytes.Cut(line, []byte(name))
	return string(rest)
}

func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// andNothing is all that is to be done after filling a store.
func andNothing(context.Context, store.Archive) error { return nil }

func pack(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// carried is a pass that a phone and a print carry.
func carried(id models.PassID, at time.Time) *models.Pass {
	since := []models.Span{{From: at}}
	return &models.Pass{
		ID: id, Number: models.Digits(id), Network: "espoo", Distributor: "office", State: models.Active,
		States: []models.StateSpan{{State: models.Active, From: at}}, Phones: []models.Phone{{ID: "phone", Thumbprint: string(id), Spans: since}},
		Papers: []models.Paper{{ID: "paper", Number: string(id), CTI: models.CTI(id), Spans: since}},
	}
}

func TestWhatWasTakenAwayIsTakenAgain(t *testing.T) {
	t.Parallel()
	at := archived.Add(time.Hour)
	type left struct {
		state        models.PassState // "": the pass is gone
		phone, paper bool
	}
	for what, want := range map[string]left{
		"pass_erased": {"", false, false}, "pass_forgotten": {"", false, false}, "pass_revoked": {models.Revoked, true, true},
		"pass_suspended": {models.Suspended, true, true}, "phone_stopped": {models.Active, false, true}, "phone_replaced": {models.Active, false, true},
		"pass_recovered": {models.Active, false, true}, "replacement_undone": {models.Active, false, true}, "paper_printed": {models.Active, true, false}, "pass_resumed": {models.Active, true, true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			e, s := opened(t, "sqlite")
			p := carried("1234567890", archived)
			err := e.Update(t.Context(), func(w store.Writer) error { return w.Insert("passes", string(p.ID), p) })
			if err != nil {
				t.Fatal(err)
			}
			taking := store.Taking{ID: "row", At: at, What: what, Pass: p.ID}
			for n := range 2 { // the second time there is nothing left to take
				entry := models.AuditEntry{ID: models.AuditID(fmt.Sprint("again", n)), At: at, By: "system"}
				taken, err := s.TakeAgain(t.Context(), taking, entry, fmt.Sprint("tombstone", n))
				if wants := n == 0 && what != "pass_resumed"; err != nil || taken != wants {
					t.Fatalf("time %d: %v, %v", n, taken, err)
				}
			}
			got, err := s.LookupPass(t.Context(), p.ID)
			if err != nil && want.state != "" || got.State != want.state || (got.LivePhone() != nil) != want.phone || (got.LivePaper() != nil) != want.paper {
				t.Fatalf("%+v, %v, want %+v", got, err, want)
			}
			rows, err := s.Takings(t.Context(), archived)
			if wants := map[bool]int{false: 1}[what == "pass_resumed"]; err != nil || len(rows) != wants {
				t.Fatalf("%d rows tell of it, %v", len(rows), err)
			}
		})
	}
}

func TestScannersAndRolesAreTakenAgain(t *testing.T) {
	t.Parallel()
	e, s := opened(t, "sqlite")
	at := archived.Add(time.Hour)
	person := models.Person{ID: "worker", Email: "worker@example.org", Roles: []models.Grant{
		{Role: models.WorkerRole, Organisation: "office", Network: "espoo"}, {Role: models.Coordinator, Network: "espoo"},
	}}
	only := models.Person{ID: "only", Email: "only@example.org", Roles: []models.Grant{{Role: models.National}}}
	err := e.Update(t.Context(), func(w store.Writer) error {
		return errors.Join(
			w.Insert("scanners", "door", &models.Scanner{ID: "door", Organisation: "hall", EndDay: "2027-11-23"}),
			w.Insert("people", "worker", &person), w.Insert("people", "only", &only),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		taking store.Taking
		taken  bool
	}{
		{store.Taking{What: "scanner_removed", Subject: "door", Organisation: "hall"}, true},
		{store.Taking{What: "scanner_removed", Subject: "made later", Organisation: "hall"}, false},
		{store.Taking{What: "role_ended", Subject: "worker", Organisation: "office", Network: "espoo"}, true},
		{store.Taking{What: "role_ended", Subject: "joined later", Organisation: "office", Network: "espoo"}, false},
		{store.Taking{What: "role_ended", Subject: "only"}, false}, // somebody must stay national
	} {
		c.taking.At = at
		for n := range 2 {
			entry := models.AuditEntry{ID: models.AuditID(fmt.Sprint(c.taking.What, c.taking.Subject, n)), At: at, By: "system"}
			if taken, err := s.TakeAgain(t.Context(), c.taking, entry, ""); err != nil || taken != (c.taken && n == 0) {
				t.Errorf("time %d of %+v: %v, %v", n, c.taking, taken, err)
			}
		}
	}
	door, err := s.Scanner(t.Context(), "door")
	if err != nil || !door.RemovedAt.Equal(at) {
		t.Errorf("the scanner was removed at %s, %v", door.RemovedAt, err)
	}
	worker, err := s.Person(t.Context(), "worker")
	if err != nil || len(worker.Roles) != 1 || worker.Roles[0].Role != models.Coordinator {
		t.Errorf("left are %v, %v", worker.Roles, err)
	}
	if last, err := s.Person(t.Context(), "only"); err != nil || len(last.Roles) != 1 {
		t.Errorf("the last national holds %v, %v", last.Roles, err)
	}
	rows, err := s.Takings(t.Context(), archived)
	if err != nil || len(rows) != 2 || rows[0].Subject == "" || rows[0].Organisation == "" {
		t.Errorf("the audit log says %+v, %v", rows, err)
	}
}

func TestAPhoneThatWasTakenBackLeavesTheOneBefore(t *testing.T) {
	t.Parallel()
	takes := func(minute int, what string, pass models.PassID) store.Taking {
		return store.Taking{At: archived.Add(time.Duration(minute) * time.Minute), What: what, Pass: pass}
	}
	for name, c := range map[string]struct {
		all  []store.Taking
		want []string
	}{
		"both after the backup":           {[]store.Taking{takes(1, "phone_replaced", "p"), takes(2, "replacement_undone", "p")}, nil},
		"a recovery too":                  {[]store.Taking{takes(1, "pass_recovered", "p"), takes(2, "replacement_undone", "p")}, nil},
		"the move before the backup":      {[]store.Taking{takes(-5, "phone_replaced", "p"), takes(2, "replacement_undone", "p")}, []string{"replacement_undone"}},
		"another pass":                    {[]store.Taking{takes(1, "phone_replaced", "q"), takes(2, "replacement_undone", "p")}, []string{"phone_replaced", "replacement_undone"}},
		"only the last of several moves":  {[]store.Taking{takes(1, "phone_replaced", "p"), takes(2, "pass_recovered", "p"), takes(3, "replacement_undone", "p")}, []string{"phone_replaced"}},
		"what is no move is in the order": {[]store.Taking{takes(1, "pass_suspended", "p"), takes(2, "pass_resumed", "p")}, []string{"pass_suspended", "pass_resumed"}},
	} {
		var got []string
		for _, t := range store.MissedBy(archived, c.all) {
			got = append(got, t.What)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestOnlyWhatABackupMayHaveMissedIsTakenAgain(t *testing.T) {
	t.Parallel()
	suspended := store.Taking{What: "pass_suspended", At: archived.Add(-time.Minute)}
	stopped := store.Taking{What: "phone_stopped", At: archived.Add(-time.Minute)}
	if !suspended.Since(archived) || stopped.Since(archived) {
		t.Fatal("what was written while the backup was made is taken again, but for phones that another may have replaced")
	}
	suspended.At, stopped.At = archived.Add(-time.Hour), archived.Add(time.Second)
	if suspended.Since(archived) || !stopped.Since(archived) {
		t.Fatal("what the backup has is not taken again, and what came later is")
	}
}

// Every two seconds the server asks for what was taken away: through the index of the actions, on both engines.
func TestTakingsAreFoundThroughAnIndex(t *testing.T) {
	t.Parallel()
	for name := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := opened(t, name)
			plan, err := e.Explain(t.Context(), "audit", store.Query{
				Where: []store.Condition{store.In("action", []string{"pass_erased", "pass_revoked"}), store.AtLeast("at", archived)},
			})
			if err != nil || plan.FullScan || !strings.Contains(plan.Text, "action_at") {
				t.Fatalf("%+v, %v", plan, err)
			}
		})
	}
}
