// Package handlers is the HTTP half of the server: every route with the role that it needs, and the one renderer of errors.
// It decides nothing about passes, offers or people, and it never reads the store.
package handlers
