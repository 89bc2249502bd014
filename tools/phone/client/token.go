package client

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// How a key is proved to the server (RFC 7523 style).
const (
	deviceType  = "device+jwt"
	scannerType = "scanner+jwt"
	proofLife   = 60 * time.Second
	tokenSpare  = 30 * time.Second // a token is renewed so long before it ends
)

// A prover asks in the name of a key: it gets access tokens for it, and learns the server's clock.
type prover struct {
	server *Server
	key    Key
	typ    string
	clock  *Clock

	mu    sync.Mutex
	token string
	until time.Time
}

// ask asks with an access token. One that ended meanwhile is renewed once.
func (p *prover) ask(ctx context.Context, c call, into any) error {
	again := true
	for {
		token, err := p.access(ctx)
		if err != nil {
			return err
		}
		c.token = token
		_, err = p.server.do(ctx, c, into)
		if !again || !IsProblem(err, "token_expired", "token_invalid") {
			return err
		}
		again = false
		p.forget(token)
	}
}

// access is the token that holds now.
func (p *prover) access(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.token != "" && p.clock.Now().Before(p.until) {
		return p.token, nil
	}
	answer, err := p.prove(ctx)
	if IsProblem(err, "wrong_clock") {
		answer, err = p.prove(ctx) // prove has corrected the clock
	}
	if err != nil {
		return "", err
	}
	p.clock.correct(answer.Now)
	p.token, p.until = answer.Token, p.clock.Now().Add(time.Duration(answer.ExpiresIn)*time.Second-tokenSpare)
	return p.token, nil
}

func (p *prover) forget(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.token == token {
		p.token = ""
	}
}

// accessToken is what whoever proves something gets.
type accessToken struct {
	Token     string    `json:"access_token"`
	ExpiresIn int       `json:"expires_in"`
	Now       time.Time `json:"now"`
}

func (p *prover) prove(ctx context.Context) (accessToken, error) {
	var answer accessToken
	proof, err := p.sign()
	if err != nil {
		return answer, err
	}
	body := map[string]string{"assertion": proof}
	_, err = p.server.do(ctx, call{method: http.MethodPost, path: "/v1/token", body: body}, &answer)
	if wrong := problem(err); wrong != nil && wrong.Code == "wrong_clock" {
		p.clock.correct(wrong.Now)
	}
	return answer, err
}

// sign makes a proof of the key for this server, now, once.
func (p *prover) sign() (string, error) {
	now := p.clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.RegisteredClaims{
		Subject: p.key.Thumbprint(), Audience: jwt.ClaimStrings{p.server.origin}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(proofLife)),
	})
	token.Header["typ"] = p.typ
	proof, err := token.SignedString(p.key.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("prove a key: %w", err)
	}
	return proof, nil
}
