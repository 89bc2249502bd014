package handlers

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// What a client may still send, and for how long, after it was refused in the middle of its request.
const (
	refusedBytes = 1 << 20
	refusedTime  = 2 * time.Second
)

// patient are connections that let a client hear why it is refused. A client that is still sending when its connection is closed is
// answered with a reset, which throws away the answer that it has not read yet (RFC 9112, section 9.6).
type patient struct {
	net.Listener

	wait time.Duration
}

func (p patient) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if tcp, is := c.(*net.TCPConn); is {
		return &patientConn{TCPConn: tcp, wait: p.wait}, err
	}
	return c, err
}

type patientConn struct {
	*net.TCPConn

	wait    time.Duration
	refused atomic.Bool
}

// Close of a refused connection ends our half, and reads for a while what is thrown away, so that the other half can end itself.
func (c *patientConn) Close() error {
	if c.refused.Load() && c.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(c.wait)) == nil {
		_, _ = io.CopyN(io.Discard, c.TCPConn, refusedBytes) // its end, our patience: all the same now
	}
	return c.TCPConn.Close() //nolint:wrapcheck // this is the connection's own method
}

// refuse says that a client may still be sending when its connection is closed.
func refuse(c *fiber.Ctx) {
	if conn, is := c.Context().Conn().(*patientConn); is {
		conn.refused.Store(true)
	}
}
