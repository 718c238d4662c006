package behaviors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
)

func policyOf(tb testing.TB, text string) behaviors.Policy {
	tb.Helper()
	p, problems := behaviors.ParsePolicy([]byte(text), catalog(tb))
	if len(problems) > 0 {
		tb.Fatalf("%s: %v", text, problems)
	}
	return p
}

// effectOf gives the evaluation and the first effect of a behavior of one step.
func effectOf(tb testing.TB, source, body string) (*behaviors.Evaluation, behaviors.Effect) {
	tb.Helper()
	p, found := behaviors.Compile(source, catalog(tb))
	if p == nil {
		tb.Fatalf("%s\n%s", source, found.Render("behavior.yaml", source))
	}
	d := delivery(body)
	d.Inputs = map[string]any{"slack": expression.Secret{Name: "slack"}, "system": "https://System.example:8443/v1"}
	e := behaviors.NewEvaluation(p, d, nil)
	decision := e.Advance(behaviors.Journal{})
	if len(decision.Effects) != 1 {
		tb.Fatalf("%s: got %+v, want one effect", source, decision)
	}
	return e, decision.Effects[0]
}

func requestTo(target string) string {
	text, _ := json.Marshal(map[string]string{"url": target})
	return string(text)
}

const (
	calls    = "behavior: 1\nsteps:\n  - http.request: {url: \"${{ payload.url }}\"}\n"
	posts    = "behavior: 1\ninputs: {slack: {type: secret}}\nsteps:\n  - slack.post: {webhook: \"${{ inputs.slack }}\", channel: \"${{ payload.url }}\"}\n"
	tests    = "behavior: 1\nsteps:\n  - test.all: {any: \"${{ payload.url }}\"}\n"
	byHost   = `[{"allow": "http.request", "where": {"url": {"host": "api.example.com"}}}]`
	byPort   = `[{"allow": "http.request", "where": {"url": {"host": "api.example.com:8443"}}}]`
	byPath   = `[{"allow": "http.request", "where": {"url": {"prefix": "https://api.example.com/v1"}}}]`
	notHost  = `[{"deny": "http.request", "where": {"url": {"host": "evil.example"}}}, {"allow": "http.request"}]`
	notPath  = `[{"deny": "http.request", "where": {"url": {"prefix": "https://api.example.com/admin"}}}, {"allow": "http.request"}]`
	toSlack  = `[{"allow": "slack.post", "where": {"webhook": {"host": "hooks.slack.com"}}}]`
	channel  = `[{"allow": "slack.post", "where": {"channel": {"in": ["#a", "#b"]}}}]`
	prefix   = `[{"allow": "slack.post", "where": {"channel": {"prefix": "#team-"}}}]`
	anyEqual = `[{"deny": "test.all", "where": {"any": {"equals": 41}}}, {"allow": "test.all"}]`
)

