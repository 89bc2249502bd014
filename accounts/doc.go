// Package accounts knows who works with passes and where: people with their roles and sign-in, networks, organisations and
// scanners. It never learns anything about holders.
package accounts
