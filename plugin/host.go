package plugin

import (
	"log/slog"

	"go.opentelemetry.io/otel/metric"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/handlers"
	"github.com/deskhook/deskhook/models"
)

// Host is what the plugin needs of the application that embeds it. Beside it, a
// host has what abilities it can: [Messages], [Addresses], [Tickets] and
// [Metered] are found by themselves. Its methods
// are called from many goroutines at once. None may keep its arguments, and a
// panic in one is a failed request or a failed step.
type Host interface {
	// DB is the application's database: MySQL 8.0.1, MariaDB 10.6 or SQLite.
	// Called once by Register. The plugin sets nothing on it; it works through
	// sessions of its own.
	DB() *gorm.DB
	// Logger is called once by Register. nil: slog.Default().
	Logger() *slog.Logger
	// BaseURL is the public address of the application, without a slash at its
	// end: "https://help.example.com". Asked each time, so it may change.
	BaseURL() string
	// Keys encrypt secrets and stored requests. Called at each Enable. A host
	// that lost a key leaves it out: the plugin starts, what was encrypted with
	// it shows as unreadable, and runs that need it wait.
	//
	// To change the key, first give every node the new one beside the old one,
	// then make it the current one. Secrets are sealed anew in the background;
	// GET /status says how many are left, and how many open runs need the old
	// key. With none left the host may drop it, and loses what older deliveries
	// contain, or keep it as long as they are to be read.
	Keys() (Keys, error)
	Identity
	Shell
}

// Metered is an optional ability of a Host: where the plugin's metrics go.
type Metered interface {
	// MeterProvider is called once by Register, and never nil.
	MeterProvider() metric.MeterProvider
}

// What a Host is composed of is declared where it is consumed, and named here so
// that a host imports this package alone.
type (
	// Identity is the host's knowledge of who is logged in.
	Identity = handlers.Identity
	// Caller is who asks, and what they may do.
	Caller = handlers.Caller
	// Permission of the plugin; each role of a worker gives any of them.
	Permission = handlers.Permission
	// Shell draws a page in the host's look.
	Shell = handlers.Shell
	// Page is what the plugin puts into the host's shell.
	Page = handlers.Page
	// Keys are the host's keys, 32 bytes each, by an id of one byte.
	Keys = models.Keys
	// Records are all of the helpdesk's records: its three parts are optional
	// abilities of a Host, and behaviors cannot name what a host lacks.
	Records = actions.Records
	// Messages is the ability for message.find and message.note.
	Messages = actions.Messages
	// Addresses is the ability for address.defunct.
	Addresses = actions.Addresses
	// Tickets is the ability for ticket.create, ticket.find and ticket.note.
	Tickets = actions.Tickets
	// Tx is the transaction that an operation on records works in.
	Tx = actions.Tx
	// Ticket as behaviors see it.
	Ticket = actions.Ticket
	// Message as behaviors see it.
	Message = actions.Message
	// Address as behaviors see it.
	Address = actions.Address
	// Note is to be put on a message.
	Note = actions.Note
	// NewTicket is to be created.
	NewTicket = actions.NewTicket
	// TicketQuery finds a ticket.
	TicketQuery = actions.TicketQuery
	// TicketNote is to be put on a ticket.
	TicketNote = actions.TicketNote
	// File came with a delivery.
	File = actions.File
	// StepError is a failure whose message the behavior's author sees. Of any
	// other error only the log knows more than that the host failed.
	StepError = actions.Error
)

// Permissions, as plugin.yaml declares them.
const (
	View     = handlers.View
	Payloads = handlers.Payloads
	Edit     = handlers.Edit
	Manage   = handlers.Manage
)

// ErrNotFound is what Records give for a record that does not exist.
var ErrNotFound = actions.ErrNotFound

// ErrExists is what Tickets give for an external id that a ticket has already.
var ErrExists = actions.ErrExists
