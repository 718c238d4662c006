package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const orderToken = "Bearer canary-of-the-order-system"

// orders is a system that wants to know which ticket belongs to an order.
type orders struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

func newOrders(t *testing.T) *orders {
	o := &orders{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.seen = append(o.seen, fmt.Sprintf("%s %s %s %s", r.Method, r.RequestURI, r.Header.Get("Authorization"), body))
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"linked": true, "by": %q}`, r.Header.Get("Authorization"))
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *orders) calls() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.seen...)
}

const orderBehavior = `
behavior: 1
name: Orders
inputs:
  token: {type: secret, required: true}
  system: {type: url, required: true}
accept: {types: [form, multipart]}
steps:
  - ticket.find: {external_id: "order-${{ payload.order }}"}
    as: ticket
  - ticket.create:
      subject: "Order ${{ payload.order }}"
      text: "${{ payload.text }}"
      from: "${{ payload.name }} <${{ payload.email }}>"
      group: Billing
      external_id: "order-${{ payload.order }}"
      fields: {order: "${{ payload.order }}"}
      files: "${{ request.files }}"
    when: ticket == nil
    as: ticket
  - ticket.note: {ticket: "${{ ticket.id }}", text: "Order ${{ payload.order }} was reported."}
  - http.request:
      method: PUT
      url: "${{ inputs.system }}/orders/${{ payload.order }}"
      headers: {Authorization: "${{ inputs.token }}"}
      json: {ticket: "${{ ticket.mask }}", url: "${{ ticket.url }}"}
    as: link
  - ticket.note: {ticket: "${{ ticket.id }}", text: "Linked: ${{ link.json.linked }} by ${{ link.json.by }}"}
    when: link.status == 200
`

// A form is reported, becomes a ticket with a file, is noted, and another system
// is told, all made over the API alone. The secret goes there and nowhere else.
func TestOrderBecomesATicket(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := &story{site: open(t, c)}
		system, stranger := newOrders(t), newOrders(t)
		s.want(http.StatusOK, "PUT", "/api/plugins/webhooks", `{"enabled": true}`, nil)
		s.want(http.StatusOK, "PUT", "/api/webhooks/v1/secrets/orders", fmt.Sprintf(`{"value": %q, "hosts": [%q]}`, orderToken, strings.TrimPrefix(system.URL, "http://")), nil)

		source, err := json.Marshal(map[string]string{"source": orderBehavior})
		if err != nil {
			t.Fatal(err)
		}
		s.want(http.StatusCreated, "POST", "/api/webhooks/v1/behaviors", string(source), &s.behavior)
		s.want(http.StatusOK, "POST", "/api/webhooks/v1/behaviors/"+s.behavior.ID+"/publish", `{"note": ""}`, nil)
		listen := func(url string) {
			t.Helper()
			s.want(http.StatusCreated, "POST", "/api/webhooks/v1/listeners",
				fmt.Sprintf(`{"name": "Orders", "behavior_id": %q, "inputs": {"token": {"secret": "orders"}, "system": %q}}`, s.behavior.ID, url), &s.listener)
		}
		listen(system.URL)

		const form = "--b\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\n47/11\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nIt came broken.\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAnna\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nanna@example.com\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"photo.txt\"\r\nContent-Type: text/plain\r\n\r\nbytes of the photo\r\n--b--\r\n"
		if got := s.do(s.request("POST", s.listener.URL, "multipart/form-data; boundary=b", form)); got.status != http.StatusOK {
			t.Fatalf("the answer is %d %s", got.status, got.body)
		}
		first := s.latest("accepted")
		var list struct {
			Items []struct{ Mask, Subject, Group string }
		}
		s.want(http.StatusOK, "GET", "/api/tickets", "", &list)
		if len(list.Items) != 1 || list.Items[0].Subject != "Order 47/11" || list.Items[0].Group != "Billing" {
			t.Fatalf("the tickets are %+v", list.Items)
		}
		mask := list.Items[0].Mask
		want := fmt.Sprintf(`PUT /orders/47%%2F11 %s {"ticket":"%s","url":"%s/tickets/%s"}`, orderToken, mask, s.url, mask)
		if got := system.calls(); len(got) != 1 || got[0] != want {
			t.Errorf("the system was called with %q, want %q", got, want)
		}
		wantTexts(s, mask, "It came broken.", "Order 47/11 was reported.", "Linked: true by [secret]")

		// The same order again, by a listener whose URL is not one of the secret's.
		listen(stranger.URL)
		if got := s.do(s.request("POST", s.listener.URL, "application/x-www-form-urlencoded", "order=47/11")); got.status != http.StatusOK {
			t.Fatalf("the answer is %d %s", got.status, got.body)
		}
		var dead deliveryOut
		eventually(t, "a dead run", func() bool {
			var log struct{ Items []deliveryOut }
			s.want(http.StatusOK, "GET", "/api/webhooks/v1/deliveries?limit=1", "", &log)
			if len(log.Items) == 1 {
				dead = log.Items[0]
			}
			return dead.ID != first.ID && dead.Run != nil && dead.Run.State == "dead"
		})
		shown := s.script("GET", "/api/webhooks/v1/deliveries/"+dead.ID, "").body
		if why := "the secret of input token: it may be sent to " + strings.TrimPrefix(system.URL, "http://") + ", and not to " + strings.TrimPrefix(stranger.URL, "http://"); !strings.Contains(shown, why) {
			t.Errorf("the log does not say %q:\n%s", why, shown)
		}
		if got := stranger.calls(); len(got) != 0 {
			t.Errorf("the stranger was called with %q", got)
		}
		wantTexts(s, mask, "It came broken.", "Order 47/11 was reported.", "Linked: true by [secret]", "Order 47/11 was reported.")

		s.logIn("admin", testPassword)
		page := s.get("/tickets/" + mask).body
		for _, want := range []string{"order-47/11", "photo.txt", "text/plain, 18 bytes", "<dt>order</dt><dd>47/11</dd>", "/admin/webhooks/deliveries/" + first.ID, "/admin/webhooks/deliveries/" + dead.ID} {
			if !strings.Contains(page, want) {
				t.Errorf("the ticket's page lacks %q:\n%s", want, page)
			}
		}
		all := s.script("GET", "/api/webhooks/v1/deliveries/"+first.ID+"?trace=1", "").body + shown + page + s.logs.String()
		if strings.Contains(all, "canary") {
			t.Error("the secret is shown or logged")
		}
		var raw struct {
			Run struct{ Steps json.RawMessage }
		}
		s.want(http.StatusOK, "GET", "/api/webhooks/v1/deliveries/"+first.ID, "", &raw)
		if steps := string(raw.Run.Steps); strings.Contains(steps, "bytes of the photo") ||
			!strings.Contains(steps, `"files":[{"content_type":"text/plain","field":"photo","name":"photo.txt","size":18}]`) {
			t.Errorf("a file is not shown as what it is: %s", steps)
		}
	})
}

// wantTexts wants the messages of a ticket to say this, in order.
func wantTexts(s *story, mask string, want ...string) {
	s.t.Helper()
	var ticket struct{ Messages []struct{ Text string } }
	s.want(http.StatusOK, "GET", "/api/tickets/"+mask, "", &ticket)
	var got []string
	for _, m := range ticket.Messages {
		got = append(got, m.Text)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		s.t.Errorf("the ticket says %q, want %q", got, want)
	}
}
