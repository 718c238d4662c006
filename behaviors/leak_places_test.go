package behaviors_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/behaviors/expression"
)

// product is the catalog of the product: all actions, whatever a host lacks.
func product(tb testing.TB) *behaviors.Catalog {
	tb.Helper()
	c, err := behaviors.NewCatalog(behaviors.Vocabulary{Actions: actions.BuiltinSpecs()})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// accepts is what a place of a document does about secrets.
type accepts string

const (
	nothing    accepts = "no secret"
	oneSecret  accepts = "a secret as a whole"
	anySecret  accepts = "a secret, or a list of them"
	noTemplate accepts = "no expression at all"
)

// place is where an expression may stand, and what it gives may leave: within
// the key of a document. The expression stands for §1 within single quotes, §2
// within double quotes, §0 as it is, at the end of a line.
type place struct {
	key     string // of the document: "steps", "verify", …
	text    string
	accepts accepts
	plain   bool // not in quotes, so that only the plainest expressions can stand there
}

// name of the place in a message.
func (p place) name() string { return p.key + ": " + strings.TrimSpace(p.text) }

// places are all of them.
func places(c *behaviors.Catalog) []place {
	var list []place
	add := func(key string, accepts accepts, texts ...string) {
		for _, text := range texts {
			list = append(list, place{key: key, text: text, accepts: accepts})
		}
	}
	add("verify", nothing, ` '§1'`, ` "§2"`, " >-\n  §0\n", ` {check: '§1'}`, ` {check: "true", reject: {text: "${{ §2 }}"}}`,
		` {check: "true", reject: {status: "${{ §2 }}"}}`, ` {check: "true", reject: {json: {a: [{b: "x ${{ §2 }}"}]}}}`)
	add("dedupe", nothing, ` '§1'`, " |-\n  §0\n")
	add("order_by", nothing, ` '§1'`, " >\n  §0\n")
	add("let", anySecret, `  more: '§1'`, "  more: >-\n    §0\n")
	add("cors", nothing, ` {origins: "${{ §2 }}"}`, ` {origins: ["${{ §2 }}"]}`, ` {origins: ['https://${{ §1 }}.example.com', '*']}`)
	add("deadline", nothing, ` {after: 5s, respond: {text: "${{ §2 }}"}}`, ` {after: 5s, respond: {headers: {X-A: "a ${{ §2 }}"}, redirect: https://a.example/}}`)
	add("handshake", nothing, `  - when: '§1'`, `  - {when: "true", keep: {old: '§1'}}`, `  - {when: "true", respond: {json: {a: "${{ §2 }}"}}}`,
		`  - {when: "true", steps: [{log: "${{ §2 }}"}]}`, `  - {when: "true", steps: [{log: {level: warn, text: "a ${{ §2 }}"}, when: '§1'}]}`)
	for _, key := range []string{"name", "description", "timezone", "on", "behavior", "deadline"} {
		add(key, noTemplate, ` "${{ §2 }}"`, ` 'a ${{ §1 }}'`)
	}
	add("accept", noTemplate, ` {methods: ["${{ §2 }}"]}`, ` {types: ["${{ §2 }}"]}`, ` {max_body: "${{ §2 }}"}`)
	add("limit", noTemplate, ` {running: "${{ §2 }}"}`)
	add("cors", noTemplate, ` {origins: "*", headers: ["${{ §2 }}"]}`, ` {origins: "*", max_age: "${{ §2 }}"}`)
	add("inputs", noTemplate, `  more: {type: text, default: "${{ §2 }}"}`, `  more: {type: json, default: {a: "${{ §2 }}"}}`, `  more: {type: secret, default: "${{ §2 }}"}`,
		`  more: {label: "${{ §2 }}"}`, `  more: {help: "${{ §2 }}"}`, `  more: {type: choice, options: ["${{ §2 }}"]}`, `  more: {type: secret, hosts: ["${{ §2 }}"]}`, `  more: {type: "${{ §2 }}"}`)
	list = append(list, stepPlaces()...)
	for _, name := range slices.Sorted(maps.Keys(c.Actions)) {
		list = append(list, actionPlaces(c.Actions[name])...)
	}
	return list
}

// stepPlaces are those of the verbs and modifiers.
func stepPlaces() (list []place) {
	add := func(accepts accepts, texts ...string) {
		for _, text := range texts {
			list = append(list, place{key: "steps", text: text, accepts: accepts})
		}
	}
	for _, body := range []string{
		`status: "${{ §2 }}"`, `headers: {X-A: "${{ §2 }}"}`, `headers: {X-A: 'a ${{ §1 }}'}`, `headers: {X-A: a, X-B: "${{ §2 }}"}`,
		`json: "${{ §2 }}"`, `json: 'a ${{ §1 }}'`, `json: {a: "${{ §2 }}"}`, `json: {a: [{b: [1, "${{ §2 }}"]}]}`, `json: ["${{ §2 }}", 'x ${{ §1 }} y']`,
		`text: "${{ §2 }}"`, `text: "a ${{ payload.x }} ${{ §2 }}"`, `html: "${{ §2 }}"`, `html: "<p>${{ §2 }}</p>"`, `html: '<a href="${{ §1 }}">a</a>'`,
		`xml: "${{ §2 }}"`, `xml: '<a b="${{ §1 }}">a</a>'`, `base64: "${{ §2 }}"`, `base64: "aaaa${{ §2 }}"`,
		`redirect: "${{ §2 }}"`, `redirect: "https://a.example/${{ §2 }}"`, `redirect: "https://a.example/?a=${{ §2 }}"`, `redirect: "https://${{ §2 }}/"`,
	} {
		add(nothing, `  - respond: {`+body+`}`)
	}
	add(nothing, "  - respond:\n      json:\n        a:\n          - b: |-\n              ${{ §0 }}\n", "  - respond:\n      text: >\n        a\n        ${{ §0 }}\n")
	for _, verb := range []string{"stop", "fail", "log"} {
		add(nothing, `  - `+verb+`: "${{ §2 }}"`, `  - `+verb+`: 'a ${{ §1 }} b'`, "  - "+verb+": |\n      a ${{ §0 }}\n")
	}
	add(nothing, `  - log: {level: "${{ §2 }}", text: a}`, `  - log: {level: warn, text: "${{ §2 }}"}`, `  - log: {text: '${{ payload.x }}${{ §1 }}'}`,
		`  - {log: a, when: '§1'}`, `  - {steps: [{log: a}], when: "§2"}`, `  - {stop: a, when: '§1'}`, "  - when: >-\n      §0\n    log: a\n",
		`  - choose: [{when: '§1', steps: [{log: a}]}]`, `  - choose: [{when: "true", steps: [{log: a}]}, {when: "§2", steps: [{log: a}]}]`,
		`  - each: {in: '§1', steps: [{log: a}]}`, `  - each: {in: '§1', as: item, steps: [{log: "${{ item }}"}]}`, `  - each: {in: payload.l, once: '§1', steps: [{log: a}]}`,
		`  - each: {in: payload.l, steps: [{log: "${{ §2 }}"}]}`, `  - each: {in: payload.l, steps: [{each: {in: '§1', steps: [{log: a}]}}]}`,
		`  - wait: "${{ §2 }}"`, `  - wait: {until: '§1'}`, `  - steps: [{steps: [{log: "${{ §2 }}"}]}]`,
		`  - {message.find: {id: "1"}, on_error: [{log: "${{ §2 }}"}]}`, `  - {message.find: {id: "1"}, on_error: [{fail: "${{ error.message }} ${{ §2 }}"}]}`)
	add(anySecret, `  - let: {more: '§1'}`, `  - let: {other: payload.x, more: "§2"}`, `  - each: {in: payload.l, steps: [{let: {more: '§1'}}]}`)
	add(noTemplate, `  - {log: a, name: "${{ §2 }}"}`, `  - {message.find: {id: "1"}, as: "${{ §2 }}"}`, `  - {message.find: {id: "1"}, timeout: "${{ §2 }}"}`,
		`  - {message.find: {id: "1"}, retry: {attempts: "${{ §2 }}"}}`, `  - {message.find: {id: "1"}, on_error: "${{ §2 }}"}`, `  - {message.find: {idd: "${{ §2 }}"}}`,
		`  - no.action: {a: "${{ §2 }}"}`, `  - task.create: "${{ §2 }}"`, `  - each: {in: payload.l, as: "${{ §2 }}", steps: []}`, `  - respond: "${{ §2 }}"`)
	for _, text := range []string{`  - log: ${{ §0 }}`, `  - log: a ${{ §0 }}`, "  - log: a\n    when: §0", "  - stop: ${{ §0 }}", "  - each:\n      in: §0\n      steps: [{log: a}]", "  - respond:\n      json: ${{ §0 }}"} {
		list = append(list, place{key: "steps", text: text, accepts: nothing, plain: true})
	}
	return append(list, place{key: "steps", text: "  - let:\n      more: §0", accepts: anySecret, plain: true})
}

// actionPlaces are the parameters of an action, in each form that they may have.
func actionPlaces(a *behaviors.ActionSpec) (list []place) {
	for _, p := range a.Params {
		add := func(takes accepts, value string) {
			given := []string{p.Name + ": " + value}
			for _, other := range a.Params {
				if other.Name != p.Name && other.Required {
					given = append(given, other.Name+": "+required(other))
				}
			}
			list = append(list, place{key: "steps", text: fmt.Sprintf("  - %s: {%s}", a.Name, strings.Join(given, ", ")), accepts: takes})
		}
		field := nothing
		if p.SecretFields {
			field = oneSecret
		}
		whole := nothing
		if p.Secret {
			whole = oneSecret
		}
		k := p.Type.Kind
		add(whole, `"${{ §2 }}"`)
		if k == expression.Any || k == expression.Text || p.Secret {
			add(nothing, `"https://a.example/${{ §2 }}"`)
			add(nothing, `'${{ §1 }}${{ §1 }}'`)
		}
		if k == expression.Any || k == expression.List {
			add(nothing, `["${{ §2 }}"]`)
			add(field, `[{a: "${{ §2 }}"}]`)
			add(nothing, `[1, [2, 'a ${{ §1 }}']]`)
		}
		if k == expression.Any || k == expression.Map {
			add(field, `{a: "${{ §2 }}"}`)
			add(nothing, `{a: "Bearer ${{ §2 }}"}`)
			if p.Type.Elem == nil {
				add(field, `{a: {b: [{c: "${{ §2 }}"}]}}`)
				add(nothing, `{a: ["${{ §2 }}"]}`)
			}
		}
	}
	return list
}

// required is a value for a parameter that must be there.
func required(p behaviors.ParamSpec) string {
	switch {
	case p.Secret:
		return `"${{ inputs.old }}"`
	case p.Format == behaviors.URL:
		return "https://api.example.com/"
	}
	return `"1"`
}

// leakDocument is a document in which an expression stands at places of it.
type leakDocument struct {
	source string
	lines  []lines // of the places
}

type lines struct{ from, to int } // to exclusive

// A document with secrets, and names of them: of its let, and of its steps.
const secretInputs = `behavior: 1
inputs:
  key: {type: secret, hosts: [api.example.com]}
  old: {type: secret, hosts: [api.example.com]}
  channel: {type: text}
`

var secretNames = map[string]string{
	"let": "let:\n  kept: inputs.key\n  once_more: kept\n  both: '[inputs.key, inputs.old]'\n",
	"steps": `steps:
  - let: {held: inputs.key, rebound: payload.x, again: inputs.key}
  - {let: {rebound: inputs.key}, when: payload.x != nil}
  - {message.find: {id: "1"}, as: again, when: payload.x != nil}
`,
}

// write puts an expression at places, one a key of the document but for those of
// its steps.
func write(expr string, at []place) leakDocument {
	byKey := map[string][]int{}
	for i, p := range at {
		byKey[p.key] = append(byKey[p.key], i)
	}
	w := leakDocument{lines: make([]lines, len(at))}
	var b strings.Builder
	line := 1
	add := func(text string) {
		b.WriteString(text)
		line += strings.Count(text, "\n")
	}
	put := func(indices []int) {
		for _, i := range indices {
			from := line
			add(strings.TrimSuffix(at[i].filled(expr), "\n") + "\n")
			w.lines[i] = lines{from, line}
		}
	}
	if byKey["behavior"] != nil {
		add("behavior:")
		put(byKey["behavior"])
		add(strings.TrimPrefix(secretInputs, "behavior: 1\n"))
	} else {
		add(secretInputs)
	}
	put(byKey["inputs"])
	add(secretNames["let"])
	put(byKey["let"])
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		switch key {
		case "behavior", "inputs", "let", "steps":
		case "handshake":
			add(key + ":\n")
			put(byKey[key])
		default:
			add(key + ":")
			put(byKey[key])
		}
	}
	add(secretNames["steps"])
	put(byKey["steps"])
	w.source = b.String()
	return w
}

func (p place) filled(expr string) string {
	return strings.NewReplacer("§0", expr, "§1", strings.ReplaceAll(expr, "'", "''"), "§2", doubled.Replace(expr)).Replace(p.text)
}

var doubled = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// documents divides places among documents, so that each key stands once in one
// and none has more findings than are shown.
func documents(all []place) (docs [][]place) {
	const most = 20
	for _, p := range all {
		fits := func(doc []place) bool {
			if len(doc) >= most {
				return false
			}
			return p.key == "steps" || p.key == "handshake" || !slices.ContainsFunc(doc, func(q place) bool { return q.key == p.key })
		}
		i := slices.IndexFunc(docs, fits)
		if i < 0 {
			docs = append(docs, nil)
			i = len(docs) - 1
		}
		docs[i] = append(docs[i], p)
	}
	return docs
}