// The pairs of a rule and a value of S11.
func TestPolicyPairs(t *testing.T) {
	const denied, one = "denied: no rule of the policy allows it", "denied by rule 1"
	pairs := []struct{ source, policy, value, want string }{
		{calls, byHost, "https://api.example.com/v1?x=1#y", ""},
		{calls, byHost, "https://API.Example.COM/v1", ""},
		{calls, byHost, "HTTPS://api.example.com", ""},
		{calls, byHost, "https://api.example.com:8443/", ""}, // without a port any is meant, as with the hosts of a secret
		{calls, byHost, "https://user:pw@api.example.com/", ""},
		{calls, byHost, "https://evil.example/", denied},
		{calls, byHost, "https://api.example.com.evil.example/", denied},
		{calls, byHost, "https://api.example.com@evil.example/", denied},
		{calls, byHost, "https://api.example.com:443@evil.example/", denied},
		{calls, byHost, "https://evil.example/?https://api.example.com/", denied},
		{calls, byHost, "https://evil.example#@api.example.com/", denied},
		{calls, byHost, `https://evil.example\@api.example.com/`, denied},
		{calls, byHost, `https://api.example.com\@evil.example/`, denied},
		{calls, byHost, "https://api.example.com%40evil.example/", denied},
		{calls, byHost, "https://api.example.com%2eevil.example/", denied},
		{calls, byHost, "https://api.example.com./", denied},
		{calls, byHost, "https://.api.example.com/", denied},
		{calls, byHost, "https://sub.api.example.com/", denied},
		{calls, byHost, "https://xapi.example.com/", denied},
		{calls, byHost, "https://api.example.co/", denied},
		{calls, byHost, "https://аpi.example.com/", denied},
		{calls, byHost, "https://ａpi.example.com/", denied},
		{calls, byHost, "https://api。example。com/", denied},
		{calls, byHost, "https://xn--pi-7kc.example.com/", denied},
		{calls, byHost, "https://api.exam\u00adple.com/", denied},
		{calls, byHost, "//api.example.com/", denied},
		{calls, byHost, "api.example.com", denied},
		{calls, byHost, "ftp://api.example.com/", denied},
		{calls, byHost, "https:api.example.com", denied},
		{calls, byHost, "https:///api.example.com/", denied},
		{calls, byHost, "https://[api.example.com]/", denied},
		{calls, byHost, "https://api.example.com:0443/", denied},
		{calls, byPort, "https://api.example.com:8443/x", ""},
		{calls, byPort, "https://api.example.com/x", denied},
		{calls, byPort, "https://api.example.com:8443@evil.example/", denied},
		{calls, byPath, "https://api.example.com/v1", ""},
		{calls, byPath, "https://api.example.com:443/v1/items?x=../..", ""},
		{calls, byPath, "https://api.example.com/%761/items", ""},
		{calls, byPath, "https://api.example.com/v1evil", denied},
		{calls, byPath, "https://api.example.com/v2", denied},
		{calls, byPath, "https://api.example.com/v1/../admin", denied},
		{calls, byPath, "https://api.example.com/v1/%2e%2E/admin", denied},
		{calls, byPath, "https://api.example.com/v1/..%2fadmin", denied},
		{calls, byPath, "https://api.example.com/v1/..;x/admin", denied},
		{calls, byPath, `https://api.example.com/v1/..\admin`, denied},
		{calls, byPath, "https://api.example.com/v1/%252e%252e/admin", denied},
		{calls, byPath, "https://api.example.com//v1/x", denied},
		{calls, byPath, "https://api.example.com/V1/x", denied},
		{calls, byPath, "http://api.example.com/v1/x", denied},
		{calls, byPath, "https://api.example.com:8443/v1/x", denied},
		{calls, byPath, "https://api.example.com.evil.example/v1/x", denied},
		{calls, byPath, "https://api.example.com/?/v1/x", denied},
		{calls, notHost, "https://api.example.com/", ""},
		{calls, notHost, "https://EVIL.example/", one},
		{calls, notHost, "https://evil.example:8443/", one},
		{calls, notHost, "https://evil.example./", one},
		{calls, notHost, "https://еvil.example/", one},
		{calls, notPath, "https://api.example.com/adminx", ""},
		{calls, notPath, "https://api.example.com/admin/users", one},
		{calls, notPath, "https://api.example.com/Admin/users", one},
		{calls, notPath, "https://api.example.com/x/../admin", one},
		{calls, notPath, "https://api.example.com/x/..;/admin", one},
		{calls, notPath, "https://api.example.com//admin", one},
		{calls, notPath, "https://api.example.com/%61dmin", one},
		{calls, toSlack, "#a", denied},
		{calls, "[]", "https://api.example.com/", denied},
		{posts, channel, "#b", ""},
		{posts, channel, "#B", denied},
		{posts, channel, "#b ", denied},
		{posts, prefix, "#team-a", ""},
		{posts, prefix, "#tea", denied},
		{posts, prefix, " #team-a", denied},
		{posts, byHost, "#a", denied},
		{tests, anyEqual, "42", ""},
		{tests, anyEqual, "41", one}, // a text that prints as the number that is denied
	}
	for _, p := range pairs {
		e, effect := effectOf(t, p.source, requestTo(p.value))
		got := ""
		if err := e.Permit(policyOf(t, p.policy), effect, nil); err != nil {
			got = err.Error()
		}
		if got != p.want {
			t.Errorf("%s under %s: got %q, want %q", p.value, p.policy, got, p.want)
		}
	}
}

// A host of a secret is that of its value, and is asked for only where a rule
// needs it.
func TestPolicyOfSecrets(t *testing.T) {
	e, effect := effectOf(t, posts, requestTo("#a"))
	gone := errors.New("cannot be read just now")
	for _, tt := range []struct {
		policy, value string
		err           error
		want          string
	}{
		{toSlack, "https://hooks.slack.com/services/x", nil, ""},
		{toSlack, "https://hooks.slack.com.evil.example/", nil, "denied: no rule of the policy allows it"},
		{toSlack, "no URL", nil, "denied: no rule of the policy allows it"},
		{toSlack, "", gone, gone.Error()},
		{`[{"allow": "slack.post"}]`, "", gone, ""},
		{`null`, "", gone, ""},
	} {
		got := ""
		err := e.Permit(policyOf(t, tt.policy), effect, func(s expression.Secret) (string, error) { return tt.value, tt.err })
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s for %q: got %q, want %q", tt.policy, tt.value, got, tt.want)
		}
	}
}

