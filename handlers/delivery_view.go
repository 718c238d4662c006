package handlers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/models"
)

// deliveryJSON is a delivery as the API shows it. What the payloads permission
// guards (headers, bodies, parameters, outputs) is absent without it.
type deliveryJSON struct {
	ID          string                  `json:"id"`
	ListenerID  string                  `json:"listener_id"`
	Outcome     string                  `json:"outcome" enum:"accepted,refused,duplicate,handshake"`
	Cause       *string                 `json:"cause"`
	Detail      *string                 `json:"detail"`
	ReceivedAt  string                  `json:"received_at"`
	Version     *int                    `json:"version"`
	DuplicateOf *string                 `json:"duplicate_of"`
	ReplayOf    *string                 `json:"replay_of"`
	Request     requestJSON             `json:"request"`
	Response    *responseJSON           `json:"response"`
	Run         *runJSON                `json:"run"`
	Trace       *[]behaviors.TraceValue `json:"trace,omitempty"`
	// TraceProblem is why the trace is not whole, or not of what happened.
	TraceProblem *string `json:"trace_problem,omitempty"`
}

type requestJSON struct {
	Method      string      `json:"method"`
	URL         string      `json:"url"`
	Headers     [][2]string `json:"headers,omitempty"`
	ClientIP    string      `json:"client_ip"`
	ContentType string      `json:"content_type"`
	Body        *string     `json:"body,omitempty"`
	BodyBase64  *string     `json:"body_base64,omitempty"`
	Size        int64       `json:"size"`
}

type responseJSON struct {
	Status     int         `json:"status"`
	Headers    [][2]string `json:"headers,omitempty"`
	Body       *string     `json:"body,omitempty"`
	BodyBase64 *string     `json:"body_base64,omitempty"`
}

type runJSON struct {
	ID     string      `json:"id"`
	State  string      `json:"state" enum:"open,waiting,done,failed,dead,canceled"`
	Reason *string     `json:"reason"`
	Error  *string     `json:"error"`
	DueAt  *string     `json:"due_at"`
	Steps  *[]stepJSON `json:"steps,omitempty"` // of a single delivery
}

type stepJSON struct {
	Path     string        `json:"path"`
	Line     int           `json:"line"`
	Name     string        `json:"name"`
	Action   string        `json:"action"`
	State    string        `json:"state" enum:"pending,done,skipped,failed,unknown"`
	Params   *rawJSON      `json:"params,omitempty"`
	Output   *rawJSON      `json:"output,omitempty"`
	Error    *string       `json:"error"`
	Attempts []attemptJSON `json:"attempts"`
}

type attemptJSON struct {
	N          int     `json:"n"`
	StartedAt  string  `json:"started_at"`
	FinishedAt *string `json:"finished_at"`
	Status     *int    `json:"status"`
	Error      *string `json:"error"`
	Blame      *string `json:"blame"`
}

// deliveryView shows deliveries to one caller, and remembers what rows share.
type deliveryView struct {
	h         *Handlers
	payloads  bool
	urls      bool
	versions  map[int64]*int
	listeners map[int64]*models.Listener
}

func (h *Handlers) newDeliveryView(c *call) *deliveryView {
	return &deliveryView{h, c.caller.may(Payloads), c.caller.seesURLs(), map[int64]*int{}, map[int64]*models.Listener{}}
}

