package main

import (
	"encoding/base64"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the pages that are made from code")

// environment is a process environment of a test's own.
func environment(pairs ...string) func(string) string {
	env := map[string]string{"KAIKU_MASTER_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32))}
	for i := 0; i+1 < len(pairs); i += 2 {
		env[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return env[name] }
}

func TestSettingsHaveGoodDefaults(t *testing.T) {
	t.Parallel()
	c, err := readConfig(environment())
	if err != nil {
		t.Fatal(err)
	}
	if c.Address != ":8080" || c.PublicURLs[0] != "http://localhost:8080" || c.Data != "data" || c.Backups != "data/backups" ||
		c.MetricsAddress != "127.0.0.1:9090" || c.PprofAddress != "" || c.Deadline != 10*time.Second || c.ClientIPHeader != "" {
		t.Fatalf("%+v", c)
	}
}

func TestEverySettingIsCheckedAtStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ setting, value, says string }{
		"no master key":          {"KAIKU_MASTER_KEY", "", "openssl rand -base64 32"},
		"half a master key":      {"KAIKU_MASTER_KEY", "AAAA", "32 bytes"},
		"no address":             {"KAIKU_ADDRESS", "8080", "is not an address"},
		"no origin":              {"KAIKU_PUBLIC_URLS", "kaikukortti.example", "is not an origin"},
		"an origin with a path":  {"KAIKU_PUBLIC_URLS", "https://a.example/app", "is not an origin"},
		"the second one wrong":   {"KAIKU_PUBLIC_URLS", "https://a.example,ftp://b.example", "is not an origin"},
		"a header with a colon":  {"KAIKU_CLIENT_IP_HEADER", "X-Real-IP:", "name of a header"},
		"public profiles":        {"KAIKU_PPROF_ADDRESS", ":6060", "loopback"},
		"profiles to a neighbor": {"KAIKU_PPROF_ADDRESS", "10.0.0.1:6060", "loopback"},
		"a level that is none":   {"KAIKU_LOG_LEVEL", "loud", "none of"},
		"no time at all":         {"KAIKU_DEADLINE", "0s", "is not a time"},
		"a time without a unit":  {"KAIKU_DEADLINE", "10", "is not a time"},
		"backups for ever":       {"KAIKU_BACKUP_DAYS", "100", "from 1 to 35"},
		"days and a half":        {"KAIKU_BACKUP_DAYS", "1.5", "from 1 to 35"},
		"no database's address":  {"MONGODB_URI", "localhost", "mongodb://"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := readConfig(environment(c.setting, c.value)); err == nil || !strings.Contains(err.Error(), c.setting+": ") ||
				!strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := readConfig(environment("KAIKU_ADDRESS", "x", "KAIKU_LOG_LEVEL", "x"))
	if err == nil || !strings.Contains(err.Error(), "KAIKU_ADDRESS") || !strings.Contains(err.Error(), "KAIKU_LOG_LEVEL") {
		t.Fatal(err)
	}
}

func TestSettingsArePrintedWithoutSecrets(t *testing.T) {
	t.Parallel()
	env := environment("MONGODB_URI", "mongodb://user:kissa@db.example/kaiku", "KAIKU_FCM_CREDENTIALS", "kissa", "KAIKU_ADDRESS", ":81")
	text := printed(env)
	if strings.Contains(text, "kissa") || strings.Contains(text, "AAAA") || !strings.Contains(text, ":81") {
		t.Fatal(text)
	}
	for _, s := range settings() {
		if !strings.Contains(text, s.name) {
			t.Errorf("%s is not printed", s.name)
		}
	}
}

func TestTheDatabaseOfMongoDBHasAName(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"mongodb://a:1,b:2/?replicaSet=rs": "kaikukortti", "mongodb://a": "kaikukortti", "mongodb://a/mine?w=1": "",
	} {
		if c, err := readConfig(environment("MONGODB_URI", uri)); err != nil || c.MongoDatabase != want {
			t.Errorf("%s: %q, %v, want %q", uri, c.MongoDatabase, err, want)
		}
	}
	if c, err := readConfig(environment("MONGODB_URI", "mongodb://a/mine", "MONGODB_DATABASE", "yours")); err != nil || c.MongoDatabase != "yours" {
		t.Errorf("%q, %v", c.MongoDatabase, err)
	}
}

func TestThePageOfSettingsIsTheTable(t *testing.T) {
	t.Parallel()
	const path = "../docs/settings.md"
	if *update {
		if err := os.WriteFile(path, []byte(settingsPage()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != settingsPage() {
		t.Fatal("docs/settings.md is not the table of server/config.go; go test ./server -run Settings -update writes it")
	}
}
