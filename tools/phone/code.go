package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"rsc.io/qr"

	"kaikukortti/tools/phone/client"
)

// renewCode is how often a phone signs anew while its pass is on the screen.
const renewCode = 20 * time.Second

func codeCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	asQR := flags.Bool("qr", false, "as a QR code")
	watch := flags.Bool("watch", false, "go on until it is interrupted")
	return withPass(0, func(ctx context.Context, p *program, h *held, _ []string) error {
		for {
			if err := refresh(ctx, p, h); err != nil {
				return err
			}
			if err := p.show(ctx, h, *asQR); err != nil || !*watch {
				return err
			}
			if err := pause(ctx, renewCode); err != nil {
				return nil //nolint:nilerr // it was interrupted, which is how it ends
			}
		}
	})(p, flags)
}

// refresh renews an aged credential where there is a network; where there is none the old one goes on.
func refresh(ctx context.Context, p *program, h *held) error {
	if h.Credential != nil && h.clock.Now().Before(h.Credential.RenewAfter) {
		return nil
	}
	silent := *p
	silent.out = io.Discard
	err := renew(ctx, &silent, h)
	if h.Credential != nil && errors.Is(err, client.ErrNoAnswer) {
		return nil
	}
	return err
}

// show shows a code that was not shown before. A code admits once, and two of the same second would be the same to a door; an app that
// renews every 20 s never has two.
func (p *program) show(ctx context.Context, h *held, asQR bool) error {
	at := h.clock.Now()
	if at.Unix() == h.Credential.Shown {
		next := at.Truncate(time.Second).Add(time.Second)
		if err := pause(ctx, next.Sub(at)); err != nil {
			return err
		}
		at = next
	}
	h.Credential.Shown = at.Unix()
	text, err := h.Code(at)
	if err != nil {
		return err
	}
	if err := h.keep(); err != nil {
		return err
	}
	if !asQR {
		fmt.Fprintln(p.out, text)
		return nil
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return fmt.Errorf("draw the code: %w", err)
	}
	_, err = io.WriteString(p.out, drawn(code))
	return err
}

// quiet is the white border that scanners need, in modules.
const quiet = 4

// drawn is a QR code in half blocks: two modules a character, black on white whatever the terminal's colours are.
func drawn(code *qr.Code) string {
	const colours, plain = "\x1b[30;107m", "\x1b[0m"
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString(colours)
		for x := -quiet; x < code.Size+quiet; x++ {
			b.WriteRune(halfBlock(code.Black(x, y), code.Black(x, y+1)))
		}
		b.WriteString(plain + "\n")
	}
	return b.String()
}

func halfBlock(above, below bool) rune {
	switch {
	case above && below:
		return '█'
	case above:
		return '▀'
	case below:
		return '▄'
	default:
		return ' '
	}
}

// printJSON prints what the server answered, indented.
func printJSON(to io.Writer, raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	_, err := fmt.Fprintln(to, b.String())
	return err
}