// row shows what a list shows: no headers and no bodies.
func (s *deliveryView) row(ctx context.Context, d *models.Delivery, size int64, run *models.Run) (deliveryJSON, error) {
	version, err := s.version(ctx, d.VersionID)
	if err != nil {
		return deliveryJSON{}, err
	}
	url, err := s.url(ctx, d)
	if err != nil {
		return deliveryJSON{}, err
	}
	v := deliveryJSON{
		ID: formatID(d.ID), ListenerID: formatID(d.ListenerID), Outcome: d.Outcome, Cause: optionalText(d.Cause),
		Detail: optionalText(d.Detail), ReceivedAt: formatTime(d.ReceivedAt), Version: version,
		DuplicateOf: optionalID(d.DuplicateOf), ReplayOf: optionalID(d.ReplayOf),
		Request: requestJSON{
			Method: d.Request.Method, URL: url, ClientIP: d.Request.ClientIP, ContentType: d.Request.ContentType, Size: size,
		},
	}
	if d.Response != nil {
		v.Response = &responseJSON{Status: d.Response.Status}
	}
	if run != nil {
		v.Run = &runJSON{
			ID: formatID(run.ID), State: run.State, Reason: optionalText(run.Reason),
			Error: optionalText(run.Error),
		}
		if run.State == string(behaviors.RunOpen) || run.State == string(behaviors.RunWaiting) {
			v.Run.DueAt = optionalTime(run.DueAt)
		}
	}
	return v, nil
}

// version is the number of a version's row; nil for none, or one that is gone.
func (s *deliveryView) version(ctx context.Context, id int64) (*int, error) {
	if id == 0 {
		return nil, nil
	}
	if n, ok := s.versions[id]; ok {
		return n, nil
	}
	row, err := s.h.Store.Version(ctx, id)
	var n *int
	if err == nil {
		n = &row.Version
	} else if !errors.Is(err, models.ErrNotFound) {
		return nil, err
	}
	s.versions[id] = n
	return n, nil
}

// url is the request's; path and query belong to the payload, and the GUID is masked.
func (s *deliveryView) url(ctx context.Context, d *models.Delivery) (string, error) {
	if s.payloads && s.urls {
		return d.Request.URL, nil
	}
	l, ok := s.listeners[d.ListenerID]
	if !ok {
		var err error
		l, err = s.h.Store.Listener(ctx, d.ListenerID)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return "", err
		}
		s.listeners[d.ListenerID] = l
	}
	if l == nil { // deleted: nobody is left who could say which part is the GUID
		return "", nil
	}
	url := d.Request.URL
	if !s.payloads {
		url = s.h.listenerURL(l)
	}
	if !s.urls {
		url = mask(url, l.GUID)
	}
	return url, nil
}

func showSteps(rows []*models.StepRow, payloads bool) []stepJSON {
	steps := make([]stepJSON, 0, len(rows))
	for _, row := range rows {
		v := stepJSON{
			Path: row.Path, Line: row.Line, Name: row.Name, Action: row.Action, State: row.State,
			Error: optionalText(row.Error), Attempts: []attemptJSON{},
		}
		if payloads {
			v.Params, v.Output = jsonOrNull(row.Params), jsonOrNull(row.Output)
			v.Error = optionalText(cmp.Or(row.Error, reasonOfFail(row)))
		}
		for _, a := range row.Attempts {
			shown := attemptJSON{
				N: a.N, StartedAt: formatTime(a.StartedAt), FinishedAt: optionalTime(a.FinishedAt),
				Error: optionalText(a.Error), Blame: optionalText(a.Blame),
			}
			if a.Status != 0 {
				shown.Status = &a.Status
			}
			v.Attempts = append(v.Attempts, shown)
		}
		steps = append(steps, v)
	}
	return steps
}

// reasonOfFail is the text of a fail, or "". One with interpolations shows what
// came in, so it is kept with the params and in no error.
func reasonOfFail(row *models.StepRow) string {
	var params struct {
		Reason string `json:"reason"`
	}
	if row.Action != "fail" || row.State != string(behaviors.StepFailed) || json.Unmarshal(row.Params, &params) != nil {
		return ""
	}
	return params.Reason
}

// showReason completes the error of a run that a fail has ended.
func (v *runJSON) showReason(rows []*models.StepRow) {
	for _, row := range rows {
		if reason := reasonOfFail(row); v.Error != nil && row.Error == "" && reason != "" {
			v.Error = optionalText(*v.Error + ": " + reason)
		}
	}
}

func jsonOrNull(b []byte) *rawJSON {
	r := rawJSON(b)
	if len(b) == 0 || !json.Valid(b) {
		r = nil
	}
	return &r
}

func optionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
