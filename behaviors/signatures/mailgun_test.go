package signatures

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

const (
	mailgunKey       = "test-signing-key"
	mailgunTimestamp = "1770886799"
	mailgunToken     = "50charsoftokenabcdefghijklmnopqrstuvwxyz0123456789"
	mailgunSignature = "0b869b5dc393f0b7ec6dea0bba18db1256b3068fcb9b80b5bdbc7bc1acbe6b30"
)

func mailgunRequest(contentType, body string, receivedAt int64) *payload.Request {
	return &payload.Request{
		Method: "POST", Body: []byte(body), ReceivedAt: time.Unix(receivedAt, 0),
		Header: payload.Header{{Name: "Content-Type", Value: contentType}},
	}
}

// mailgunJSON is a body with this proof.
func mailgunJSON(timestamp, token, signature string) *payload.Request {
	text, _ := json.Marshal(map[string]any{"signature": map[string]string{
		"timestamp": timestamp, "token": token, "signature": signature,
	}})
	return mailgunRequest("application/json", string(text), 1770886800)
}

func TestMailgunVectors(t *testing.T) {
	for _, c := range []struct {
		name, contentType, file string
		receivedAt              int64
	}{
		{"today's", "application/json", "mailgun-permanent-fail.json", 1770886800},
		{"today's, without a type", "", "mailgun-permanent-fail.json", 1770886800},
		{"legacy", "application/x-www-form-urlencoded", "mailgun-legacy-dropped.form", 1770886861},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := mailgunRequest(c.contentType, read(t, c.file), c.receivedAt)
			want(t, mailgun(), r, "", mailgunKey)
			want(t, mailgun(), r, mismatch, "other")
		})
	}
	want(t, mailgun(), mailgunJSON(mailgunTimestamp, mailgunToken, mailgunSignature), "", mailgunKey)
	// as routes send mail that has attachments
	var parts strings.Builder
	for _, f := range [][2]string{{"timestamp", mailgunTimestamp}, {"token", mailgunToken}, {"signature", mailgunSignature}, {`attachment-1"; filename="a.txt`, "x"}} {
		fmt.Fprintf(&parts, "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", f[0], f[1])
	}
	r := mailgunRequest("multipart/form-data; boundary=b", parts.String()+"--b--\r\n", 1770886861)
	want(t, mailgun(), r, "", mailgunKey)
	want(t, mailgun(), r, mismatch, "other")
}

func TestMailgunTolerance(t *testing.T) {
	at := int64(1770886799)
	body := read(t, "mailgun-permanent-fail.json")
	for seconds, message := range map[int64]string{
		0:      "",
		86400:  "",
		-86400: "",
		86401:  "the timestamp is 86401 s old, at most 86400 s are accepted",
		90000:  "the timestamp is 90000 s old, at most 86400 s are accepted",
		-86401: "the timestamp is 86401 s ahead, at most 86400 s are accepted",
	} {
		t.Run(fmt.Sprint(seconds), func(t *testing.T) {
			want(t, mailgun(), mailgunRequest("application/json", body, at+seconds), message, mailgunKey)
		})
	}
	r := mailgunRequest("application/json", body, at)
	r.ReceivedAt = time.Time{}
	if err := mailgun().Verify(r, []string{mailgunKey}); err == nil {
		t.Error("accepted without a time of receipt")
	}
	for _, timestamp := range []string{"9223372036854775807", "9223372036854775000", "62135596800", "999999999999"} {
		r := mailgunJSON(timestamp, "", hmacSHA256(mailgunKey, []byte(timestamp)))
		if err := mailgun().Verify(r, []string{mailgunKey}); err == nil {
			t.Errorf("accepted the timestamp %s", timestamp)
		}
	}
}

