package main

import (
	"context"

	"github.com/deskhook/deskhook/plugin"
)

// workerNotify is an action of the helpdesk's own. It reaches the host, so its
// Do runs in the transaction that also journals the step, and works through
// c.Tx.DB alone: the notification is there exactly once, however often the run
// is resumed. c.Tx.DeliveryID lets the page say why it is there.
func workerNotify() plugin.Action {
	r, text := workerRecord(), plugin.TextType()
	return plugin.Action{
		ActionSpec: plugin.ActionSpec{
			Name: "worker.notify", Summary: "Tells a worker something, in the helpdesk.", Reach: plugin.ReachHost,
			Params: []plugin.Param{
				{Name: "worker", Type: text, Format: plugin.Plain, Required: true, Help: "Id or log-in of the worker."},
				{Name: "text", Type: text, Format: plugin.Plain, Required: true, Help: "What to tell."},
				{Name: "url", Type: text, Format: plugin.URL, Help: "Where the worker should look."},
			},
			Output: r.Type(), Example: r.Example,
		},
		Do: func(ctx context.Context, c *plugin.Call) (any, error) {
			return notify(c.Tx.DB.WithContext(ctx), c.Text("worker"), notification{
				Text: c.Text("text"), URL: c.Text("url"), DeliveryID: c.Tx.DeliveryID,
			})
		},
	}
}
