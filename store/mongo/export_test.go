package mongo

import "go.mongodb.org/mongo-driver/mongo/options"

// WithDialer lets tests cut connections.
func WithDialer(d options.ContextDialer) Option {
	return func(e *Engine) { e.settings.SetDialer(d) }
}
