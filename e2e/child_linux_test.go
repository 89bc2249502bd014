package e2e_test

import "syscall"

// orphan makes a server end when the test process does, however it does.
func orphan() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
