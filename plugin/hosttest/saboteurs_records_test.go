package hosttest

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// noter is the desk with another AddNote.
type noter struct {
	*desk
	add func(ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error)
}

func (n *noter) AddNote(ctx context.Context, tx plugin.Tx, note plugin.Note) (string, error) {
	return n.add(ctx, tx, note)
}

func withNoter(add func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error)) func(*desk) plugin.Host {
	return func(d *desk) plugin.Host {
		return &noter{d, func(ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) { return add(d, ctx, tx, n) }}
	}
}

// finder is the desk with another way to find messages.
type finder struct {
	*desk
	change func(ctx context.Context, tx plugin.Tx, m *plugin.Message) (*plugin.Message, error)
}

func (f *finder) FindMessage(ctx context.Context, tx plugin.Tx, messageID, id string) (*plugin.Message, error) {
	m, err := f.desk.FindMessage(ctx, tx, messageID, id)
	if err != nil {
		return nil, err
	}
	return f.change(ctx, tx, m)
}

func withFinder(change func(ctx context.Context, tx plugin.Tx, m *plugin.Message) (*plugin.Message, error)) func(*desk) plugin.Host {
	return func(d *desk) plugin.Host { return &finder{d, change} }
}

// ticketer is the desk with other Tickets.
type ticketer struct {
	*desk
	create func(ctx context.Context, tx plugin.Tx, n plugin.NewTicket) (*plugin.Ticket, error)
	find   func(ctx context.Context, tx plugin.Tx, q plugin.TicketQuery) (*plugin.Ticket, error)
	note   func(ctx context.Context, tx plugin.Tx, n plugin.TicketNote) (*plugin.Message, error)
}

func (h *ticketer) CreateTicket(ctx context.Context, tx plugin.Tx, n plugin.NewTicket) (*plugin.Ticket, error) {
	if h.create != nil {
		return h.create(ctx, tx, n)
	}
	return h.desk.CreateTicket(ctx, tx, n)
}

func (h *ticketer) FindTicket(ctx context.Context, tx plugin.Tx, q plugin.TicketQuery) (*plugin.Ticket, error) {
	if h.find != nil {
		return h.find(ctx, tx, q)
	}
	return h.desk.FindTicket(ctx, tx, q)
}

func (h *ticketer) NoteTicket(ctx context.Context, tx plugin.Tx, n plugin.TicketNote) (*plugin.Message, error) {
	if h.note != nil {
		return h.note(ctx, tx, n)
	}
	return h.desk.NoteTicket(ctx, tx, n)
}

