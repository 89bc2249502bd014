package sqlite

import (
	"context"
)

// Scrub brings the log into the file and cuts it to nothing. What was deleted is overwritten in the file already (secure_delete).
func (e *Engine) Scrub(ctx context.Context) error {
	return e.writer.do(&call{ctx: ctx, alone: true, run: func(conn *conn) error { return emptyLog(ctx, conn) }})
}

func emptyLog(ctx context.Context, conn *conn) error {
	for {
		busy, err := conn.one("PRAGMA wal_checkpoint(TRUNCATE)")
		if err != nil || busy == any(int64(0)) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