func TestParsePolicyNamesEachMistake(t *testing.T) {
	const source = `[
		{"allow": "slack.psot"},
		{"allow": "slack.post", "deny": "http.request"},
		{"where": {}},
		"slack.post",
		{"allow": 7},
		{"allow": "slack.post", "when": 1, "where": []},
		{"allow": "slack.post", "where": {"chanel": {"equals": "#a"}, "webhook": {"equals": "x"}, "channel": {"host": "a.example"}}},
		{"allow": "slack.post", "where": {"channel": {"in": []}, "blocks": {"equals": 1}, "text": {"starts": "x"}, "webhook": {"host": "https://x/"}}},
		{"allow": "slack.post", "where": {"channel": {"equals": 7}, "text": {"prefix": ""}, "webhook": {"host": "bücher.example"}}},
		{"allow": "http.request", "where": {"url": {"prefix": "https://api.example.com/v1/../"}}},
		{"allow": "http.request", "where": {"url": {"prefix": "api.example.com/v1"}}},
		{"deny": "http.request", "where": {"url": {"equals": "https://api.example.com/"}}},
		{"allow": "http.request", "where": {"url": {"host": ["a.example"]}, "url": {"host": "b.example"}}},
		{"allow": "test.all", "where": {"level": {"in": ["low", "middle"]}, "count": {"equals": 1.5}, "any": {"equals": {}}}}
	]`
	p, problems := behaviors.ParsePolicy([]byte(source), catalog(t))
	var got []string
	for _, problem := range problems {
		got = append(got, problem.Error()+" ("+problem.Code+")")
	}
	want := strings.Split(strings.TrimSpace(`
[12].where.url: is there twice (conflict)
[0].allow: no action has the name `+"`slack.psot`; did you mean `slack.post`?"+` (unknown)
[1]: a rule has `+"`allow` or `deny`"+`, not both (conflict)
[2]: a rule needs `+"`allow` or `deny`"+`, and the action (required)
[3]: must be an object such as {"allow": "slack.post"} (type)
[4].allow: must be the name of an action, such as `+"`slack.post`"+` (type)
[5].when: is no key of a rule: they are `+"`allow`, `deny` and `where`"+` (unknown)
[5].where: must be an object such as {"url": {"host": "api.example.com"}} (type)
[6].where.chanel: `+"`slack.post` has no parameter `chanel`; did you mean `channel`?"+` (unknown)
[6].where.channel.host: `+"`channel` is no URL"+` (conflict)
[6].where.webhook.equals: `+"`webhook` is a secret: of it only the `host` is compared"+` (conflict)
[7].where.blocks.equals: `+"`blocks` is a list, which `equals` does not compare"+` (conflict)
[7].where.channel.in: must be a list of values, and not empty (type)
[7].where.text.starts: is no comparison: they are `+"`equals`, `in`, `host` and `prefix`"+` (unknown)
[7].where.webhook.host: `+"`https://x/`"+` is no host: write its name, such as api.example.com, or its address, with a port where only that one is meant (format)
[8].where.channel.equals: must be text, as `+"`channel`"+` is (type)
[8].where.text.prefix: must be a text that is not empty (type)
[8].where.webhook.host: `+"`bücher.example`"+` is no host in ASCII: write its name in the form that begins with xn-- (format)
[9].where.url.prefix: must end with a path that has no `+"`..`, no empty name, nothing escaped, no `?` and no `#`"+` (format)
[10].where.url.prefix: must be a whole URL, such as `+"`https://api.example.com/v1/`"+`: it is no URL that begins with https:// or http:// (format)
[11].where.url.equals: a URL can be written in many ways, so `+"`equals` denies none for sure: use `host` or `prefix`"+` (conflict)
[13].where.any.equals: must be a text, a number, true, false or null (type)
[13].where.count.equals: must be a whole number, as `+"`count`"+` is (type)
[13].where.level.in[1]: `+"`middle` is none of `low`, `high`"+` (unknown)
`), "\n")
	if p != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v and\n%s\nwant\n%s", p, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestParsePolicyOfNoList(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:      "the policy must be null or a list of rules (type)",
		`[`:       "the policy is no JSON: unexpected EOF (format)",
		`[] []`:   "the policy is no JSON: something follows the list (format)",
		`"allow"`: "the policy must be null or a list of rules (type)",
		strings.Repeat("[", 50) + strings.Repeat("]", 50):            "the policy is no JSON: it is nested too deep (format)",
		"[" + strings.Repeat(`{"allow": "slack.post"},`, 500) + "1]": "the policy has 501 rules; at most 500 are allowed (too_long)",
	} {
		_, problems := behaviors.ParsePolicy([]byte(text), nil)
		if len(problems) != 1 || problems[0].Error()+" ("+problems[0].Code+")" != want {
			t.Errorf("%.20s: got %v, want %s", text, problems, want)
		}
	}
}

