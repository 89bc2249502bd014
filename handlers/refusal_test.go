package handlers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// A client that sends too much is told so even when it reads nothing before it has sent all of it.
func TestWhoIsStillSendingHearsWhyItIsRefused(t *testing.T) {
	t.Parallel()
	app, _ := bare(t, Settings{}, func(app *fiber.App) {
		app.Post("/", func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) })
	})
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(served(t, app), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const all = 4 * MaxBody
	if _, err := fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", all); err != nil {
		t.Fatal(err)
	}
	answer := bufio.NewReader(c)
	if _, err := answer.Peek(1); err != nil { // the server has said all that it will say
		t.Fatal(err)
	}
	for range 4 {
		if _, err := c.Write(make([]byte, all/4)); err != nil {
			t.Fatalf("the server does not hear it out: %v", err)
		}
	}
	res, err := http.ReadResponse(answer, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if doc, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 413 || !strings.Contains(string(doc), "too_large") {
		t.Fatalf("%d %s, %v", res.StatusCode, doc, err)
	}
	if _, err := answer.ReadByte(); err != io.EOF {
		t.Fatalf("the connection ends with %v", err)
	}
}

// One who sends and sends is not listened to for ever.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	on, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	client, err := new(net.Dialer).DialContext(t.Context(), "tcp", on.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	accepted, err := patient{on, refusedTime}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			if _, err := client.Write(make([]byte, MaxBody)); err != nil {
				return
			}
		}
	}()
	conn, is := accepted.(*patientConn)
	if !is {
		t.Fatalf("%T", accepted)
	}
	conn.refused.Store(true)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-stopped:
	case <-time.After(time.Minute):
		t.Fatal("it still sends")
	}
}
