//go:build !linux

package e2e_test

import "syscall"

// orphan: only Linux ends a server with the test process; elsewhere one may be left behind if the tests are killed.
func orphan() *syscall.SysProcAttr { return nil }
