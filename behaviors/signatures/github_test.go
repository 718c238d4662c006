package signatures

import (
	"reflect"
	"testing"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

func githubRequest(body string, signatures ...string) *payload.Request {
	r := &payload.Request{Method: "POST", Body: []byte(body)}
	for _, s := range signatures {
		r.Header = append(r.Header, payload.Field{Name: "X-Hub-Signature-256", Value: s})
	}
	return r
}

const (
	githubKey       = "It's a Secret to Everybody"
	githubBody      = "Hello, World!"
	githubSignature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
)

func TestGitHubVectors(t *testing.T) {
	for _, c := range []struct{ from, key, body, signature string }{
		{"GitHub documentation", githubKey, githubBody, githubSignature},
		{"octokit/webhooks-methods.js", "mysecret", `{"foo":"bar"}`, "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3"},
		{"frain-dev/convoy", "Convoy", "Test Payload Body", "sha256=d7a154547e7c35e31c4c820e20237650939c3d34dae136e30a7757ca61abb4cf"},
		{"adnanh/webhook", "secret", `{"a": "z"}`, "sha256=f417af3a21bd70379b5796d5f013915e7029f62c580fb0f500f59a35a6f04c89"},
		{"adnanh/webhook, empty body", "secret", "", "sha256=f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169"},
	} {
		t.Run(c.from, func(t *testing.T) {
			want(t, github(), githubRequest(c.body, c.signature), "", c.key)
			r := githubRequest(c.body, "sha256=stale")
			r.Header = append(r.Header, payload.Field{Name: "X-A", Value: "kept"})
			if err := github().Sign(r, c.key, time.Time{}); err != nil {
				t.Fatal(err)
			}
			wantHeader := payload.Header{{Name: "X-A", Value: "kept"}, {Name: "X-Hub-Signature-256", Value: c.signature}}
			if !reflect.DeepEqual(r.Header, wantHeader) || string(r.Body) != c.body {
				t.Errorf("signed: got %v, %q, want %v", r.Header, r.Body, wantHeader)
			}
		})
	}
}

func TestGitHubSignsRawBytes(t *testing.T) {
	for name, body := range map[string]string{
		"upper-case escapes": `{"a":"\u001B"}`,
		"form":               "payload=%7B%22a%22%3A1%7D",
		"no text":            "\x00\xff",
	} {
		r := githubRequest(body)
		if err := github().Sign(r, "key", time.Time{}); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { want(t, github(), r, "", "key") })
	}
	r := githubRequest(`{"a":"\u001B"}`)
	if err := github().Sign(r, "key", time.Time{}); err != nil {
		t.Fatal(err)
	}
	r.Body = []byte(`{"a":"\u001b"}`)
	want(t, github(), r, mismatch, "key")
}

func TestGitHubRefuses(t *testing.T) {
	noScheme := "header X-Hub-Signature-256 does not begin with sha256="
	hex := githubSignature[len("sha256="):]
	want(t, github(), githubRequest(githubBody), "header X-Hub-Signature-256 is missing", githubKey)
	want(t, github(), githubRequest(githubBody, githubSignature, githubSignature), "header X-Hub-Signature-256 is there 2 times", githubKey)
	want(t, github(), githubRequest(githubBody, "", githubSignature), "header X-Hub-Signature-256 is there 2 times", githubKey)
	want(t, github(), githubRequest(githubBody, hex), noScheme, githubKey)
	want(t, github(), githubRequest(githubBody, "SHA256="+hex), noScheme, githubKey)
	want(t, github(), githubRequest(githubBody, "sha1="+hex), noScheme, githubKey)
	want(t, github(), githubRequest(githubBody, ""), noScheme, githubKey)

	// the older header is no substitute
	r := githubRequest(githubBody)
	r.Header = payload.Header{{Name: "X-Hub-Signature", Value: githubSignature}}
	want(t, github(), r, "header X-Hub-Signature-256 is missing", githubKey)

	for name, changed := range mutations(githubSignature) {
		if err := github().Verify(githubRequest(githubBody, changed), []string{githubKey}); err == nil {
			t.Errorf("signature, %s: accepted %q", name, changed)
		}
	}
	for name, changed := range mutations(githubBody) {
		if err := github().Verify(githubRequest(changed, githubSignature), []string{githubKey}); err == nil {
			t.Errorf("body, %s: accepted %q", name, changed)
		}
	}
	for name, changed := range mutations(githubKey) {
		if err := github().Verify(githubRequest(githubBody, githubSignature), []string{changed}); err == nil {
			t.Errorf("key, %s: accepted %q", name, changed)
		}
	}
}

func TestGitHubRenews(t *testing.T) {
	r := githubRequest(githubBody)
	r.Header = payload.Header{{Name: "x-github-delivery", Value: "old"}, {Name: "X-GitHub-Event", Value: "push"}}
	wantHeader := payload.Header{{Name: "X-GitHub-Delivery", Value: "new"}, {Name: "X-GitHub-Event", Value: "push"}}
	if err := github().Renew(r, "new"); err != nil || !reflect.DeepEqual(r.Header, wantHeader) || string(r.Body) != githubBody {
		t.Errorf("got %v, %s, %v", r.Header, r.Body, err)
	}
}

func TestGitHubReplies(t *testing.T) {
	p := github()
	if p.Rejection.Status != 401 || !reflect.DeepEqual(p.Empty, Reply{Status: 200}) {
		t.Errorf("rejection %d, empty answer %+v", p.Rejection.Status, p.Empty)
	}
	for event, test := range map[string]bool{"ping": true, "issues": false, "": false} {
		r := &payload.Request{Header: payload.Header{{Name: "X-Github-Event", Value: event}}}
		if p.Test(r) != test {
			t.Errorf("event %q: Test is %v", event, !test)
		}
	}
}

// FuzzGitHub: only the vector's exact bytes are accepted.
func FuzzGitHub(f *testing.F) {
	f.Add(githubBody, githubSignature, githubKey)
	f.Add(githubBody+"\n", "sha256=", "")
	f.Fuzz(func(t *testing.T, body, signature, key string) {
		exact := body == githubBody && signature == githubSignature && key == githubKey
		if err := github().Verify(githubRequest(body, signature), []string{key}); (err == nil) != exact {
			// a key is hashed or filled up with zeros, so that two may be the same one
			if r := githubRequest(body); key != "" && github().Sign(r, key, time.Time{}) == nil && r.Header.Get("X-Hub-Signature-256") == signature {
				return
			}
			t.Fatalf("%q %q: %v", body, signature, err)
		}
	})
}
