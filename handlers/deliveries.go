package handlers

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// deliveriesQuery describes the filters of the list.
type deliveriesQuery struct {
	pageQuery
	Listener string `query:"listener"`
	Outcome  string `query:"outcome" enum:"accepted,refused,duplicate,handshake"`
	State    string `query:"state" enum:"open,waiting,done,failed,dead,canceled"`
	Since    string `query:"since" format:"date-time"`
	Until    string `query:"until" format:"date-time"`
}

type deliveryQuery struct {
	Trace string `query:"trace" enum:"1"`
}

func (h *Handlers) listDeliveries(c *call) error {
	p, err := c.page("listener", "outcome", "state", "since", "until")
	if err != nil {
		return err
	}
	filter, err := deliveryFilter(c)
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	rows, next, err := fetch(p, func(d *models.DeliveryRow) int64 { return d.ID },
		func(p models.Page) ([]*models.DeliveryRow, error) { return h.Store.Deliveries(ctx, filter, p) })
	if err != nil {
		return err
	}
	shown := h.newDeliveryView(c)
	items := make([]deliveryJSON, 0, len(rows))
	for _, row := range rows {
		v, err := shown.row(ctx, &row.Delivery, row.Size, row.Run)
		if err != nil {
			return err
		}
		items = append(items, v)
	}
	return c.answer(http.StatusOK, list[deliveryJSON]{items, next})
}

func deliveryFilter(c *call) (models.DeliveryFilter, error) {
	var f models.DeliveryFilter
	var errs []FieldError
	q := c.r.URL.Query()
	choice := func(name string, known ...string) string {
		v := q.Get(name)
		if v != "" && !slices.Contains(known, v) {
			errs = append(errs, FieldError{name, "option", "there is no such " + name})
		}
		return v
	}
	moment := func(name string) models.Micros {
		text := q.Get(name)
		if text == "" {
			return 0
		}
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			errs = append(errs, FieldError{name, "format", "must be a time such as 2026-03-01T09:00:00Z"})
			return 0
		}
		return models.Micros(t.UnixMicro())
	}
	f.Outcome = choice("outcome", "accepted", "refused", "duplicate", "handshake")
	f.State = choice("state", "open", "waiting", "done", "failed", "dead", "canceled")
	f.Since, f.Until = moment("since"), moment("until")
	if text := q.Get("listener"); text != "" {
		id, ok := parseID(text)
		if !ok {
			errs = append(errs, FieldError{"listener", "unknown", "there is no such listener"})
		}
		f.ListenerID = id
	}
	if errs != nil {
		return f, invalid(errs...)
	}
	return f, nil
}

func (h *Handlers) getDelivery(c *call) error {
	if err := c.query("trace"); err != nil {
		return err
	}
	traced := c.r.URL.Query().Get("trace") == "1"
	if traced && !c.caller.may(Payloads) {
		return forbidden(Payloads)
	}
	id, err := c.id()
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	d, err := h.Store.Delivery(ctx, id)
	if err != nil {
		return err
	}
	run, err := h.Store.Run(ctx, id)
	if errors.Is(err, models.ErrNotFound) {
		run = nil
	} else if err != nil {
		return err
	}
	if d.Response, err = h.Store.Answer(ctx, id); err != nil {
		return err
	}
	shown := h.newDeliveryView(c)
	v, err := shown.row(ctx, d, int64(len(d.Request.Body)), run)
	if err != nil {
		return err
	}
	if shown.payloads {
		v.Request.Headers = pairs(d.Request.Header)
		v.Request.Body, v.Request.BodyBase64 = bodyJSON(d.Request.Body)
		if d.Response != nil {
			v.Response = showResponse(d.Response.Status, pairs(d.Response.Header), d.Response.Body)
		}
	}
	if run != nil {
		rows, err := h.Store.Steps(ctx, id)
		if err != nil {
			return err
		}
		steps := showSteps(rows, shown.payloads)
		v.Run.Steps = &steps
		if shown.payloads {
			v.Run.showReason(rows)
		}
	}
	if traced {
		trace, err := h.Runner.Trace(ctx, id)
		if err != nil {
			return err
		}
		v.Trace = &[]behaviors.TraceValue{}
		if trace.Values != nil {
			v.Trace = &trace.Values
		}
		v.TraceProblem = optionalText(trace.Problem)
	}
	if l := shown.listeners[d.ListenerID]; l != nil && !shown.urls {
		c.guid = l.GUID // headers, bodies and the trace may hold it too
	}
	return c.cached(v)
}