// What is written is what was read.
func TestPolicyRoundTrip(t *testing.T) {
	for _, text := range []string{
		`null`, `[]`, `[{"allow":"slack.post"},{"deny":"http.request"}]`,
		`[{"allow":"slack.post","where":{"channel":{"in":["#a",null]},"webhook":{"host":"hooks.slack.com"}}}]`,
		`[{"allow":"test.all","where":{"any":{"equals":12345678901234567890},"count":{"equals":-7},"url":{"prefix":"https://a.example/"}}}]`,
		`[{"allow":"test.all","where":{"any":{"equals":1.5}}},{"deny":"message.note","where":{"sticky":{"equals":true}}}]`,
	} {
		p := policyOf(t, text)
		got, err := json.Marshal(p)
		if err != nil || string(got) != text {
			t.Errorf("got %s, %v, want %s", got, err, text)
		}
		if again := policyOf(t, string(got)); !reflect.DeepEqual(again, p) {
			t.Errorf("%s reads back as %+v, want %+v", text, again, p)
		}
	}
}

func TestGrants(t *testing.T) {
	const source = `
behavior: 1
inputs:
  system: {type: url, default: "https://system.example/"}
  place: {type: choice, options: ["https://eu.example", "https://us.example:8443/v1"]}
  slack: {type: secret, hosts: [hooks.slack.com]}
  text: {type: text}
let:
  base: '"http://base.example" + payload.path'
steps:
  - when: payload.x startsWith "https://condition.example/"
    steps:
      - http.request: {url: "https://API.example.com/${{ payload.id }}", json: {see: "https://text.example/"}}
      - http.request: {url: "${{ base }}"}
        on_error:
          - slack.post: {webhook: "${{ inputs.slack }}", text: "see https://note.example/"}
  - choose:
      - when: payload.x
        steps:
          - message.note: {message: "1", text: "see https://note.example/"}
  - respond: {text: "https://answer.example/"}
`
	p, found := behaviors.Compile(source, catalog(t))
	if p == nil {
		t.Fatal(found.Render("behavior.yaml", source))
	}
	want := behaviors.Grants{
		Actions: []string{"http.request", "message.note", "slack.post"},
		Hosts: []string{
			"api.example.com:443", "base.example:80", "condition.example:443", "eu.example:443", "hooks.slack.com",
			"system.example:443", "us.example:8443",
		},
		Inputs: []string{"slack: secret", "system: url"},
	}
	if got := p.Grants(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !want.Within(want) || want.Within(behaviors.Grants{Actions: want.Actions, Hosts: want.Hosts}) ||
		!(behaviors.Grants{}).Within(want) || want.Within(behaviors.Grants{Actions: want.Actions, Inputs: want.Inputs}) {
		t.Error("Within does not tell what is part of what")
	}
}

// The null policy never denies a URL whose host is written in the source,
// wherever it stands, and denies every other one.
func TestNullPolicyOfLiterals(t *testing.T) {
	places := []string{
		"behavior: 1\nsteps:\n  - http.request: {url: %q}\n",
		"behavior: 1\nlet:\n  base: '%q'\nsteps:\n  - http.request: {url: \"${{ base }}\"}\n",
		"behavior: 1\nsteps:\n  - let: {base: 'payload.none ?? %q'}\n  - http.request: {url: \"${{ base }}\"}\n",
		"behavior: 1\ninputs: {place: {type: choice, options: [%q]}}\nsteps:\n  - http.request: {url: \"${{ payload.url }}\"}\n",
		"behavior: 1\ninputs: {place: {type: text, default: %q}}\nsteps:\n  - http.request: {url: \"${{ payload.url }}\"}\n",
		"behavior: 1\nsteps:\n  - http.request: {url: \"${{ ['', '%[1]s'][1] }}\"}\n",
		"behavior: 1\nsteps:\n  - each: {in: '[%q]', as: place, steps: [http.request: {url: \"${{ place }}\"}]}\n",
	}
	rapid.Check(t, func(rt *rapid.T) {
		host := rapid.StringMatching(`[a-zA-Z0-9][a-zA-Z0-9-]{0,5}[a-z](\.[a-z0-9]{1,5}){0,3}\.?(:[1-9][0-9]{0,3})?`).Draw(rt, "host")
		literal := rapid.SampledFrom([]string{"https://", "http://"}).Draw(rt, "scheme") + host + rapid.SampledFrom([]string{"", "/", "/v1/x", "?a=b"}).Draw(rt, "rest")
		source := fmt.Sprintf(rapid.SampledFrom(places).Draw(rt, "place"), literal)
		e, effect := effectOf(t, source, requestTo(literal))
		if err := e.Permit(nil, effect, nil); err != nil {
			rt.Fatalf("%s\nis denied: %v", source, err)
		}
		other := rapid.SampledFrom([]string{"https://x" + host, "https://" + host + ".evil.example/", "https://" + host + "@evil.example", "ftp://" + host}).Draw(rt, "other")
		effect.Params["url"] = other
		var denied *behaviors.DeniedError
		if err := e.Permit(nil, effect, nil); !errors.As(err, &denied) {
			rt.Fatalf("%s\nlets %s pass: %v", source, other, err)
		}
	})
}

func TestNullPolicyOfInputs(t *testing.T) {
	e, effect := effectOf(t, "behavior: 1\ninputs: {system: {type: url}}\nsteps:\n  - http.request: {url: \"${{ payload.url }}\"}\n", requestTo("x:"))
	for target, want := range map[string]bool{
		"https://system.example:8443/other": true, "https://system.example/v1": false, "https://system.example:8443@evil.example/": false,
		"http://system.example:8443/": true, "https://evil.example/": false, "": false, "/": false,
	} {
		effect.Params["url"] = target
		if err := e.Permit(nil, effect, nil); (err == nil) != want {
			t.Errorf("%s: got %v, want it allowed: %v", target, err, want)
		}
	}
}

// An action may bring hosts of its own, which are granted with it.
func TestNullPolicyOfAnActionsOwnHosts(t *testing.T) {
	answer := &behaviors.ActionSpec{
		Name: "slack.respond", Reach: behaviors.ReachOutside, Hosts: []string{"hooks.slack.com"},
		Params: []behaviors.ParamSpec{{Name: "response_url", Type: expression.Of(expression.Text), Format: behaviors.URL}},
	}
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: []*behaviors.ActionSpec{answer}})
	if err != nil {
		t.Fatal(err)
	}
	p, found := behaviors.Compile("behavior: 1\nsteps:\n  - slack.respond: {response_url: \"${{ payload.url }}\"}\n", c)
	if p == nil || len(found) > 0 {
		t.Fatal(found)
	}
	for target, want := range map[string]bool{"https://hooks.slack.com/commands/1": true, "https://hooks.slack.com.evil.example/": false} {
		e := behaviors.NewEvaluation(p, delivery(requestTo(target)), nil)
		if err := e.Permit(nil, e.Advance(behaviors.Journal{}).Effects[0], nil); (err == nil) != want {
			t.Errorf("%s: got %v, want it allowed: %v", target, err, want)
		}
	}
}

