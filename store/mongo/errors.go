package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	driver "go.mongodb.org/mongo-driver/mongo"
	core "go.mongodb.org/mongo-driver/x/mongo/driver"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"kaikukortti/store"
)

// Codes of the server's errors (src/mongo/base/error_codes.yml of the server).
const (
	codeNamespaceExists      = 48
	codeIndexNotFound        = 27
	codeIndexOptionsConflict = 85
	codeIndexKeySpecConflict = 86
)

// unavailableCodes say that the server cannot do it now, not that it was asked wrongly.
var unavailableCodes = []int{
	6,     // HostUnreachable
	7,     // HostNotFound
	64,    // WriteConcernFailed
	79,    // UnknownReplWriteConcern
	89,    // NetworkTimeout
	91,    // ShutdownInProgress
	100,   // UnsatisfiableWriteConcern
	133,   // FailedToSatisfyReadPreference
	134,   // ReadConcernMajorityNotAvailableYet
	189,   // PrimarySteppedDown
	246,   // SnapshotUnavailable
	262,   // ExceededTimeLimit
	9001,  // SocketException
	10058, // NotPrimary, in the words of older servers
	10107, // NotWritablePrimary
	11600, // InterruptedAtShutdown
	11602, // InterruptedDueToReplStateChange
	13435, // NotPrimaryNoSecondaryOk
	13436, // NotPrimaryOrSecondary
	14031, // OutOfDiskSpace
}

// translate says what the driver said in the words of the store.
func translate(ctx context.Context, collection string, err error) error {
	if err == nil {
		return nil
	}
	if ended := endOf(ctx); ended != nil {
		return fmt.Errorf("mongodb: %w", ended)
	}
	switch {
	case errors.Is(err, driver.ErrNoDocuments):
		return store.ErrNotFound
	case driver.IsDuplicateKeyError(err):
		return &store.DuplicateError{Collection: collection, Index: indexOf(err)}
	case unavailable(err):
		return fmt.Errorf("%w: mongodb: %v", store.ErrUnavailable, err) //nolint:errorlint // a deadline inside err is the driver's, not the caller's
	default:
		return fmt.Errorf("mongodb: %w", err)
	}
}

// endOf is why the context is over, if it is. The driver hands the deadline to the sockets, which may notice it a moment before
// the context.
func endOf(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return nil
}

func unavailable(err error) bool {
	if driver.IsNetworkError(err) || driver.IsTimeout(err) || selectionFailed(err) || poolCleared(err) ||
		errors.Is(err, driver.ErrClientDisconnected) || errors.Is(err, topology.ErrPoolClosed) || errors.As(err, new(topology.ConnectionError)) {
		return true
	}
	return hasCode(err, unavailableCodes...)
}

// selectionFailed says that there was no primary for all of the selection timeout.
func selectionFailed(err error) bool {
	return errors.As(err, new(topology.ServerSelectionError))
}

// poolCleared says that the operation was not sent, because another one had just found the server gone.
func poolCleared(err error) bool {
	var cleared core.RetryablePoolError
	return errors.As(err, &cleared) && cleared.Retryable()
}

func hasCode(err error, codes ...int) bool {
	var answer driver.ServerError
	if !errors.As(err, &answer) {
		return false
	}
	return slices.ContainsFunc(codes, answer.HasErrorCode)
}

func hasLabel(err error, label string) bool {
	var answer driver.ServerError
	return errors.As(err, &answer) && answer.HasErrorLabel(label)
}

// indexOf is the declared name of the index that stands against a write. The server tells it only in its sentence: "E11000
// duplicate key error collection: db.claims index: session_slots dup key: { … }".
func indexOf(err error) string {
	_, after, _ := strings.Cut(err.Error(), " index: ")
	name, _, _ := strings.Cut(after, " dup key:")
	if name == "_id_" {
		return "_id"
	}
	return declaredName(name)
}
