package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"kaikukortti/models"
)

// Config is every setting of the server. It is read once, at start, from the environment.
type Config struct {
	Address        string
	PublicURLs     []string
	Data           string
	Backups        string
	MasterKey      models.Secret
	ClientIPHeader string
	MetricsAddress string
	PprofAddress   string
	LogLevel       slog.Level
	Deadline       time.Duration
	StopWait       time.Duration
	MongoURI       models.Secret
	MongoDatabase  string
	BackupKeptDays int
	FCM            models.Secret
}

// off is how an address is left out.
const off = "off"

// A setting is one line of the table of settings: how it is read, and what docs/settings.md says about it.
type setting struct {
	name   string
	usual  string // what it is when the environment has nothing
	says   string
	secret bool
	read   func(c *Config, value string) error
}

// settings is the one table.
func settings() []setting {
	return []setting{
		{name: "KAIKU_MASTER_KEY", secret: true, says: "The key from which every other one is derived: 32 random bytes in base64. Needed. " +
			"Make one with `openssl rand -base64 32`, keep a copy where backups are not: without it a backup cannot be used.", read: readMasterKey},
		{name: "KAIKU_ADDRESS", usual: ":8080", says: "Where the server listens.", read: address(func(c *Config) *string { return &c.Address }, false)},
		{name: "KAIKU_PUBLIC_URLS", usual: "http://localhost:8080", says: "The origins under which clients call the server, with commas between " +
			"them. Phones name one of them when they prove their key.", read: readPublicURLs},
		{name: "KAIKU_DATA", usual: "data", says: "The folder of the embedded database.", read: text(func(c *Config) *string { return &c.Data })},
		{name: "KAIKU_BACKUPS", says: "The folder of backups and of the log of erasures and revocations; `backups` in the data folder if it is " +
			"not set. Better a disk of its own.", read: text(func(c *Config) *string { return &c.Backups })},
		{name: "KAIKU_BACKUP_DAYS", usual: "35", says: "How many days backups are kept; privacy promises 35 at most.", read: readBackupDays},
		{name: "KAIKU_CLIENT_IP_HEADER", says: "The one header in which the proxy in front says where a request came from, such as " +
			"`Fly-Client-IP`. Without it the socket is asked. No other header is ever believed.", read: readHeader},
		{
			name: "KAIKU_METRICS_ADDRESS", usual: "127.0.0.1:9090", says: "Where Prometheus reads `/metrics`, or `off`. Never a public address.",
			read: address(func(c *Config) *string { return &c.MetricsAddress }, true),
		},
		{name: "KAIKU_PPROF_ADDRESS", usual: off, says: "Where profiles are served, or `off`. Loopback only.", read: readPprof},
		{name: "KAIKU_LOG_LEVEL", usual: "info", says: "`debug`, `info`, `warn` or `error`.", read: readLevel},
		{
			name: "KAIKU_DEADLINE", usual: "10s", says: "How long a request may take.",
			read: duration(func(c *Config) *time.Duration { return &c.Deadline }, 100*time.Millisecond, time.Minute),
		},
		{
			name: "KAIKU_STOP_WAIT", usual: "20s", says: "How long a stop waits for requests that were begun.",
			read: duration(func(c *Config) *time.Duration { return &c.StopWait }, time.Second, 5*time.Minute),
		},
		{
			name: "MONGODB_URI", secret: true, says: "The address of a MongoDB replica set (one member is enough). Without it the embedded database is used. Let its members end transactions early, with `setParameter: {transactionLifetimeLimitSeconds: 15}`: what a server had open that was killed keeps others waiting that long, a minute by default.",
			read: readMongoURI,
		},
		{name: "MONGODB_DATABASE", says: "The name of the database there; the one that the address names, or `kaikukortti`.", read: text(func(c *Config) *string { return &c.MongoDatabase })},
		{name: "KAIKU_FCM_CREDENTIALS", secret: true, says: "The content of a service account's JSON file for Firebase Cloud Messaging. Without " +
			"it holders have their inbox and no nudges.", read: func(c *Config, value string) error { c.FCM = models.Secret(value); return nil }},
	}
}

