package client

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A SignedIn is what a computer keeps of a person who is signed in.
type SignedIn struct {
	Token   string         `json:"token,omitempty"`
	Until   time.Time      `json:"until"`
	Cookies []*http.Cookie `json:"cookies,omitempty"` // for the next token, and of a remembered computer
}

// A Person works: as a worker, manager, coordinator or in the national unit.
type Person struct {
	SignedIn
	server *Server
	clock  *Clock
}

// NewPerson is a person with what the computer kept.
func NewPerson(server *Server, clock *Clock, kept SignedIn) *Person {
	return &Person{SignedIn: kept, server: server, clock: clock}
}

// A Proof is what somebody shows to be a person.
type Proof struct {
	Email    string `json:"email,omitempty"`
	Password string `json:"password"`
	Code     string `json:"code,omitempty"` // of the authenticator, or a recovery code
	Remember bool   `json:"remember,omitempty"`
}

// SignIn begins a session.
func (p *Person) SignIn(ctx context.Context, proof Proof) error {
	return p.begin(ctx, "/v1/sign-in", proof)
}

// begin takes the tokens of a session that begins or goes on.
func (p *Person) begin(ctx context.Context, path string, body any) error {
	var answer accessToken
	cookies, err := p.server.do(ctx, call{method: http.MethodPost, path: path, body: body, cookies: p.Cookies}, &answer)
	if err != nil {
		return err
	}
	p.clock.correct(answer.Now)
	p.Token, p.Until = answer.Token, p.clock.Now().Add(time.Duration(answer.ExpiresIn)*time.Second-tokenSpare)
	p.keep(cookies)
	return nil
}

// keep puts new cookies in the place of those with the same name.
func (p *Person) keep(fresh []*http.Cookie) {
	byName := map[string]*http.Cookie{}
	for _, c := range append(p.Cookies, fresh...) {
		byName[c.Name] = &http.Cookie{Name: c.Name, Value: c.Value}
	}
	p.Cookies = nil
	for _, c := range byName {
		p.Cookies = append(p.Cookies, c)
	}
}

// ask asks in the person's name, with a new token where the last one is about to end.
func (p *Person) ask(ctx context.Context, c call, into any) error {
	if p.Token == "" {
		return errors.New("nobody is signed in on this computer")
	}
	if !p.clock.Now().Before(p.Until) {
		if err := p.begin(ctx, "/v1/session/refresh", nil); err != nil {
			return err
		}
	}
	c.token = p.Token
	_, err := p.server.do(ctx, c, into)
	return err
}

// SignOut ends the session.
func (p *Person) SignOut(ctx context.Context) error {
	_, err := p.server.do(ctx, call{method: http.MethodPost, path: "/v1/session/end", cookies: p.Cookies}, nil)
	if err == nil {
		p.SignedIn = SignedIn{}
	}
	return err
}

// A Role is what a person may do, and where.
type Role struct {
	Role         string `json:"role"`
	Organisation string `json:"organisation,omitempty"`
	Network      string `json:"network,omitempty"`
}

// Act goes on in another of the person's roles.
func (p *Person) Act(ctx context.Context, role Role) error {
	return p.begin(ctx, "/v1/session/role", role)
}

// An Invitation is a one-time link to a role.
type Invitation struct {
	Email string `json:"email"`
	Token string `json:"token"`
}

// Invite makes one-time links for people who are to hold a role.
func (p *Person) Invite(ctx context.Context, role Role, emails ...string) ([]Invitation, error) {
	type row struct {
		Role
		Email string `json:"email"`
	}
	rows := make([]row, len(emails))
	for i, e := range emails {
		rows[i] = row{role, e}
	}
	var answer struct {
		Invitations []Invitation `json:"invitations"`
	}
	body := map[string]any{"invitations": rows}
	err := p.ask(ctx, call{method: http.MethodPost, path: "/v1/invitations", key: NewRequestKey(), body: body}, &answer)
	return answer.Invitations, err
}

// Accept uses a link up, with a new password and an authenticator, whose secret it answers.
func (p *Person) Accept(ctx context.Context, token, name, password string) (secret string, err error) {
	var look struct {
		SecondFactor struct {
			Secret    string `json:"secret"`
			Enrolment string `json:"enrolment"`
		} `json:"second_factor"`
	}
	body := map[string]string{"token": token}
	if _, err := p.server.do(ctx, call{method: http.MethodPost, path: "/v1/invitations/look", body: body}, &look); err != nil {
		return "", err
	}
	code, err := OneTimeCode(look.SecondFactor.Secret, p.clock.Now())
	if err != nil {
		return "", err
	}
	return look.SecondFactor.Secret, p.begin(ctx, "/v1/invitations/accept", map[string]string{
		"token": token, "name": name, "language": "fi", "password": password, "enrolment": look.SecondFactor.Enrolment, "code": code,
	})
}

// OneTimeCode is what an authenticator shows for a secret (RFC 6238: SHA-1, 30 s, six digits).
func OneTimeCode(secret string, at time.Time) (string, error) {
	plain := strings.ToUpper(strings.ReplaceAll(secret, " ", ""))
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(plain, "="))
	if err != nil {
		return "", fmt.Errorf("read the authenticator's secret: %w", err)
	}
	mac := hmac.New(sha1.New, key)
	var step [8]byte
	binary.BigEndian.PutUint64(step[:], uint64(at.Unix()/30))
	mac.Write(step[:])
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[from:])&0x7fffffff%1_000_000), nil
}

func segment(id string) string { return url.PathEscape(id) }
