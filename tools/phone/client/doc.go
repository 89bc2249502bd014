// Package client speaks to the server as a holder's phone, a venue's scanner and a person at work do: over HTTP alone. It never reads
// a store. It holds keys as bytes, because it is a tool for tests; an app keeps them where nobody can take them out.
package client
