package models

// A Role is what somebody may do.
type Role string

// The roles. A route names the one that it needs; nobody, the empty role, needs no proof.
const (
	Nobody        Role = ""
	HolderRole    Role = "holder"
	ScannerRole   Role = "scanner"
	WorkerRole    Role = "worker"
	ManagerRole   Role = "manager"
	Coordinator   Role = "coordinator"
	National      Role = "national"
	AnyPersonRole Role = "person" // anybody who works and is signed in
)

// An Actor is who asks, in one role. State is read on every request, so an Actor is never kept.
type Actor struct {
	Role         Role
	Person       PersonID       // worker, manager, coordinator, national
	Organisation OrganisationID // worker, manager, and the scanner's venue
	Network      NetworkID      // of the organisation, or the coordinator's; empty for a pop-up and for national
	Pass         PassID         // holder
	Phone        CarrierID      // holder
	Scanner      ScannerID      // scanner
}

// Audit begins an audit entry for what the actor does.
func (a Actor) Audit() AuditEntry {
	e := AuditEntry{By: "person", Person: a.Person, Organisation: a.Organisation, Network: a.Network}
	switch a.Role {
	case HolderRole:
		e = AuditEntry{By: "holder", Pass: a.Pass}
	case ScannerRole:
		e.By = "scanner"
		e.Subject = string(a.Scanner)
	case Nobody:
		e = AuditEntry{By: "system"}
	case WorkerRole, ManagerRole, Coordinator, National, AnyPersonRole:
	}
	return e
}
