package signatures

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// The vector is Slack's documented one, as python-slack-sdk tests it.
const (
	slackKey       = "8f742231b10e8888abcd99yyyzzz85a5"
	slackTimestamp = "1531420618"
	slackSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	slackAt        = 1531420618
)

// slackRequest came at a moment, with these header lines.
func slackRequest(body string, receivedAt int64, timestamps, signatures []string) *payload.Request {
	r := &payload.Request{Method: "POST", Body: []byte(body), ReceivedAt: time.Unix(receivedAt, 0)}
	for _, v := range signatures {
		r.Header = append(r.Header, payload.Field{Name: "x-slack-signature", Value: v})
	}
	for _, v := range timestamps {
		r.Header = append(r.Header, payload.Field{Name: "x-slack-request-timestamp", Value: v})
	}
	return r
}

func slackSigned(body string, receivedAt int64) *payload.Request {
	return slackRequest(body, receivedAt, []string{slackTimestamp}, []string{slackSignature})
}

func TestSlackVector(t *testing.T) {
	body := read(t, "slack-slash-command.form")
	want(t, slack(), slackSigned(body, slackAt), "", slackKey)
	want(t, slack(), slackSigned(body, slackAt), mismatch, "other")
	want(t, slack(), slackSigned(body, slackAt), errEmptySecret.Error(), "")
	want(t, slack(), slackSigned(body, slackAt), "", "other", "", slackKey)

	r := slackRequest(body, slackAt, []string{"1", "2"}, []string{"v0=stale"})
	r.Header = append(payload.Header{{Name: "X-A", Value: "kept"}}, r.Header...)
	if err := slack().Sign(r, slackKey, time.Unix(slackAt, 999)); err != nil {
		t.Fatal(err)
	}
	wantHeader := payload.Header{
		{Name: "X-A", Value: "kept"},
		{Name: "X-Slack-Request-Timestamp", Value: slackTimestamp},
		{Name: "X-Slack-Signature", Value: slackSignature},
	}
	if !reflect.DeepEqual(r.Header, wantHeader) || string(r.Body) != body {
		t.Errorf("signed: got %v, %q, want %v", r.Header, r.Body, wantHeader)
	}
}

func TestSlackTolerance(t *testing.T) {
	body := read(t, "slack-slash-command.form")
	for seconds, message := range map[int64]string{
		0:    "",
		300:  "",
		-300: "",
		301:  "the timestamp is 301 s old, at most 300 s are accepted",
		-301: "the timestamp is 301 s ahead, at most 300 s are accepted",
	} {
		t.Run(fmt.Sprint(seconds), func(t *testing.T) {
			want(t, slack(), slackSigned(body, slackAt+seconds), message, slackKey)
		})
	}
	for _, timestamp := range []string{"9223372036854775807", "9223372036854775000", "62135596800", "999999999999"} {
		signature := "v0=" + hmacSHA256(slackKey, []byte("v0:"+timestamp+":"))
		r := slackRequest("", slackAt, []string{timestamp}, []string{signature})
		if err := slack().Verify(r, []string{slackKey}); err == nil {
			t.Errorf("accepted the timestamp %s", timestamp)
		}
	}
	r := slackSigned(body, slackAt)
	r.ReceivedAt = time.Time{}
	if err := slack().Verify(r, []string{slackKey}); err == nil {
		t.Error("accepted without a time of receipt")
	}
}

func TestSlackRefuses(t *testing.T) {
	body := read(t, "slack-slash-command.form")
	hex := slackSignature[len("v0="):]
	const noScheme = "header X-Slack-Signature does not begin with v0="
	one, two := []string{slackTimestamp}, []string{slackTimestamp, slackTimestamp}
	for _, c := range []struct {
		name                   string
		timestamps, signatures []string
		message                string
	}{
		{"no signature", one, nil, "header X-Slack-Signature is missing"},
		{"no timestamp", nil, []string{slackSignature}, "header X-Slack-Request-Timestamp is missing"},
		{"signature twice", one, []string{slackSignature, slackSignature}, "header X-Slack-Signature is there 2 times"},
		{"signature twice, one wrong", one, []string{"v0=00", slackSignature}, "header X-Slack-Signature is there 2 times"},
		{"timestamp twice", two, []string{slackSignature}, "header X-Slack-Request-Timestamp is there 2 times"},
		{"no scheme", one, []string{hex}, noScheme},
		{"scheme in another case", one, []string{"V0=" + hex}, noScheme},
		{"another version", one, []string{"v1=" + hex}, noScheme},
		{"GitHub's", one, []string{"sha256=" + hex}, noScheme},
		{"empty signature", one, []string{""}, noScheme},
		{"scheme alone", one, []string{"v0="}, mismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			want(t, slack(), slackRequest(body, slackAt, c.timestamps, c.signatures), c.message, slackKey)
		})
	}
	for _, timestamp := range []string{"", "x", "+1531420618", "-1531420618", " 1531420618", "1531420618.0", "01531420618", "1531420618:", "99999999999999999999"} {
		want(t, slack(), slackRequest(body, slackAt, []string{timestamp}, []string{slackSignature}), "the timestamp is no number of seconds", slackKey)
	}

	verifies := func(body, timestamp, signature, key string) bool {
		r := slackRequest(body, slackAt, []string{timestamp}, []string{signature})
		return slack().Verify(r, []string{key}) == nil
	}
	for name, changed := range mutations(slackSignature) {
		if verifies(body, slackTimestamp, changed, slackKey) {
			t.Errorf("signature, %s: accepted %q", name, changed)
		}
	}
	for name, changed := range mutations(slackTimestamp) {
		if verifies(body, changed, slackSignature, slackKey) {
			t.Errorf("timestamp, %s: accepted %q", name, changed)
		}
	}
	for name, changed := range mutations(body) {
		if verifies(changed, slackTimestamp, slackSignature, slackKey) {
			t.Errorf("body, %s: accepted %q", name, changed)
		}
	}
	for name, changed := range mutations(slackKey) {
		if verifies(body, slackTimestamp, slackSignature, changed) {
			t.Errorf("key, %s: accepted %q", name, changed)
		}
	}
	// what is signed cannot move between timestamp and body
	if verifies("18:"+body, "15314206", slackSignature, slackKey) || verifies(slackTimestamp+":"+body, "", slackSignature, slackKey) {
		t.Error("accepted with a part of the timestamp in the body")
	}
}