// Whatever a URL looks like: a rule that allows a host lets only that one be
// called, as the one who calls it reads the URL, and a path only below its own.
func FuzzPolicy(f *testing.F) {
	for _, u := range []string{
		"https://api.example.com/v1/x", "https://api.example.com@evil.example/", "https://api.example.com/v1/..;/x", "https://API.example.com:443/v1?x#y",
		"https://api.example.com/v1%2f..", `https://api.example.com\v1`, "https://api.example.com./v1", "http://api.example.com/v1/", "https://[::1]/",
	} {
		f.Add(u)
	}
	e, effect := effectOf(f, calls, requestTo("x:"))
	host, path := policyOf(f, byHost), policyOf(f, byPath)
	deny := policyOf(f, `[{"deny": "http.request", "where": {"url": {"host": "api.example.com"}}}, {"allow": "http.request"}]`)
	f.Fuzz(func(t *testing.T, target string) {
		effect.Params["url"] = target
		u, parseErr := url.Parse(target)
		there := parseErr == nil && strings.EqualFold(u.Hostname(), "api.example.com") && (u.Scheme == "https" || u.Scheme == "http")
		if e.Permit(host, effect, nil) == nil && !there {
			t.Fatalf("%q is allowed", target)
		}
		if there && e.Permit(deny, effect, nil) == nil {
			t.Fatalf("%q is not denied", target)
		}
		if e.Permit(path, effect, nil) != nil {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || !there || u.Scheme != "https" || again.JoinPath().Path != "/v1" && !strings.HasPrefix(again.JoinPath().Path, "/v1/") {
			t.Fatalf("%q is allowed, and leads to %v, %v", target, again, err)
		}
	})
}
