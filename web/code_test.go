package web_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// An app is the app's own code, running in node: web/test/crossing.program.ts answers what is asked of it.
type app struct {
	t   *testing.T
	in  *json.Encoder
	out *bufio.Reader
}

func startApp(t *testing.T) *app {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "There is no node here, so nobody compares the app's code with the server's.")
	}
	cmd := exec.CommandContext(t.Context(), node, bundled(t, "test/crossing.program.ts"))
	cmd.Stderr = os.Stderr
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = in.Close(), cmd.Wait()
	})
	return &app{t: t, in: json.NewEncoder(in), out: bufio.NewReader(out)}
}

// missing skips, but not where everything is promised to be there.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// bundled puts a program with all that it imports into one file. It needs no packages.
func bundled(t *testing.T, program string) string {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "program.mjs")
	made := api.Build(api.BuildOptions{
		AbsWorkingDir: root, EntryPoints: []string{program}, Outfile: file, Bundle: true, Write: true, Format: api.FormatESModule,
		Platform: api.PlatformNode, Target: api.ES2022, Sourcemap: api.SourceMapInline,
	})
	for _, e := range made.Errors {
		t.Fatalf("bundle %s: %s", program, e.Text)
	}
	return file
}

// ask sends one question and reads its answer.
func (a *app) ask(question string, about, answer any) {
	a.t.Helper()
	if err := a.in.Encode(map[string]any{"ask": question, "about": about}); err != nil {
		a.t.Fatalf("ask the app to %s: %v", question, err)
	}
	line, err := a.out.ReadBytes('\n')
	if err != nil {
		a.t.Fatalf("the app's answer to %s: %v", question, err)
	}
	if err := json.Unmarshal(line, answer); err != nil {
		a.t.Fatalf("the app's answer to %s, %q: %v", question, line, err)
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pointOf(t *testing.T, key *ecdsa.PublicKey) []byte {
	t.Helper()
	point, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return point
}

func newCTI(t *testing.T) (cti kp1.CTI) {
	t.Helper()
	if _, err := rand.Read(cti[:]); err != nil {
		t.Fatal(err)
	}
	return cti
}

// moments are a code's time at each of its lengths in CBOR.
var moments = []int64{1, 23, 24, 255, 256, 65535, 65536, 1795451400, 1 << 32, 1<<40 - 1}

const exp = 1798754400

func TestCodesThatTheAppSigns(t *testing.T) {
	t.Parallel()
	app, issuer := startApp(t), newKey(t)
	const phones = 50
	var keys []json.RawMessage
	app.ask("keys", map[string]int{"count": phones}, &keys)
	var credentials []string
	var said []kp1.Code
	for i, raw := range keys {
		point, _, err := models.ParseJWK(raw)
		if err != nil {
			t.Fatalf("the server would not take the app's key: %v", err)
		}
		codeKey, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
		if err != nil {
			t.Fatal(err)
		}
		c := kp1.Credential{Kind: kp1.KindPhone, Children: i % 16, CTI: newCTI(t), Exp: exp, CodeKey: codeKey, KID: kp1.KeyID(&issuer.PublicKey)}
		if i%5 == 0 {
			c.Kind, c.Children = kp1.KindCommunityPhone, 0
		}
		credential, err := kp1.SignCredential(issuer, c)
		if err != nil {
			t.Fatal(err)
		}
		credentials = append(credentials, base64.RawURLEncoding.EncodeToString(credential))
		said = append(said, kp1.Code{Credential: c, SignedAt: moments[i%len(moments)]})
	}
	about := struct {
		Credentials []string `json:"credentials"`
		SignedAt    []int64  `json:"signed_at"`
	}{Credentials: credentials}
	for _, c := range said {
		about.SignedAt = append(about.SignedAt, c.SignedAt)
	}
	var codes []string
	app.ask("sign", about, &codes)
	if len(codes) != phones {
		t.Fatalf("%d codes, want %d", len(codes), phones)
	}
	verifier := kp1.NewVerifier(func(kp1.KID) *ecdsa.PublicKey { return &issuer.PublicKey }, 0)
	for i, text := range codes {
		got, err := verifier.Verify(text)
		if err != nil {
			t.Errorf("code %d: %v", i, err)
			continue
		}
		want := said[i]
		if !got.CodeKey.Equal(want.CodeKey) {
			t.Errorf("code %d has another code key", i)
		}
		got.CodeKey, want.CodeKey = nil, nil
		if got != want {
			t.Errorf("code %d is read as %+v, want %+v", i, got, want)
		}
	}
}

// show makes the text that a phone or a paper with a credential shows.
func show(t *testing.T, issuer *ecdsa.PrivateKey, c kp1.Credential, signedAt int64) string {
	t.Helper()
	codeKey := newKey(t)
	if !c.Kind.Paper() {
		c.CodeKey = &codeKey.PublicKey
	}
	credential, err := kp1.SignCredential(issuer, c)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	if c.Kind.Paper() {
		text, err = kp1.PaperCode(credential)
	} else {
		text, err = kp1.SignCode(codeKey, credential, signedAt)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// verified is the app's answer to a code.
type verified struct {
	OK      bool   `json:"ok"`
	Refusal string `json:"refusal"`
	Code    struct {
		Kind      kp1.Kind `json:"kind"`
		Paper     bool     `json:"paper"`
		Community bool     `json:"community"`
		Children  int      `json:"children"`
		CTI       kp1.CTI  `json:"cti"`
		Exp       int64    `json:"exp"`
		SignedAt  int64    `json:"signedAt"`
		KID       kp1.KID  `json:"kid"`
	} `json:"code"`
}

func TestCodesThatTheServerSigns(t *testing.T) {
	t.Parallel()
	app, issuer, stranger := startApp(t), newKey(t), newKey(t)
	var codes []string
	var said []kp1.Code
	for _, kind := range []kp1.Kind{kp1.KindPhone, kp1.KindPaper, kp1.KindCommunityPhone, kp1.KindCommunityPaper} {
		for i, at := range moments {
			c := kp1.Code{Credential: kp1.Credential{Kind: kind, CTI: newCTI(t), Exp: at, KID: kp1.KeyID(&issuer.PublicKey)}}
			if !kind.Community() {
				c.Children = i
			}
			if !kind.Paper() {
				c.SignedAt = at
			}
			codes, said = append(codes, show(t, issuer, c.Credential, at)), append(said, c)
		}
	}
	codes = append(codes, show(t, stranger, kp1.Credential{Kind: kp1.KindPhone, Exp: exp}, 1))
	jwk := models.PublicJWK(pointOf(t, &issuer.PublicKey))
	var got struct {
		Known []struct {
			KID        kp1.KID `json:"kid"`
			Thumbprint string  `json:"thumbprint"`
		} `json:"known"`
		Verified []verified `json:"verified"`
	}
	app.ask("read", map[string]any{"issuers": []models.JWK{jwk}, "codes": codes}, &got)
	if k := got.Known[0]; k.KID != kp1.KeyID(&issuer.PublicKey) || k.Thumbprint != models.JWKThumbprint(pointOf(t, &issuer.PublicKey)) {
		t.Errorf("the issuer is called %s and %s", k.KID, k.Thumbprint)
	}
	for i, want := range said {
		g := got.Verified[i]
		if !g.OK {
			t.Errorf("%s of a %d: %s", codes[i], want.Kind, g.Refusal)
			continue
		}
		read := kp1.Code{Credential: kp1.Credential{
			Kind: g.Code.Kind, Children: g.Code.Children, CTI: g.Code.CTI, Exp: g.Code.Exp, KID: g.Code.KID,
		}, SignedAt: g.Code.SignedAt}
		if read != want || g.Code.Paper != want.Paper() || g.Code.Community != want.Kind.Community() {
			t.Errorf("read as %+v, want %+v", g.Code, want)
		}
	}
	if last := got.Verified[len(said)]; last.OK || last.Refusal != "unknown_issuer" {
		t.Errorf("a stranger's code: %+v", last)
	}
}