// readConfig reads every setting, and says all that is wrong with them at once.
func readConfig(env func(string) string) (Config, error) {
	var c Config
	var wrong []error
	for _, s := range settings() {
		value := env(s.name)
		if value == "" {
			value = s.usual
		}
		if err := s.read(&c, value); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	if c.MongoDatabase == "" && databaseOf(string(c.MongoURI)) == "" {
		c.MongoDatabase = "kaikukortti"
	}
	if c.Backups == "" {
		c.Backups = filepath.Join(c.Data, "backups")
	}
	return c, errors.Join(wrong...)
}

func readMasterKey(c *Config, value string) error {
	if value == "" {
		return errors.New("it is not set; make one with `openssl rand -base64 32` and keep it safe: what is stored cannot be read without it")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	if err != nil || len(key) != models.MasterKeySize {
		return fmt.Errorf("it is not %d bytes in base64; make one with `openssl rand -base64 32`", models.MasterKeySize)
	}
	c.MasterKey = key
	return nil
}

func readPublicURLs(c *Config, value string) error {
	for raw := range strings.SplitSeq(value, ",") {
		raw = strings.TrimSuffix(strings.TrimSpace(raw), "/")
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
			return fmt.Errorf("%q is not an origin such as https://kaikukortti.example", raw)
		}
		c.PublicURLs = append(c.PublicURLs, raw)
	}
	return nil
}

func readHeader(c *Config, value string) error {
	if strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("%q is not the name of a header", value)
	}
	c.ClientIPHeader = value
	return nil
}

func readPprof(c *Config, value string) error {
	if err := address(func(c *Config) *string { return &c.PprofAddress }, true)(c, value); err != nil || value == off {
		return err
	}
	host, _, err := net.SplitHostPort(value)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("profiles show memory; they are served on a loopback address only, such as 127.0.0.1:6060")
	}
	return nil
}

func readLevel(c *Config, value string) error {
	if err := c.LogLevel.UnmarshalText([]byte(value)); err != nil {
		return fmt.Errorf("%q is none of debug, info, warn, error", value)
	}
	return nil
}

func readMongoURI(c *Config, value string) error {
	if value != "" && !strings.HasPrefix(value, "mongodb://") && !strings.HasPrefix(value, "mongodb+srv://") {
		return errors.New("it does not begin with mongodb:// or mongodb+srv://")
	}
	c.MongoURI = models.Secret(value)
	return nil
}

func readBackupDays(c *Config, value string) error {
	if _, err := fmt.Sscanf(value+"\n", "%d\n", &c.BackupKeptDays); err != nil || c.BackupKeptDays < 1 || c.BackupKeptDays > 35 {
		return fmt.Errorf("%q is not a number of days from 1 to 35", value)
	}
	return nil
}

func text(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, value string) error {
		*field(c) = value
		return nil
	}
}

func address(field func(*Config) *string, optional bool) func(*Config, string) error {
	return func(c *Config, value string) error {
		if optional && value == off {
			*field(c) = ""
			return nil
		}
		if _, _, err := net.SplitHostPort(value); err != nil {
			return fmt.Errorf("%q is not an address such as :8080 or 127.0.0.1:8080", value)
		}
		*field(c) = value
		return nil
	}
}

func duration(field func(*Config) *time.Duration, least, most time.Duration) func(*Config, string) error {
	return func(c *Config, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < least || d > most {
			return fmt.Errorf("%q is not a time from %s to %s, such as 10s", value, least, most)
		}
		*field(c) = d
		return nil
	}
}

// printed is the settings as they stand, one a line, secrets redacted.
func printed(env func(string) string) string {
	var b strings.Builder
	for _, s := range settings() {
		value, from := env(s.name), "environment"
		if value == "" {
			value, from = s.usual, "default"
		}
		switch {
		case value == "":
			value, from = "(not set)", ""
		case s.secret:
			value = "(secret)"
		}
		fmt.Fprintf(&b, "%-24s %-40s %s\n", s.name, value, from)
	}
	return b.String()
}

// settingsPage is docs/settings.md.
func settingsPage() string {
	var b strings.Builder
	b.WriteString("# Settings\n\n" +
		"Everything that can be set, by environment. All of it is checked at start; `kaikukortti serve --print-config` shows how it stands.\n" +
		"This page is made from the table in `server/config.go` and held to it by a test.\n\n" +
		"| setting | default | what it is |\n|---|---|---|\n")
	for _, s := range settings() {
		usual := "—"
		if s.usual != "" {
			usual = "`" + s.usual + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.name, usual, s.says)
	}
	return b.String()
}
