// Package e2e runs the real binary, as an operator does, and asks it over HTTP, as phones and scanners do. What it finds out afterwards it
// reads from a backup. It must never end a process that it did not start.
package e2e