func recordSaboteurs() []saboteur {
	return []saboteur{
		{
			name: "own handle", fails: "records/AddNote/works on the transaction alone",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				tx.DB = d.db
				return d.AddNote(ctx, tx, n)
			}),
		},
		{
			name: "own handle that heeds no deadline", fails: "records/AddNote/works on the transaction alone",
			host: withNoter(func(d *desk, _ context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				tx.DB = d.db
				return d.AddNote(context.Background(), tx, n)
			}),
		},
		{
			name: "panic", fails: "records/AddNote/works on the transaction alone",
			host: withNoter(func(*desk, context.Context, plugin.Tx, plugin.Note) (string, error) { panic("not today") }),
		},
		{
			name: "commits by itself", fails: "records/AddNote/leaves the transaction open",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				id, err := d.AddNote(ctx, tx, n)
				return id, errors.Join(err, tx.DB.Commit().Error)
			}),
		},
		{
			name: "commits by a statement", fails: "records/AddNote/is undone by a rollback",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				id, err := d.AddNote(ctx, tx, n)
				return id, errors.Join(err, tx.DB.Exec("COMMIT").Error)
			}),
		},
		{
			name: "message without permalink", fails: "records/FindMessage/gives what it found or made",
			host: withFinder(func(_ context.Context, _ plugin.Tx, m *plugin.Message) (*plugin.Message, error) {
				if m != nil {
					m.Ticket.URL = ""
				}
				return m, nil
			}),
		},
		{
			name: "goroutine", fails: "records/AddNote/starts no goroutine",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				go func() { <-ctx.Done() }() // tells browsers when the transaction has ended
				return d.AddNote(ctx, tx, n)
			}),
		},
		{
			name: "mail in a hook", fails: "records/AddNote/sends nothing",
			set: func(_ testing.TB, d *desk) {
				err := d.db.Callback().Create().After("gorm:create").Register("mail", func(tx *gorm.DB) {
					if _, ok := tx.Statement.Model.(*deskNote); ok {
						d.mu.Lock()
						defer d.mu.Unlock()
						d.mails++
					}
				})
				if err != nil {
					panic(err)
				}
			},
		},
		{
			name: "forgets the note", fails: "records/AddNote/is there after the commit",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				m, err := d.FindMessage(ctx, tx, "", n.MessageID)
				if m == nil && err == nil {
					err = plugin.ErrNotFound
				}
				return "1", err
			}),
		},
		{
			name: "counts who looks", fails: "records/FindMessage/is there after the commit",
			host: withFinder(func(_ context.Context, tx plugin.Tx, m *plugin.Message) (*plugin.Message, error) {
				return m, tx.DB.Exec("UPDATE desk_messages SET files = 'seen'").Error
			}),
		},
		{
			name: "forgets the delivery", fails: "records/AddNote/names its delivery",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				tx.DeliveryID = ""
				return d.AddNote(ctx, tx, n)
			}),
		},
		{
			name: "keeps the transaction", fails: "records/AddNote/keeps no transaction",
			host: func(d *desk) plugin.Host {
				var kept *gorm.DB
				return &noter{d, func(ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
					if kept == nil {
						kept = tx.DB
					}
					tx.DB = kept
					return d.AddNote(ctx, tx, n)
				}}
			},
		},
		{
			name: "another error for what is not there", fails: "records/AddNote/says what is not there",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				id, err := d.AddNote(ctx, tx, n)
				if errors.Is(err, plugin.ErrNotFound) {
					err = gorm.ErrRecordNotFound
				}
				return id, err
			}),
		},
		{
			name: "one external id, two tickets", fails: "records/CreateTicket/says what is not there",
			host: func(d *desk) plugin.Host {
				return &ticketer{desk: d, create: func(ctx context.Context, tx plugin.Tx, n plugin.NewTicket) (*plugin.Ticket, error) {
					t, err := d.CreateTicket(ctx, tx, n)
					if errors.Is(err, plugin.ErrExists) {
						n.ExternalID = "" // rather a second ticket than none
						t, err = d.CreateTicket(ctx, tx, n)
					}
					return t, err
				}}
			},
		},
		{
			name: "looks through another pool", fails: "records/see their own transaction",
			set: func(t testing.TB, d *desk) { d.replica = openFile(t, d.path) },
			host: func(d *desk) plugin.Host {
				return &ticketer{desk: d, find: func(ctx context.Context, tx plugin.Tx, q plugin.TicketQuery) (*plugin.Ticket, error) {
					tx.DB = d.replica
					return d.FindTicket(ctx, tx, q)
				}}
			},
		},
		{
			name: "looks into the transaction", fails: "runs/change records once",
			host: withNoter(func(d *desk, ctx context.Context, tx plugin.Tx, n plugin.Note) (string, error) {
				_ = tx.DB.Statement.ConnPool.(*sql.Tx)
				return d.AddNote(ctx, tx, n)
			}),
		},
		{
			name: "permalink is a path", fails: "permalinks/absolute",
			host: withFinder(func(_ context.Context, _ plugin.Tx, m *plugin.Message) (*plugin.Message, error) {
				if m != nil {
					m.Ticket.URL = "/t/" + m.Ticket.Mask
				}
				return m, nil
			}),
		},
		{
			name: "permalink leads nowhere", fails: "permalinks/answer",
			host: withFinder(func(_ context.Context, _ plugin.Tx, m *plugin.Message) (*plugin.Message, error) {
				if m != nil {
					m.Ticket.URL += "/messages"
				}
				return m, nil
			}),
		},
		{
			name: "permalink of the old address", fails: "permalinks/follow BaseURL",
			host: func(d *desk) plugin.Host {
				first := d.BaseURL()
				return &finder{d, func(_ context.Context, _ plugin.Tx, m *plugin.Message) (*plugin.Message, error) {
					if m != nil {
						m.Ticket.URL = first + "/t/" + m.Ticket.Mask
					}
					return m, nil
				}}
			},
		},
	}
}
