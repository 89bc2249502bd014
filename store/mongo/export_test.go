package mongo

import "go.mongodb.org/mongo-driver/mongo/options"

// WithDialer lets tests cut connections.
func WithDialer(d options.ContextDialer) Option {
	return func(e *Engine) { e.settings.SetDialer(d) }
}

// MeetElection lets the engine hear of an election, as from a heartbeat.
func (e *Engine) MeetElection() {
	again := *e.elections.last.Load()
	e.elections.last.Store(&again)
}