func TestMailgunRefuses(t *testing.T) {
	for _, c := range []struct{ name, contentType, body, message string }{
		{"empty body", "application/json", "", "the body is empty, so there is no signature"},
		{"malformed", "application/json", "{", "no signature can be read: the body is not JSON: expected a name in quotes at byte 1"},
		{"too deep", "application/json", strings.Repeat("[", 101), "body is nested deeper than 100 levels"},
		{"multipart", "multipart/form-data", "x", "no signature can be read: the multipart body is malformed: the content type names no boundary"},
		{"no object", "application/json", `{}`, "signature.timestamp is missing in the body"},
		{"a text", "application/json", `{"signature":"x"}`, "signature.timestamp is missing in the body"},
		{"null", "application/json", `{"signature":{"timestamp":null}}`, "signature.timestamp is missing in the body"},
		{"a list", "application/json", `[]`, "signature.timestamp is missing in the body"},
		{"number as timestamp", "application/json", `{"signature":{"timestamp":1770886799,"token":"x","signature":"x"}}`, "signature.timestamp in the body is no text"},
		{"no token", "application/json", `{"signature":{"timestamp":"1770886799","signature":"x"}}`, "signature.token is missing in the body"},
		{"token is a list", "application/json", `{"signature":{"timestamp":"1770886799","token":["x"],"signature":"x"}}`, "signature.token in the body is no text"},
		{"no signature", "application/json", `{"signature":{"timestamp":"1770886799","token":"x"}}`, "signature.signature is missing in the body"},
		{"the last of two objects holds", "application/json", `{"signature":{"timestamp":"1770886799","token":"` + mailgunToken + `","signature":"` + mailgunSignature + `"},"signature":{}}`, "signature.timestamp is missing in the body"},
		{"flat JSON", "application/json", `{"timestamp":"1770886799","token":"` + mailgunToken + `","signature":"` + mailgunSignature + `"}`, "signature.timestamp is missing in the body"},
		{"repeated field", "application/x-www-form-urlencoded", "timestamp=1&timestamp=2&token=x&signature=x", "timestamp in the body is no text"},
		{"form without a token", "application/x-www-form-urlencoded", "timestamp=1&signature=x", "token is missing in the body"},
		{"multipart without a token", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=timestamp\r\n\r\n1\r\n--b--", "token is missing in the body"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want(t, mailgun(), mailgunRequest(c.contentType, c.body, 1770886800), c.message, mailgunKey)
		})
	}
	for _, timestamp := range []string{"", "x", "+1770886799", "-1770886799", " 1770886799", "1770886799.0", "01770886799", "1_770_886_799", "99999999999999999999"} {
		want(t, mailgun(), mailgunJSON(timestamp, mailgunToken, mailgunSignature), "the timestamp is no number of seconds", mailgunKey)
	}
	// the signed text is timestamp and token without anything between
	for i := 1; i < len(mailgunTimestamp); i++ {
		r := mailgunJSON(mailgunTimestamp[:i], mailgunTimestamp[i:]+mailgunToken, mailgunSignature)
		if err := mailgun().Verify(r, []string{mailgunKey}); err == nil {
			t.Errorf("accepted with the timestamp %s", mailgunTimestamp[:i])
		}
	}
	r := mailgunJSON(mailgunTimestamp+mailgunToken[:2], mailgunToken[2:], mailgunSignature)
	if err := mailgun().Verify(r, []string{mailgunKey}); err == nil {
		t.Error("accepted with digits of the token in the timestamp")
	}

	proof := []string{mailgunTimestamp, mailgunToken, mailgunSignature}
	for i, what := range []string{"timestamp", "token", "signature"} {
		for name, text := range mutations(proof[i]) {
			changed := append([]string{}, proof...)
			changed[i] = text
			if err := mailgun().Verify(mailgunJSON(changed[0], changed[1], changed[2]), []string{mailgunKey}); err == nil {
				t.Errorf("%s, %s: accepted %q", what, name, text)
			}
		}
	}
	for name, key := range mutations(mailgunKey) {
		if err := mailgun().Verify(mailgunJSON(mailgunTimestamp, mailgunToken, mailgunSignature), []string{key}); err == nil {
			t.Errorf("key, %s: accepted %q", name, key)
		}
	}
}

func TestMailgunErrorsNameNoSignature(t *testing.T) {
	r := mailgunJSON(mailgunTimestamp, mailgunToken, strings.Repeat("0", 64))
	if err := mailgun().Verify(r, []string{mailgunKey}); strings.Contains(err.Error(), mailgunSignature[:8]) {
		t.Errorf("the error tells the signature: %v", err)
	}
}

func TestMailgunSigns(t *testing.T) {
	now := time.Unix(1790000000, 5)
	for _, c := range []struct{ name, contentType, body, want string }{
		{"object replaced", "application/json", `{ "a":1, "signature" : {"timestamp":"1","x":2} , "b": 1.50 }`, `{ "a":1, "signature" : SIGNATURE , "b": 1.50 }`},
		{"the last of two", "application/json", `{"signature":{},"signature":null}`, `{"signature":{},"signature":SIGNATURE}`},
		{"object added", "application/json", "\xef\xbb\xbf\n{ \"a\":1}", "\xef\xbb\xbf\n{\"signature\":SIGNATURE, \"a\":1}"},
		{"empty map", "application/json", `{}`, `{"signature":SIGNATURE}`},
		{"form", "application/x-www-form-urlencoded", "b=%20&%74oken=x&a=1&a=2&signature=", "b=%20&a=1&a=2&FIELDS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := mailgunRequest(c.contentType, c.body, now.Unix())
			if err := mailgun().Sign(r, mailgunKey, now); err != nil {
				t.Fatal(err)
			}
			want(t, mailgun(), r, "", mailgunKey)
			body, err := newMailgunBody().scan(r)
			if err != nil {
				t.Fatal(err)
			}
			proof := body.All().(map[string]any)
			if object, ok := proof["signature"].(map[string]any); ok {
				proof = object
			}
			token, _ := proof["token"].(string)
			if len(token) != 50 || proof["timestamp"] != "1790000000" {
				t.Errorf("token %q, timestamp %v", token, proof["timestamp"])
			}
			signature := hmacSHA256(mailgunKey, []byte("1790000000"+token))
			whole := strings.NewReplacer(
				"SIGNATURE", `{"timestamp":"1790000000","token":"`+token+`","signature":"`+signature+`"}`,
				"FIELDS", "timestamp=1790000000&token="+token+"&signature="+signature,
			).Replace(c.want)
			if got := string(r.Body); got != whole {
				t.Errorf("got %s, want %s", got, whole)
			}
		})
	}

	tokens := map[any]bool{}
	for _, c := range []struct {
		body string
		at   time.Time
	}{{`{}`, now}, {`{}`, now}, {`{}`, now.Add(1)}, {`{"a":1}`, now}} {
		r := mailgunRequest("application/json", c.body, now.Unix())
		if err := mailgun().Sign(r, mailgunKey, c.at); err != nil {
			t.Fatal(err)
		}
		body, _ := newMailgunBody().scan(r)
		tokens[body.All().(map[string]any)["signature"].(map[string]any)["token"]] = true
	}
	if len(tokens) != 3 {
		t.Errorf("%d tokens, want one for each body and time", len(tokens))
	}

	for contentType, body := range map[string]string{"application/json": `[1]`, "text/xml": `<a/>`, "text/json": ``, "text/plain": `x`} {
		r := mailgunRequest(contentType, body, now.Unix())
		if err := mailgun().Sign(r, mailgunKey, now); err == nil || string(r.Body) != body {
			t.Errorf("%s %s: got %s, %v", contentType, body, r.Body, err)
		}
	}
}

