package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// appPolicy lets the app's own scripts, styles and camera pictures be used, WebAssembly be compiled, and nothing come from elsewhere.
const appPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// appPermissions leaves the app the camera and the screen's wake lock, and takes everything else that it has no use for.
const appPermissions = "camera=(self), screen-wake-lock=(self), clipboard-write=(self), microphone=(), geolocation=(), payment=(), usb=()"

// Where the app's pages are, by role. What is below a path that ends in * is the page's own to read.
var appPages = map[string][]string{
	"holder": {"/", "/activate", "/my/*"},
	"scan":   {"/scan", "/scan/*"},
	"desk":   {"/desk", "/desk/*"},
	"office": {"/office", "/office/*", "/invitation"},
}

// An app is the files that browsers load.
type app struct{ files fs.FS }

// appRoutes are where the app is served. Anybody may load it: it is the same for all, and knows nothing.
func appRoutes(files fs.FS) []route {
	a := app{files}
	nobody := roles(models.Nobody)
	all := []route{
		get("/assets/:name", nobody, a.asset),
		get("/sw.js", nobody, a.file("sw.js")),
		get("/icon.svg", nobody, a.file("icon.svg")),
		get("/icon-:size.png", nobody, a.icon),
		get("/:role.webmanifest", nobody, a.manifest),
		get("/:role.html", nobody, a.roleFile),
	}
	for _, role := range []string{"holder", "scan", "desk", "office"} {
		for _, at := range appPages[role] {
			all = append(all, get(at, nobody, a.page(role)))
		}
	}
	return all
}

// page serves a role's page. Its name never changes, so that it is asked for each time.
func (a app) page(role string) fiber.Handler {
	return func(c *fiber.Ctx) error { return a.sendPage(c, role) }
}

// sendPage answers with the page that asks for the words of the browser's language at once. The app itself chooses the language, and
// may know of another wish.
func (a app) sendPage(c *fiber.Ctx, role string) error {
	name := role + ".html"
	if language := c.AcceptsLanguages("fi", "sv", "en"); language == "sv" || language == "en" {
		name = role + "." + language + ".html"
	}
	err := a.send(c, name)
	c.Append(fiber.HeaderVary, fiber.HeaderAcceptLanguage)
	return err
}

func (a app) file(name string) fiber.Handler {
	return func(c *fiber.Ctx) error { return a.send(c, name) }
}

func (a app) roleFile(c *fiber.Ctx) error { return a.sendPage(c, c.Params("role")) }

func (a app) icon(c *fiber.Ctx) error { return a.send(c, "icon-"+c.Params("size")+".png") }

// asset serves what has its hash in its name: it can be kept for ever.
func (a app) asset(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return a.send(c, "assets/"+c.Params("name"))
}

// send answers with a file, compressed as the client takes it.
func (a app) send(c *fiber.Ctx, name string) error {
	content, encoding, err := a.read(c, name)
	if err != nil {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return err
	}
	if c.GetRespHeader(fiber.HeaderCacheControl) == "no-store" {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	c.Set(fiber.HeaderContentSecurityPolicy, appPolicy)
	c.Set("Permissions-Policy", appPermissions)
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set(fiber.HeaderContentType, typeOf(name))
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	return c.Send(content)
}

// read finds the smallest form of a file that the client takes.
func (a app) read(c *fiber.Ctx, name string) (content []byte, encoding string, err error) {
	if a.files == nil || !fs.ValidPath(name) || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		return nil, "", errNoRoute
	}
	for _, form := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}} {
		if form.encoding != "" && !takes(c.Get(fiber.HeaderAcceptEncoding), form.encoding) {
			continue
		}
		content, err = fs.ReadFile(a.files, name+form.suffix)
		if err == nil {
			return content, form.encoding, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, "", fmt.Errorf("read the app: %w", err)
		}
	}
	return nil, "", errNoRoute
}

// takes reads Accept-Encoding as browsers write it (RFC 9110 §12.5.3).
func takes(accepted, encoding string) bool {
	for one := range strings.SplitSeq(accepted, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q := strings.ReplaceAll(quality, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

func typeOf(name string) string {
	switch path.Ext(name) {
	case ".webmanifest":
		return "application/manifest+json"
	case ".wasm":
		return "application/wasm"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

var tenDigits = regexp.MustCompile(`^[0-4][0-9]{9}$`)

// manifest serves what an installed app is called and where it starts. With a code in the query it starts there, so that the app
// that is installed from an activation link opens with the code filled in. The code is not looked at, let alone used.
func (a app) manifest(c *fiber.Ctx) error {
	name := c.Params("role") + ".webmanifest"
	code := c.Query("code")
	if c.Params("role") != "holder" || !tenDigits.MatchString(code) {
		return a.send(c, name)
	}
	if a.files == nil {
		return errNoRoute
	}
	raw, err := fs.ReadFile(a.files, name)
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	manifest["start_url"] = "/activate#" + code
	out, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, appPolicy)
	c.Set(fiber.HeaderContentType, typeOf(name))
	return c.Send(out)
}
