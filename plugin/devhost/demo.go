package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

const (
	demoTimeout = 30 * time.Second
	demoRecipe  = "mailgun-bounces"
	demoSample  = "permanent failure"
)

// demoMail are the tickets that the demo begins with. The answers to the first
// two bounce.
var demoMail = []mail{
	{
		From: "Marta Lindqvist <marta@lindqvist.example>", To: "help@support.example.com",
		Subject: "Invoice 2291 shows the old address", MessageID: "invoice-2291@lindqvist.example",
		Text: "Hello,\n\nour invoice still has the address in Harbour Street. We moved in March.\nCould you send it again?\n\nMarta",
	},
	{
		From: "Support <help@support.example.com>", To: "marta@lindqvist.example",
		Subject: "Re: Invoice 2291 shows the old address", MessageID: "demo-1@support.example.com", InReplyTo: "invoice-2291@lindqvist.example",
		Text: "Hello Marta,\n\nhere it is with the new address. Sorry for the trouble.\n\nYour support",
	},
	{
		From: "Tom Okafor <tom.okafor@orchard.example>", To: "help@support.example.com",
		Subject: "Cannot log in since the update", MessageID: "login@orchard.example",
		Text: "Since this morning I get \"session expired\" right after the log-in.\n\nTom",
	},
	{
		From: "Support <help@support.example.com>", To: "tom.okafor@orchard.example",
		Subject: "Re: Cannot log in since the update", MessageID: "demo-2@support.example.com", InReplyTo: "login@orchard.example",
		Text: "Hello Tom,\n\nplease delete the cookies of the site once; we changed their name.\n\nYour support",
	},
	{
		From: "Ines Ferreira <ines@ferreira.example>", To: "help@support.example.com",
		Subject: "Thank you!", MessageID: "thanks@ferreira.example",
		Text: "It works again. That was quick.\n\nInes",
	},
}

// playDemo fills an empty database, plays one bounced mail as its provider
// would, and prints where to look. Where there are tickets already, it does
// nothing. It is a script against the helpdesk's own addresses.
func (s *server) playDemo(ctx context.Context, c config, stdout console) error {
	ctx, cancel := context.WithTimeout(ctx, demoTimeout)
	defer cancel()
	h := s.helpdesk
	var tickets int64
	if err := h.db.WithContext(ctx).Model(&ticket{}).Count(&tickets).Error; err != nil || tickets > 0 {
		return err
	}
	token := rand.Text()
	h.demoToken.Store(&token)
	defer h.demoToken.Store(nil)
	script := demoScript{ctx: ctx, url: s.localURL, token: token}
	defer script.client.CloseIdleConnections()

	masks := make([]string, len(demoMail))
	for i, m := range demoMail {
		var err error
		if masks[i], _, err = receive(ctx, h.db.DB, m); err != nil {
			return err
		}
	}
	if err := script.call(http.MethodPut, "/api/plugins/webhooks", map[string]any{"enabled": true}, nil); err != nil {
		return err
	}
	key := "demo-" + strings.ToLower(rand.Text())
	listener, err := script.install(key, s.localURL+standInPath)
	if err != nil {
		return err
	}
	bounce, err := script.bounce(demoMail[1])
	if err != nil {
		return err
	}
	// The public URL may not reach this machine from here.
	public := strings.TrimPrefix(listener, h.baseURL())
	if err := plugin.Sign(bounce, "mailgun", key, time.Now()); err != nil {
		return err
	}
	answer, err := plugin.Post(ctx, s.localURL+public, bounce)
	if err != nil {
		return err
	}
	if answer.Code != http.StatusOK {
		return fmt.Errorf("the listener answered %s", answer.Status)
	}
	delivery, err := script.firstDelivery()
	if err != nil {
		return err
	}
	another, err := script.bounce(demoMail[3])
	if err != nil {
		return err
	}
	file := filepath.Join(c.data, "demo-bounce.json")
	if err := os.WriteFile(file, another.Body, 0o600); err != nil {
		return fmt.Errorf("write the demo's bounce: %w", err)
	}
	stdout.printf(`
A mail bounced, and Mailgun told the helpdesk so. See what came of it:
  the ticket with its note   %s
  the message in "Slack"     %s
  the delivery in the log    %s
Let another mail bounce:
  go run ./plugin/devhost send -url %s -provider mailgun -key %s %s
and look at                  %s
`, permalink(h.baseURL(), masks[1]), h.baseURL()+standInPath, h.baseURL()+deliveriesPath+delivery,
		listener, key, file, permalink(h.baseURL(), masks[3]))
	return nil
}