// Sent again in the same moment, a renewed sample has another token.
func TestMailgunRenews(t *testing.T) {
	now := time.Unix(1790000000, 0)
	for contentType, file := range map[string]string{
		"application/json": "mailgun-permanent-fail.json", "application/x-www-form-urlencoded": "mailgun-legacy-dropped.form",
	} {
		bodies := map[string]bool{}
		for _, id := range []string{"", "new", "newer"} {
			r := mailgunRequest(contentType, read(t, file), now.Unix())
			if id != "" {
				if err := mailgun().Renew(r, id); err != nil {
					t.Fatal(err)
				}
			}
			if err := mailgun().Sign(r, mailgunKey, now); err != nil {
				t.Fatal(err)
			}
			want(t, mailgun(), r, "", mailgunKey)
			bodies[string(r.Body)] = true
		}
		if len(bodies) != 3 {
			t.Errorf("%s: %d different bodies, want 3", file, len(bodies))
		}
	}
}

func TestMailgunReplies(t *testing.T) {
	p := mailgun()
	if p.Rejection.Status != 406 || !reflect.DeepEqual(p.Empty, Reply{Status: 200}) {
		t.Errorf("rejection %d, empty answer %+v", p.Rejection.Status, p.Empty)
	}
}

// FuzzMailgun: only the vector's exact bytes are accepted.
func FuzzMailgun(f *testing.F) {
	f.Add(mailgunTimestamp, mailgunToken, mailgunSignature)
	f.Add("1770886799"+"5", mailgunToken[1:], mailgunSignature)
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, timestamp, token, signature string) {
		r := mailgunJSON(timestamp, token, signature)
		exact := timestamp == mailgunTimestamp && token == mailgunToken && signature == mailgunSignature
		if err := mailgun().Verify(r, []string{mailgunKey}); (err == nil) != exact {
			t.Fatalf("%q %q %q: %v", timestamp, token, signature, err)
		}
	})
}

// FuzzMailgunBody: no body makes the verifier panic, and a signed one verifies
// and keeps its other members.
func FuzzMailgunBody(f *testing.F) {
	f.Add([]byte(read(f, "mailgun-permanent-fail.json")), false)
	f.Add([]byte(read(f, "mailgun-legacy-dropped.form")), true)
	f.Add([]byte(`{"signature":{"timestamp":"1"},"signature":1}`), false)
	f.Fuzz(func(t *testing.T, body []byte, form bool) {
		contentType := "application/json"
		if form {
			contentType = "application/x-www-form-urlencoded"
		}
		r := mailgunRequest(contentType, string(body), 1790000000)
		_ = mailgun().Verify(r, []string{mailgunKey})
		before, err := newMailgunBody().scan(r)
		if err != nil {
			return
		}
		members, ok := before.All().(map[string]any)
		if !ok || mailgun().Sign(r, mailgunKey, time.Unix(1790000000, 0)) != nil {
			return
		}
		if err := mailgun().Verify(r, []string{mailgunKey}); err != nil {
			t.Fatalf("signed: %v: %q", err, r.Body)
		}
		after, err := newMailgunBody().scan(r)
		if err != nil {
			t.Fatal(err)
		}
		signed := after.All().(map[string]any)
		for _, m := range []map[string]any{members, signed} {
			delete(m, "signature")
			if form {
				delete(m, "timestamp")
				delete(m, "token")
			}
		}
		if !reflect.DeepEqual(signed, members) {
			t.Fatalf("got %#v, want %#v", signed, members)
		}
	})
}
