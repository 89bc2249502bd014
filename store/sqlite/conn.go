package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"

	"kaikukortti/store"
)

// conn is one connection with the statements that it has prepared. It is used by one goroutine at a time. It stands on the
// driver itself and not on database/sql, whose locks and conversions would cost as much as a small statement.
//
// Contexts do not go down to the driver, which would start a goroutine for each statement: who calls looks at the context
// between statements and between rows.
type conn struct {
	driver.Conn
	unending   context.Context
	statements map[string]*statement
	args       []driver.NamedValue
	broken     error // the first error after which SQLite may have rolled back by itself
}

type statement struct {
	driver.Stmt
	execer  driver.StmtExecContext
	queryer driver.StmtQueryContext
}

func connect(ctx context.Context, dsn string) (*conn, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("name the database: %w", err)
	}
	raw, err := connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", translate(err))
	}
	return &conn{Conn: raw, unending: context.WithoutCancel(ctx), statements: map[string]*statement{}}, nil
}

func (c *conn) close() error {
	for _, s := range c.statements {
		if err := s.Close(); err != nil {
			return translate(err)
		}
	}
	return translate(c.Close())
}

// prepare keeps every statement that it has prepared. Their number is bounded, because queries hold values as parameters and
// their shapes are written in the code.
func (c *conn) prepare(text string) (*statement, error) {
	if s := c.statements[text]; s != nil {
		return s, nil
	}
	raw, err := c.Prepare(text)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", text, c.note(err))
	}
	s := &statement{Stmt: raw}
	s.execer, _ = raw.(driver.StmtExecContext)
	s.queryer, _ = raw.(driver.StmtQueryContext)
	if s.execer == nil || s.queryer == nil {
		return nil, errors.New("the SQLite driver does not take contexts")
	}
	c.statements[text] = s
	return s, nil
}

// exec runs a statement that answers no rows.
func (c *conn) exec(text string, args ...any) error {
	_, err := c.insert(text, args...)
	return err
}

// insert is exec that answers the number of the row that was inserted.
func (c *conn) insert(text string, args ...any) (row int64, err error) {
	s, err := c.prepare(text)
	if err != nil {
		return 0, err
	}
	result, err := s.execer.ExecContext(c.unending, c.named(args))
	if err != nil {
		return 0, c.note(err)
	}
	return result.LastInsertId()
}

// query calls each for every row. The row's slice is used again for the next, its values are not.
func (c *conn) query(text string, args []any, each func(row []driver.Value) error) (err error) {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	rows, err := s.queryer.QueryContext(c.unending, c.named(args))
	if err != nil {
		return c.note(err)
	}
	defer func() { err = errors.Join(err, c.note(rows.Close())) }()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(row); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return c.note(err)
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// one answers the first column of the only row, or ErrNotFound.
func (c *conn) one(text string, args ...any) (value driver.Value, err error) {
	found := false
	err = c.query(text, args, func(row []driver.Value) error {
		value, found = row[0], true
		return nil
	})
	if err == nil && !found {
		err = store.ErrNotFound
	}
	return value, err
}

// named puts args into a slice that is used again for the next statement: the driver binds them before it returns.
func (c *conn) named(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, arg := range args {
		if n, ok := arg.(int); ok {
			arg = int64(n)
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return c.args
}

func (c *conn) note(err error) error {
	err = translate(err)
	if c.broken == nil && errors.Is(err, store.ErrUnavailable) {
		c.broken = err
	}
	return err
}

// SQLite's result codes, as https://www.sqlite.org/rescode.html has them.
const (
	codePerm       = 3
	codeBusy       = 5
	codeLocked     = 6
	codeNoMemory   = 7
	codeReadOnly   = 8
	codeInterrupt  = 9
	codeIO         = 10
	codeCorrupt    = 11
	codeFull       = 13
	codeCannotOpen = 14
	codeProtocol   = 15
	codeNotADB     = 26

	codeUnique     = 2067
	codePrimaryKey = 1555
)

// translate marks the errors that say that the file, not the question, is at fault.
func translate(err error) error {
	failure := new(sqlite.Error)
	if err == nil || !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() & 0xff {
	case codePerm, codeBusy, codeLocked, codeNoMemory, codeReadOnly, codeInterrupt, codeIO, codeCorrupt, codeFull, codeCannotOpen,
		codeProtocol, codeNotADB:
		return unavailable("%w", err)
	default:
		return err
	}
}