// demoScript calls the helpdesk as a script does: by HTTP, with a token.
type demoScript struct {
	ctx    context.Context //nolint:containedctx // of one script from its beginning to its end
	url    string
	token  string
	client http.Client
}

func (d *demoScript) call(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(d.ctx, method, d.url+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := d.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // it was read to its end
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// install makes a listener of the recipe and gives its URL.
func (d *demoScript) install(key, slack string) (string, error) {
	in := map[string]any{
		"name":   "Mailgun",
		"inputs": map[string]any{"signing_key": key, "slack": slack, "channel": "#support"},
	}
	var out struct {
		Listener struct {
			URL string `json:"url"`
		} `json:"listener"`
	}
	err := d.call(http.MethodPost, apiPath+"/recipes/"+demoRecipe+"/install", in, &out)
	return out.Listener.URL, err
}

// apiPath is where the plugin's API is mounted.
const apiPath = "/api/webhooks/v1"

// bounce is the recipe's sample, about a mail of this helpdesk.
func (d *demoScript) bounce(m mail) (*plugin.Request, error) {
	var recipes struct {
		Items []struct {
			ID      string `json:"id"`
			Samples []struct {
				Name    string `json:"name"`
				Request string `json:"request"`
			} `json:"samples"`
		} `json:"items"`
	}
	if err := d.call(http.MethodGet, apiPath+"/recipes", nil, &recipes); err != nil {
		return nil, err
	}
	for _, r := range recipes.Items {
		for _, sample := range r.Samples {
			if r.ID != demoRecipe || sample.Name != demoSample {
				continue
			}
			request, err := plugin.ReadRequest([]byte(sample.Request))
			if err != nil {
				return nil, err
			}
			return request, errors.Join(
				plugin.Set(request, "event-data.message.headers.message-id", m.MessageID),
				plugin.Set(request, "event-data.message.headers.subject", m.Subject),
				plugin.Set(request, "event-data.message.headers.to", m.To),
				plugin.Set(request, "event-data.recipient", bareEmail(m.To)),
			)
		}
	}
	return nil, fmt.Errorf("the recipe %s has no sample %s", demoRecipe, demoSample)
}

// firstDelivery waits until the run of the log's only delivery has ended, and
// gives its id. The run goes on in the background after the answer.
func (d *demoScript) firstDelivery() (string, error) {
	for {
		var log struct {
			Items []struct {
				ID  string `json:"id"`
				Run *struct {
					State  string `json:"state"`
					Reason string `json:"reason"`
				} `json:"run"`
			} `json:"items"`
		}
		if err := d.call(http.MethodGet, apiPath+"/deliveries", nil, &log); err != nil {
			return "", err
		}
		if len(log.Items) > 0 && log.Items[0].Run != nil {
			switch run := log.Items[0].Run; run.State {
			case "done":
				return log.Items[0].ID, nil
			case "open":
			default:
				return "", fmt.Errorf("the run is %s %s; see %s", run.State, run.Reason, deliveriesPath+log.Items[0].ID)
			}
		}
		select {
		case <-d.ctx.Done():
			return "", fmt.Errorf("wait for the delivery's run: %w", context.Cause(d.ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}
