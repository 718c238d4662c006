package hosttest

import (
	"context"
	"net/http"
	"testing"

	"github.com/deskhook/deskhook/plugin"
)

func permalinkCases() []testCase {
	after := []string{"records/FindMessage/", "records/CreateTicket/", "start/base URL"}
	return []testCase{
		{
			name: "permalinks/absolute", after: after,
			rule: rule{
				"Ticket.URL is absolute and below BaseURL",
				"behaviors send it elsewhere, where a path alone means nothing",
				"plugin.Ticket",
			},
			check: permalinkAbsolute,
		},
		{
			name: "permalinks/answer", after: append(after, "permalinks/absolute", "identity/"),
			rule: rule{
				"Ticket.URL shows the ticket to a worker who is logged in",
				"it is what stands in the message that somebody gets in Slack",
				"plugin.Ticket",
			},
			check: permalinkAnswers,
		},
		{
			name: "permalinks/follow BaseURL", after: append(after, "permalinks/absolute"),
			rule: rule{
				"BaseURL is asked each time, for permalinks too",
				"a host that has moved must not hand out its old address",
				seeHost,
			},
			check: permalinkFollows,
		},
	}
}

// permalink of a ticket, or "" where the host has no records with one.
func permalink(t testing.TB, h *Host) string {
	t.Helper()
	var url string
	messages, ok := h.Host.(plugin.Messages)
	switch {
	case ok:
		h.Mail(filed)
		prepared(t, h, func(ctx context.Context, tx plugin.Tx) error {
			m, err := messages.FindMessage(ctx, tx, filed.MessageID, "")
			if err == nil {
				url = m.Ticket.URL
			}
			return err
		})
	case hasTickets(h.Host):
		url = withTicket(t, h).ticket.URL
	default:
		t.Log("this host has neither Messages nor Tickets")
	}
	return url
}

func permalinkAbsolute(t testing.TB, h *Host) {
	if url := permalink(t, h); url != "" {
		if _, ok := serve(t, h).local(url); !ok {
			t.Errorf("the URL of a ticket is %q, with the BaseURL %q", url, h.Host.BaseURL())
		}
	}
}

func permalinkAnswers(t testing.TB, h *Host) {
	url := permalink(t, h)
	if url == "" {
		return
	}
	s := serve(t, h)
	path, _ := s.local(url)
	r := s.session(everything...).sign(newRequest(http.MethodGet, path))
	r.header.Set("Accept", "text/html")
	if got := s.do(r); got.status != http.StatusOK {
		t.Errorf("GET %s with every permission: got %s, want 200", path, got)
	}
}

func permalinkFollows(t testing.TB, h *Host) {
	if h.SetBaseURL == nil {
		t.Log("the base URL of this host cannot change")
		return
	}
	const moved = "https://moved.example.com"
	h.SetBaseURL(moved)
	if got := h.Host.BaseURL(); got != moved {
		t.Fatalf("after SetBaseURL(%q) BaseURL gives %q", moved, got)
	}
	if url := permalink(t, h); url != "" {
		if _, ok := serve(t, h).local(url); !ok {
			t.Errorf("the host has moved to %s, and the URL of a ticket is %q", moved, url)
		}
	}
}
