package accounts

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"kaikukortti/models"

	"golang.org/x/crypto/argon2"
)

// A HashCost is what it takes to hash a password with argon2id: memory in KiB, and how often it is gone through.
type HashCost struct{ Memory, Passes uint32 }

// DefaultHashCost is what OWASP's password storage cheat sheet gives for little memory: 19 MiB.
var DefaultHashCost = HashCost{Memory: 19 << 10, Passes: 2}

func (c HashCost) phc() phc { return phc{memory: c.Memory, passes: c.Passes, threads: 1} }

const (
	argonSalt = 16
	argonKey  = 32
)

// At most four hashes are made at once, so that no flood of sign-ins takes the memory of the doors; the fourth place is kept for
// those whom we know already, by a remembered computer, a session or a link.
const (
	hashesAtOnce    = 4
	strangersAtOnce = 3
)

// hasher makes and compares password hashes. Who finds no place waits as long as the request may take.
type hasher struct {
	places    chan struct{}
	strangers chan struct{}
	cost      HashCost
	random    io.Reader
}

func newHasher(cost HashCost, random io.Reader) *hasher {
	return &hasher{
		places: make(chan struct{}, hashesAtOnce), strangers: make(chan struct{}, strangersAtOnce), cost: cost, random: random,
	}
}

// within runs work, which hashes, when there is a place for it.
func (h *hasher) within(ctx context.Context, known bool, work func() error) error {
	queues := []chan struct{}{h.strangers, h.places}
	if known {
		queues = queues[1:]
	}
	for _, queue := range queues {
		select {
		case queue <- struct{}{}:
			defer func() { <-queue }()
		case <-ctx.Done():
			return &models.Error{Kind: models.Unavailable, Code: "busy", Detail: "Too many people sign in at this moment.", RetryAfter: 5}
		}
	}
	return work()
}

// phc is a stored password hash: "$argon2id$v=19$m=19456,t=2,p=1$salt$key", base64 without padding.
type phc struct {
	memory    uint32 // KiB
	passes    uint32
	threads   uint8
	salt, key []byte
}

func (p phc) String() string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.threads, text(p.salt), text(p.key))
}

var errPHC = errors.New("a stored password hash is not argon2id in PHC form")

func parsePHC(s string) (phc, error) {
	var p phc
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return phc{}, errPHC
	}
	var err, err2 error
	p.salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil || p.passes == 0 || p.threads == 0 || p.memory > 1<<20 || len(p.key) == 0 || p.String() != s {
		return phc{}, errPHC
	}
	return p, nil
}

// hash hashes a new password, of somebody whom we know.
func (h *hasher) hash(ctx context.Context, password models.Secret) (string, error) {
	p := h.cost.phc()
	p.salt = make([]byte, argonSalt)
	if _, err := io.ReadFull(h.random, p.salt); err != nil {
		return "", fmt.Errorf("salt a password: %w", err)
	}
	err := h.within(ctx, true, func() error {
		p.key = p.derive(password, argonKey)
		return nil
	})
	return p.String(), err
}

func (p phc) derive(password models.Secret, length int) []byte {
	return argon2.IDKey(password, p.salt, p.passes, p.memory, p.threads, uint32(length))
}

// fits says, within a place, whether a password is the one of a stored hash. Where there is none, as for somebody unknown, the
// answer is no, and takes as long.
func (h *hasher) fits(password models.Secret, stored string) (bool, error) {
	p, err := h.cost.phc(), error(nil)
	p.salt, p.key = make([]byte, argonSalt), make([]byte, argonKey)
	if stored != "" {
		p, err = parsePHC(stored)
	}
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(p.derive(password, len(p.key)), p.key) == 1
	return same && stored != "", nil
}

// The lengths of a password, in characters. There are no rules on its composition (NIST SP 800-63B).
const (
	shortestPassword = 12
	longestPassword  = 256
)

// commonest are the passwords that guessers try first among those that are long enough, in lower case.
var commonest = []string{
	"000000000000", "111111111111", "121212121212", "123123123123", "123412341234", "123456123456", "1234567890123", "123456654321",
	"1234567890ab", "123456789012", "123456789abc", "12345678910", "1234567891011", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc",
	"1qaz2wsx3edc4rfv", "987654321098", "aaaaaaaaaaaa", "abc123abc123", "abcd1234abcd", "abcdefghijkl", "abcdefghijklm",
	"administrator", "administrator1", "asdfasdfasdf", "asdfghjkl123", "asdfghjklöä", "changeme1234", "computer1234", "football1234",
	"helsinki1234", "iloveyou1234", "jyväskylä123", "kaikukortti", "kaikukortti1", "kaikukortti12", "kaikukortti123", "kaikukortti1234",
	"kaikukortti2025", "kaikukortti2026", "kesäkesä2025", "kesäkesä2026", "kissakissa12", "letmeinletmein", "lösenord1234", "lösenordet12",
	"minunsalasana", "monkeymonkey", "password12345", "password1234", "password123!", "passwordpassword", "perkele12345", "perkeleperkele",
	"qazwsxedcrfv", "qwerty123456", "qwertyqwerty", "qwertyuiop12", "qwertyuiop123", "qwertyuiopå", "qwertyuiopasdf", "salainen1234",
	"salasana1234", "salasana12345", "salasana123!", "salasana2025", "salasana2026", "salasanasalasana", "sommaren2025", "sommaren2026",
	"suomi1234567", "suomisuomi12", "talvitalvi12", "tervetuloa12", "tervetuloa123", "tervetuloa2025", "tervetuloa2026", "tunnussana12",
	"valkommen123", "välkommen123", "welcome12345", "welcomewelcome", "zxcvbnm12345",
}

// parsePassword asks whether somebody may choose a password.
func parsePassword(field string, password models.Secret, email string) error {
	length := utf8.RuneCount(password)
	switch {
	case !utf8.Valid(password), length < shortestPassword:
		return weakPassword(field, fmt.Sprintf("A password has at least %d characters.", shortestPassword))
	case length > longestPassword:
		return weakPassword(field, fmt.Sprintf("A password has at most %d characters.", longestPassword))
	}
	folded := strings.ToLower(string(password))
	if slices.Contains(commonest, folded) || folded == email {
		return weakPassword(field, "This password is among the first that are guessed.")
	}
	return nil
}

func weakPassword(field, detail string) error {
	return &models.Error{Kind: models.Unprocessable, Code: "weak_password", Field: field, Detail: detail}
}