func TestSlackReplies(t *testing.T) {
	p := slack()
	if !reflect.DeepEqual(p.Empty, Reply{Status: http.StatusOK}) {
		t.Errorf("empty answer %+v", p.Empty)
	}
	wantReply := Reply{
		Status: http.StatusUnauthorized,
		Header: payload.Header{
			{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
			{Name: "X-Slack-No-Retry", Value: "1"},
		},
		Body: "signature does not match",
	}
	if !reflect.DeepEqual(p.Rejection, wantReply) {
		t.Errorf("got %+v, want %+v", p.Rejection, wantReply)
	}
}

func TestSlackProbe(t *testing.T) {
	for body, probe := range map[string]bool{
		"ssl_check=1":                       true,
		"token=x&ssl_check=1&a=":            true,
		"ssl_check=10":                      false,
		"ssl_check=0":                       false,
		"text=ssl_check%3D1":                false,
		"no_ssl_check=1":                    false,
		"ssl_check=0&ssl_check=1":           false,
		"ssl_check=1&text=%ff":              false, // no form at all
		`{"text":"ssl_check=1"}`:            false,
		"":                                  false,
		read(t, "slack-slash-command.form"): false,
	} {
		if got := slack().Test(&payload.Request{Body: []byte(body)}); got != probe {
			t.Errorf("%s: got %v", body, got)
		}
	}
}

func TestSlackRenews(t *testing.T) {
	for _, c := range []struct{ contentType, body, want string }{
		{"application/x-www-form-urlencoded", "text=a%20b&trigger_id=1.2", "text=a%20b&trigger_id=new"},
		{"application/json", `{ "event_id":"Ev1", "event":{"ts":"1.20"}}`, `{ "event_id":"new", "event":{"ts":"1.20"}}`},
		{"application/x-www-form-urlencoded", "payload=%7B%7D", "payload=%7B%7D"},
	} {
		r := &payload.Request{Header: payload.Header{{Name: "Content-Type", Value: c.contentType}}, Body: []byte(c.body)}
		if err := slack().Renew(r, "new"); err != nil || string(r.Body) != c.want {
			t.Errorf("got %s, %v, want %s", r.Body, err, c.want)
		}
	}
	r := &payload.Request{Header: payload.Header{{Name: "Content-Type", Value: "application/json"}}, Body: []byte(`{"a"`)}
	if err := slack().Renew(r, "new"); err == nil {
		t.Error("a body that is no JSON was renewed")
	}
}

// FuzzSlack: only what signs the very bytes is accepted.
func FuzzSlack(f *testing.F) {
	body := read(f, "slack-slash-command.form")
	f.Add(body, slackTimestamp, slackSignature, slackKey)
	f.Add("18:"+body, "15314206", slackSignature, slackKey)
	f.Add("", "", "v0=", "")
	f.Fuzz(func(t *testing.T, body, timestamp, signature, key string) {
		r := slackRequest(body, slackAt, []string{timestamp}, []string{signature})
		if err := slack().Verify(r, []string{key}); err != nil {
			return
		}
		at, err := unixTime(timestamp)
		if err != nil {
			t.Fatalf("accepted the timestamp %q", timestamp)
		}
		again := slackRequest(body, slackAt, nil, nil)
		if err := slack().Sign(again, key, at); err != nil || again.Header.Get("X-Slack-Signature") != signature {
			t.Fatalf("accepted %q with %q: %v", signature, key, err)
		}
	})
}
