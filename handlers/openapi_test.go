package handlers

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"kaikukortti/models"
)

// spec is docs/api/openapi.yaml.
type spec struct {
	t    *testing.T
	root object
}

func readSpec(t *testing.T) *spec {
	t.Helper()
	b, err := os.ReadFile("../docs/api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := &spec{t: t}
	if err := yaml.Unmarshal(b, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

// within walks down from an object; what is not there is nil.
func within(at any, names ...string) any {
	for _, n := range names {
		o, _ := at.(object)
		at = o[n]
	}
	return at
}

// find follows a reference, if it is one.
func (s *spec) find(at any) object {
	s.t.Helper()
	o, _ := at.(object)
	name, isRef := o["$ref"].(string)
	if !isRef {
		return o
	}
	found, _ := within(s.root, strings.Split(strings.TrimPrefix(name, "#/"), "/")...).(object)
	if found == nil {
		s.t.Fatalf("%s leads nowhere", name)
	}
	return found
}

// operations are those of the paths, named as the routes are.
func (s *spec) operations() map[string]object {
	all := map[string]object{}
	paths, _ := s.root["paths"].(object)
	for path, methods := range paths {
		m, _ := methods.(object)
		for method, op := range m {
			if method != "parameters" {
				all[strings.ToUpper(method)+" "+routePath(path)], _ = op.(object)
			}
		}
	}
	return all
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

func routePath(path string) string { return inBraces.ReplaceAllString(path, ":$1") }

// security is who may ask, by the names of roles.
func security(op object) []string {
	var names []string
	all, _ := op["security"].([]any)
	for _, one := range all {
		o, _ := one.(object)
		names = append(names, slices.Collect(maps.Keys(o))...)
	}
	slices.Sort(names)
	return names
}

// rolesOf are the same of a route. The cookie of a session is no role: its routes let in nobody in particular.
func rolesOf(r *route) []string {
	var names []string
	for _, role := range []models.Role{
		models.HolderRole, models.ScannerRole, models.WorkerRole, models.ManagerRole, models.Coordinator, models.National,
	} {
		if allowed(r.roles, role) {
			names = append(names, string(role))
		}
	}
	slices.Sort(names)
	return names
}

func TestTheSpecificationHasTheRoutesAndTheirRolesAndNothingElse(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	if s.root["openapi"] != "3.1.0" {
		t.Errorf("it is of version %v", s.root["openapi"])
	}
	ops := s.operations()
	for _, r := range apiRoutes(t) {
		name := r.method + " " + r.path
		op := ops[name]
		delete(ops, name)
		if op == nil {
			t.Errorf("%s is not in it", name)
			continue
		}
		want := security(op)
		if slices.Equal(want, []string{"session"}) {
			want = nil
		}
		if got := rolesOf(&r); !slices.Equal(got, want) {
			t.Errorf("%s is for %v, and it says %v", name, got, want)
		}
		if op["security"] == nil || op["summary"] == nil || within(op, "responses", "default") == nil {
			t.Errorf("%s lacks its security, its summary or its problems", name)
		}
	}
	for name := range ops {
		t.Errorf("%s is in it and no route", name)
	}
}

func TestTheSpecificationRefersToWhatItHas(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	used := map[string]bool{}
	var walk func(any)
	walk = func(at any) {
		switch at := at.(type) {
		case object:
			if name, isRef := at["$ref"].(string); isRef {
				used[name] = true
				s.find(at)
			}
			for _, v := range at {
				walk(v)
			}
		case []any:
			for _, v := range at {
				walk(v)
			}
		}
	}
	walk(s.root)
	schemas, _ := within(s.root, "components", "schemas").(object)
	for name := range schemas {
		if !used["#/components/schemas/"+name] {
			t.Errorf("nothing refers to %s", name)
		}
	}
}

// wrong says how a value does not fit a schema. Names that the schema does not have are wrong, unless it says that there may be more.
func (s *spec) wrong(schema any, value any, at string) []string {
	sch := s.find(schema)
	if all, isEnum := sch["enum"].([]any); isEnum {
		if !slices.Contains(all, value) {
			return []string{fmt.Sprintf("%s is %v, none of %v", at, value, all)}
		}
		return nil
	}
	switch v := value.(type) {
	case object:
		return s.wrongObject(sch, v, at)
	case []any:
		var found []string
		if sch["type"] != "array" {
			return []string{at + " is a list"}
		}
		for _, item := range v {
			found = append(found, s.wrong(sch["items"], item, at+"[]")...)
		}
		return found
	case string:
		return wrongString(sch, v, at)
	case float64:
		if sch["type"] != "integer" || v != float64(int64(v)) {
			return []string{at + " is a number"}
		}
	case bool:
		if sch["type"] != "boolean" {
			return []string{at + " is true or false"}
		}
	default:
		return []string{fmt.Sprintf("%s is %v", at, value)}
	}
	return nil
}

func (s *spec) wrongObject(sch, v object, at string) []string {
	if sch["type"] != "object" {
		return []string{at + " is an object"}
	}
	var found []string
	properties, _ := sch["properties"].(object)
	required, _ := sch["required"].([]any)
	for _, name := range required {
		if _, there := v[fmt.Sprint(name)]; !there {
			found = append(found, fmt.Sprintf("%s.%s is missing", at, name))
		}
	}
	for name, value := range v {
		property, more := properties[name], sch["additionalProperties"]
		switch {
		case property != nil:
			found = append(found, s.wrong(property, value, at+"."+name)...)
		case more == nil:
			found = append(found, at+"."+name+" is not in it")
		case more != true:
			found = append(found, s.wrong(more, value, at+"."+name)...)
		}
	}
	return found
}

func wrongString(sch object, v, at string) []string {
	pattern, _ := sch["pattern"].(string)
	_, notDay := time.Parse("2006-01-02", v)
	_, notTime := time.Parse(time.RFC3339, v)
	switch {
	case sch["type"] != "string":
		return []string{at + " is a text"}
	case pattern != "" && !regexp.MustCompile(pattern).MatchString(v):
		return []string{fmt.Sprintf("%s is %q, not as %s", at, v, pattern)}
	case sch["format"] == "date" && notDay != nil, sch["format"] == "date-time" && notTime != nil:
		return []string{fmt.Sprintf("%s is %q, no %v", at, v, sch["format"])}
	}
	return nil
}

// answerOf is the schema of an answer with a status; nil where there is no body.
func (s *spec) answerOf(i *input, op object, status int) any {
	if i != nil && op["x-actions"] != nil {
		return within(op, "x-actions", i.target()[strings.LastIndex(i.target(), "/")+1:], "answer")
	}
	response := within(op, "responses", strconv.Itoa(status))
	if status/100 != 2 {
		response = s.find(within(op, "responses", "default"))
	}
	content, _ := within(response, "content").(object)
	for _, c := range content {
		return within(c, "schema")
	}
	return nil
}

// Each route is asked as it should be, and what comes back is as the specification says.
func TestAnswersAreAsTheSpecificationSays(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	c := newCast(t)
	c.wire(plentiful())
	c.clock.forward(time.Minute)
	inputs := c.inputs()
	seen := map[string]bool{}
	for n := range inputs {
		i := &inputs[n]
		a := c.send(i, i.target(), i.body)
		seen[i.route] = seen[i.route] || a.status/100 == 2
		if got := s.fits(i, a); got != "" {
			t.Errorf("%s answers %d %s: %s", i.route, a.status, a.raw, got)
		}
	}
	for _, r := range apiRoutes(t) {
		if name := r.method + " " + r.path; !seen[name] && !slices.Contains(seldom, name) {
			t.Errorf("%s was never answered well", name)
		}
	}
}

// seldom are routes that need more than one request to be answered well; their own tests ask them.
var seldom = []string{
	"POST /v1/conflicts/:id/seen", "DELETE /v1/passes/:id/reservations/:reservation", "DELETE /v1/reservations/:id", "DELETE /v1/invitations/:id",
	"POST /v1/me-at-work/password", "POST /v1/me-at-work/recovery-codes", "PUT /v1/me-at-work/second-factor", "DELETE /v1/me-at-work/computers/:id",
}

func (s *spec) fits(i *input, a answer) string {
	op := s.operations()[i.route]
	var value any
	if strings.Contains(a.header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(a.raw, &value); err != nil {
			return err.Error()
		}
	} else if len(a.raw) > 0 {
		value = string(a.raw)
	}
	schema := s.answerOf(i, op, a.status)
	if a.status/100 != 2 {
		schema = s.answerOf(nil, op, a.status)
	}
	if (schema == nil) != (value == nil) {
		return "there is a body, or none, against what it says"
	}
	if value == nil {
		return ""
	}
	return strings.Join(s.wrong(schema, value, "it"), "; ")
}

// Each body has the names that the specification says, and no others: the server tells which it knows.
func TestBodiesHaveTheNamesOfTheSpecification(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	c := newCast(t)
	c.wire(plentiful())
	inputs := c.inputs()
	for n := range inputs {
		i := &inputs[n]
		op := s.operations()[i.route]
		schema := within(op, "requestBody", "content", "application/json", "schema")
		if op["x-actions"] != nil {
			schema = within(op, "x-actions", i.target()[strings.LastIndex(i.target(), "/")+1:], "request")
		}
		if schema == nil {
			if i.body != nil {
				t.Errorf("%s takes a body", i.route)
			}
			continue
		}
		c.names(s, i, schema, func(o object) object { return o }, "")
	}
	pass := string(c.issue(c.worker))
	for action := range passActions {
		i := &input{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + pass + "/" + action, token: c.worker.token}
		c.names(s, i, within(s.operations()[i.route], "x-actions", action, "request"), func(o object) object { return o }, "")
	}
}

const noSuchName = "nobody_has_this"

// names compares what a route knows in an object with what the specification says, there and in the objects within.
func (c *cast) names(s *spec, i *input, schema any, put func(object) object, at string) {
	c.t.Helper()
	sch := s.find(schema)
	properties, _ := sch["properties"].(object)
	if sch["additionalProperties"] != nil || properties == nil && at != "" || within(schema, "$ref") == "#/components/schemas/Text" {
		return
	}
	a := c.send(i, i.target(), put(object{noSuchName: 1}))
	var known []string
	all, _ := a.doc["known"].([]any)
	for _, name := range all {
		known = append(known, fmt.Sprint(name))
	}
	want := slices.Sorted(maps.Keys(properties))
	if a.code() != "unknown_field" || !slices.Equal(known, want) {
		c.t.Errorf("%s%s knows %v (%d %s), and the specification %v", i.route, at, known, a.status, a.code(), want)
	}
	for name, property := range properties {
		inner := s.find(property)
		if inner["type"] == "array" {
			inner = s.find(inner["items"])
			if inner["type"] == "object" {
				c.names(s, i, inner, func(o object) object { return put(object{name: []any{o}}) }, at+"."+name+"[]")
			}
			continue
		}
		if inner["type"] == "object" {
			c.names(s, i, property, func(o object) object { return put(object{name: o}) }, at+"."+name)
		}
	}
}

// Who leaves the key out is told so where the specification wants one, and nowhere else.
func TestIdempotencyKeysAreWantedWhereTheSpecificationSays(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	c := newCast(t)
	c.wire(plentiful())
	inputs := c.inputs()
	for n := range inputs {
		i := &inputs[n]
		parameters, _ := s.operations()[i.route]["parameters"].([]any)
		wanted := slices.ContainsFunc(parameters, func(p any) bool { return within(p, "$ref") == "#/components/parameters/IdempotencyKey" })
		a := c.send(i, i.target(), i.body, "Idempotency-Key", "")
		if got := a.code() == "idempotency_key_missing"; got != wanted {
			t.Errorf("%s wants an Idempotency-Key: %v; the specification says %v (%d %s)", i.route, got, wanted, a.status, a.raw)
		}
	}
}

// The schemas of answers have the names of the program's structs; what may be left out is not required.
func TestSchemasOfAnswersAreTheStructs(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	schemas, _ := within(s.root, "components", "schemas").(object)
	for name, view := range map[string]any{
		"PassOfWorker": passView{}, "Carrier": carrierView{}, "ActivationCode": activationView{}, "PassList": passList{}, "PassAnswer": passAnswer{},
		"CodeAnswer": codeAnswer{}, "PaperAnswer": paperAnswer{}, "SheetAnswer": sheetAnswer{}, "PassOfHolder": holderView{}, "Stored": storedView{},
		"StoredCarrier": storedCarrier{}, "Credential": credentialView{}, "Activated": activatedView{}, "Keys": jwks{}, "Key": models.JWK{},
		"Notice": noticeView{}, "Notices": noticesView{}, "Offer": offerView{}, "OfferList": offerList{}, "Session": sessionView{},
		"Counts": countsView{}, "Meeting": meeting{}, "Organisation": organisationView{}, "OrganisationList": organisationList{},
		"Network": networkView{}, "NetworkList": networkList{}, "Reservation": reservationView{}, "ReservationList": reservationList{},
		"Scanner": scannerView{}, "ScannerList": scannerList{}, "Enrolled": enrolledView{}, "VenueName": venueView{}, "Decision": decisionView{},
		"UploadAnswers": uploadAnswers{}, "UploadAnswer": uploadAnswer{}, "Conflict": conflictView{}, "ConflictList": conflictList{},
		"Invitation": invitedView{}, "InvitationList": invitationsView{}, "Colleague": colleagueView{}, "AtWork": atWorkView{},
		"HeldRole": heldView{}, "Computer": computerView{}, "RecoveryCodes": recoveryCodesView{}, "AuditRow": auditView{}, "SignedIn": signedInView{},
		"Look": lookView{}, "Enrolment": enrolmentView{}, "Token": accessToken{}, "Role": roleView{}, "Party": models.Party{}, "Rules": models.Rules{},
		"DatedRules": models.DatedRules{}, "Municipality": models.Municipality{}, "Span": models.Span{}, "StateSpan": models.StateSpan{},
		"OtherPlace": models.OtherPlace{}, "LimitState": models.LimitState{}, "Limit": models.Limit{}, "Today": todayView{},
		"TodaySession": todaySessionView{}, "TodayStanding": todayStandingView{}, "Request": requestView{},
	} {
		schema, _ := schemas[name].(object)
		properties, _ := schema["properties"].(object)
		if got, want := slices.Sorted(maps.Keys(properties)), slices.Sorted(maps.Keys(fieldsOf(reflect.TypeOf(view)))); !slices.Equal(got, want) {
			t.Errorf("%s has %v, and the program %v", name, got, want)
		}
		if name == "Request" { // what it has of a pass comes and goes together
			continue
		}
		var required []string
		all, _ := schema["required"].([]any)
		for _, r := range all {
			required = append(required, fmt.Sprint(r))
		}
		slices.Sort(required)
		if want := alwaysThere(reflect.TypeOf(view)); !slices.Equal(required, want) {
			t.Errorf("%s requires %v, and the program always sends %v", name, required, want)
		}
	}
}

// alwaysThere are the names of fields that JSON never leaves out.
func alwaysThere(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "" && name != "-" && !strings.Contains(options, "omit") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// The closed lists of the specification are the program's.
func TestEnumerationsAreTheProgramsOwn(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	for name, want := range map[string][]string{
		"Reason": words(models.Reasons()), "Mark": words(models.Marks()), "ChangeReason": words(models.ReasonsForChange()),
	} {
		var got []string
		all, _ := within(s.root, "components", "schemas", name, "enum").([]any)
		for _, v := range all {
			got = append(got, fmt.Sprint(v))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is %v, and the program has %v", name, got, want)
		}
	}
	var filters []string
	parameters, _ := s.operations()["GET /v1/passes"]["parameters"].([]any)
	for _, p := range parameters {
		filters = append(filters, fmt.Sprint(within(p, "name")))
	}
	slices.Sort(filters)
	if want := slices.Sorted(maps.Keys(passFilters)); !slices.Equal(filters, want) {
		t.Errorf("the filters of passes are %v, and the program has %v", filters, want)
	}
	var actions []string
	has, _ := s.operations()["POST /v1/passes/:id/:action"]["x-actions"].(object)
	actions = slices.Sorted(maps.Keys(has))
	if want := slices.Sorted(maps.Keys(passActions)); !slices.Equal(actions, want) {
		t.Errorf("the actions are %v, and the program has %v", actions, want)
	}
}

func words[T ~string](all []T) []string {
	texts := make([]string, len(all))
	for i, w := range all {
		texts[i] = string(w)
	}
	return texts
}
