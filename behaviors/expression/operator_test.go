package expression

import (
	"strings"
	"testing"
)

// What each operator gives: values, nil, numbers, times, order, wrong kinds.
var operatorCases = map[string][]row{
	"+": {
		{source: `1 + 2`, want: `3`}, {source: `1 + 0.5`, want: `float 1.5`}, {source: `payload.s + "!"`, want: `"text!"`}, {source: `9223372036854775807 + 1`, code: `overflow`}, {source: `payload.big + 1`, code: `overflow`},
		{source: `now + duration("1h")`, want: `"2026-03-01T10:00:00Z"`}, {source: `duration("1h") + now`, want: `"2026-03-01T10:00:00Z"`}, {source: `duration("1h") + duration("30m")`, want: `"1h30m0s"`},
		{source: `payload.x + 1`, want: `null`}, {source: `1 + payload.x`, want: `null`}, {source: `payload.s + 1`, code: `type`}, {source: `payload.l + payload.l`, code: `type`}, {source: `payload.t + 1`, code: `type`}, {source: `now + now`, code: `type-mismatch`}, {source: `now + payload.l[0]`, code: `type`},
		{source: `1e308 + 1e308`, code: `not-finite`}, {source: `duration("2562047h") + duration("2562047h")`, code: `overflow`},
	},
	"-": {
		{source: `1 - 2`, want: `-1`}, {source: `1 - 0.5`, want: `float 0.5`}, {source: `-9223372036854775807 - 2`, code: `overflow`}, {source: `0 - payload.big`, code: `overflow`},
		{source: `now - duration("1h")`, want: `"2026-03-01T08:00:00Z"`}, {source: `now - date("2026-03-01T08:00:00Z")`, want: `"1h0m0s"`}, {source: `duration("1h") - duration("90m")`, want: `"-30m0s"`},
		{source: `now - date("1600-01-01")`, code: `overflow`}, {source: `payload.x - 1`, want: `null`}, {source: `payload.s - 1`, code: `type`}, {source: `duration("1h") - now`, code: `type-mismatch`}, {source: `duration("1h") - payload.l[0]`, code: `type`}, {source: `now - payload.l[0]`, code: `type`}, {source: `nil - "a"`, want: `null`},
	},
	"*": {
		{source: `3 * 2`, want: `6`}, {source: `3 * 0.5`, want: `float 1.5`}, {source: `9223372036854775807 * 2`, code: `overflow`}, {source: `payload.big * 1`, code: `overflow`}, {source: `1e308 * 10`, code: `not-finite`},
		{source: `2 * duration("1h")`, want: `"2h0m0s"`}, {source: `duration("1h") * 1.5`, want: `"1h30m0s"`}, {source: `duration("1h") * 9223372036854775807`, code: `overflow`}, {source: `duration("1h") * 1e300`, code: `overflow`},
		{source: `payload.x * 2`, want: `null`}, {source: `payload.s * 2`, code: `type`}, {source: `now * 2`, code: `type-mismatch`},
	},
	"/": {
		{source: `4 / 2`, want: `float 2`}, {source: `1 / 4`, want: `float 0.25`}, {source: `1 / 0`, code: `division-by-zero`}, {source: `1 / 0.0`, code: `division-by-zero`}, {source: `1e308 / 0.1`, code: `not-finite`}, {source: `payload.big / 2`, code: `overflow`},
		{source: `duration("1h") / 2`, want: `"30m0s"`}, {source: `duration("1h") / duration("30m")`, want: `float 2`}, {source: `duration("1h") / 0`, code: `division-by-zero`}, {source: `duration("0s") / 0`, code: `division-by-zero`}, {source: `duration("1h") / duration("0s")`, code: `division-by-zero`},
		{source: `payload.x / 2`, want: `null`}, {source: `payload.s / 2`, code: `type`}, {source: `2 / duration("1h")`, code: `type-mismatch`},
	},
	"%": {
		{source: `7 % 4`, want: `3`}, {source: `-7 % 4`, want: `-3`}, {source: `7 % 4.0`, want: `3`}, {source: `7 % 1.5`, code: `type`}, {source: `1 % 0`, code: `division-by-zero`}, {source: `(-9223372036854775807 - 1) % -1`, want: `0`}, {source: `payload.big % 2`, code: `overflow`},
		{source: `payload.x % 2`, want: `null`}, {source: `payload.s % 2`, code: `type`},
	},
	"**": {
		{source: `2 ** 3`, want: `float 8`}, {source: `2 ** -1`, want: `float 0.5`}, {source: `-2 ** 2`, want: `float -4`}, {source: `2 ** 1024`, code: `not-finite`}, {source: `(-8) ** 0.5`, code: `not-finite`}, {source: `payload.big ** 2`, code: `overflow`},
		{source: `payload.x ** 2`, want: `null`}, {source: `payload.s ** 2`, code: `type`},
	},
	"^": {{source: `2 ^ 3`, want: `float 8`}, {source: `payload.x ^ 2`, want: `null`}, {source: `payload.s ^ 2`, code: `type`}},
	"==": {
		{source: `1 == 1.0`, want: `true`}, {source: `9007199254740993 == 9007199254740992.0`, want: `false`}, {source: `payload.big == 12345678901234567890123.0`, want: `false`}, {source: `payload.s == "text"`, want: `true`}, {source: `payload.s == "TEXT"`, want: `false`},
		{source: `payload.x == nil`, want: `true`}, {source: `payload.x == payload.z`, want: `true`}, {source: `payload.s == nil`, want: `false`}, {source: `payload.t == true`, want: `true`}, {source: `payload.t == 1`, want: `false`}, {source: `payload.s == 1`, want: `false`},
		{source: `payload.l == [1, 2, 3.0]`, want: `true`}, {source: `payload.l == [1, 3, 2]`, want: `false`}, {source: `payload.items[0] == {name: "one", id: 1}`, want: `true`}, {source: `payload.items[0] == {id: 1}`, want: `false`}, {source: `{a: nil} == {b: nil}`, want: `false`}, {source: `{a: 1} == {a: 1, b: nil}`, want: `false`},
		{source: `now == date("2026-03-01T10:00:00+01:00")`, want: `true`}, {source: `duration("60m") == duration("1h")`, want: `true`}, {source: `b"a" == sha256("a")`, want: `false`}, {source: `sha256("a") == sha256("a")`, want: `true`}, {source: `request.headers == request.headers`, want: `true`}, {source: `request.headers == {}`, want: `false`},
		{source: `now == now - duration("1s")`, want: `false`}, {source: `duration("1h") == duration("2h")`, want: `false`}, {source: `"" == payload.a`, want: `false`}, {source: `payload.t == false`, want: `false`},
		{source: `request.headers == {authorization: "Bearer abc", "content-type": "application/json"}`, want: `true`}, {source: `{authorization: "Bearer abc", "content-type": "application/json"} == request.headers`, want: `true`},
		{source: `request.headers == {authorization: "Bearer abc", "content-type": "text/plain"}`, want: `false`}, {source: `request.headers == {authorization: "Bearer abc", "content-type": "application/json", x: 1}`, want: `false`},
	},
	"!=": {{source: `1 != 1.0`, want: `false`}, {source: `payload.x != nil`, want: `false`}, {source: `payload.s != nil`, want: `true`}, {source: `payload.l != [1]`, want: `true`}},
	"<": {
		{source: `1 < 2`, want: `true`}, {source: `1 < 1`, want: `false`}, {source: `1 < 1.5`, want: `true`}, {source: `9223372036854775807 < 9223372036854775808.0`, want: `true`}, {source: `1 < payload.big`, want: `true`}, {source: `payload.big < 1.5e30`, want: `true`}, {source: `payload.big < payload.big`, want: `false`},
		{source: `"a" < payload.s`, want: `true`}, {source: `"Z" < "a"`, want: `true`}, {source: `"a" < "á"`, want: `true`}, {source: `now < now + duration("1s")`, want: `true`}, {source: `duration("1s") < duration("1m")`, want: `true`},
		{source: `payload.x < 1`, want: `false`}, {source: `1 < payload.x`, want: `false`}, {source: `payload.x < payload.x`, want: `false`}, {source: `payload.s < 1`, code: `type`}, {source: `payload.t < false`, code: `type-mismatch`}, {source: `payload.l < payload.l`, code: `type`}, {source: `now < 1`, code: `type-mismatch`}, {source: `now < payload.l[0]`, code: `type`}, {source: `duration("1s") < payload.l[0]`, code: `type`},
	},
	"<=": {{source: `1 <= 1`, want: `true`}, {source: `2 <= 1`, want: `false`}, {source: `payload.x <= payload.x`, want: `false`}, {source: `payload.s <= 1`, code: `type`}},
	">":  {{source: `2 > 1`, want: `true`}, {source: `1 > 1`, want: `false`}, {source: `1 > payload.x`, want: `false`}, {source: `-9223372036854775807 - 1 > -1e30`, want: `true`}, {source: `payload.s > 3`, code: `type`}, {source: `"a" > 3`, code: `type-mismatch`}},
	">=": {{source: `1 >= 1`, want: `true`}, {source: `1 >= 2`, want: `false`}, {source: `payload.x >= payload.x`, want: `false`}, {source: `payload.s >= 1`, code: `type`}},
	"in": {
		{source: `2 in payload.l`, want: `true`}, {source: `2.0 in payload.l`, want: `true`}, {source: `"2" in payload.l`, want: `false`}, {source: `[1] in [[1]]`, want: `true`}, {source: `"a" in payload`, want: `true`}, {source: `"q" in payload`, want: `false`}, {source: `"z" in payload`, want: `true`}, {source: `1 in payload`, want: `false`}, {source: `1 in {"": 1}`, want: `false`}, {source: `1 in request.headers`, want: `false`},
		{source: `payload.x in payload.l`, want: `false`}, {source: `nil in [nil]`, want: `false`}, {source: `1 in payload.x`, want: `false`}, {source: `payload.x not in payload.l`, want: `true`}, {source: `"e" in payload.s`, code: `type`}, {source: `1 in 1`, code: `type-mismatch`},
		{source: `"content-type" in request.headers`, want: `true`}, {source: `1 in 1..3`, want: `true`},
	},
	"contains":   {{source: `payload.s contains "ex"`, want: `true`}, {source: `payload.s contains ""`, want: `true`}, {source: `payload.s not contains "q"`, want: `true`}, {source: `payload.x contains "a"`, want: `false`}, {source: `"a" contains payload.x`, want: `false`}, {source: `payload.l contains payload.s`, want: `false`}, {source: `"a" contains 1`, code: `type-mismatch`}, {source: `[1] contains 1`, code: `type-mismatch`}},
	"startsWith": {{source: `payload.s startsWith "te"`, want: `true`}, {source: `payload.s startsWith "ex"`, want: `false`}, {source: `payload.x startsWith "a"`, want: `false`}, {source: `"a" startsWith 1`, code: `type-mismatch`}},
	"endsWith":   {{source: `payload.s endsWith "xt"`, want: `true`}, {source: `payload.s endsWith "te"`, want: `false`}, {source: `payload.x endsWith "a"`, want: `false`}, {source: `"a" endsWith 1`, code: `type-mismatch`}},
	"matches": {
		{source: `payload.s matches "^t.x"`, want: `true`}, {source: `payload.s matches "^x"`, want: `false`}, {source: `payload.s not matches "^x"`, want: `true`}, {source: `payload.x matches "a"`, want: `false`}, {source: `payload.s matches payload.x`, want: `false`}, {source: `payload.s matches "t" + "e"`, want: `true`},
		{source: `payload.s matches "("`, code: `bad-pattern`}, {source: `payload.s matches "(" + payload.s`, code: `pattern`}, {source: `payload.s matches 1`, code: `type-mismatch`},
	},
	"and": {{source: `payload.t and true`, want: `true`}, {source: `payload.t and payload.x`, want: `false`}, {source: `payload.x and payload.s`, want: `false`}, {source: `payload.t and payload.s`, code: `type`}, {source: `true and 1`, code: `type-mismatch`}},
	"&&":  {{source: `payload.t && false`, want: `false`}, {source: `false && payload.s`, want: `false`}, {source: `payload.s && true`, code: `type`}},
	"or":  {{source: `payload.x or true`, want: `true`}, {source: `payload.x or payload.z`, want: `false`}, {source: `payload.t or payload.s`, want: `true`}, {source: `payload.x or payload.s`, code: `type`}, {source: `1 or true`, code: `type-mismatch`}},
	"||":  {{source: `payload.t || false`, want: `true`}, {source: `false || payload.x`, want: `false`}, {source: `payload.s || true`, code: `type`}},
	"??":  {{source: `payload.x ?? 1`, want: `1`}, {source: `payload.z ?? "a" ?? 2`, want: `"a"`}, {source: `payload.x ?? payload.z`, want: `null`}, {source: `payload.s ?? (1 / 0)`, want: `"text"`}, {source: `false ?? true`, want: `false`}, {source: `(payload.s ?? 1) + 1`, code: `type`}},
	"..":  {{source: `1..3`, want: `[1,2,3]`}, {source: `3..1`, want: `[]`}, {source: `-1..1`, want: `[-1,0,1]`}, {source: `1..payload.l[2]`, want: `[1,2,3]`}, {source: `payload.x..3`, want: `null`}, {source: `payload.s..3`, code: `type`}, {source: `payload.f..3`, code: `type`}, {source: `1..2.5`, code: `type-mismatch`}, {source: `1..payload.big`, code: `overflow`}, {source: `-9223372036854775807..9223372036854775807`, code: `budget-memory`}, {source: `(-9223372036854775807 - 1)..9223372036854775807`, code: `budget-memory`}},
	"|":   {{source: `payload.l | len()`, want: `3`}, {source: `payload.l | filter(# > 1) | map(# * 2)`, want: `[4,6]`}, {source: `payload.x | len()`, want: `0`}, {source: `payload.s | first()`, code: `type`}},

	"unary -":   {{source: `-payload.l[0]`, want: `-1`}, {source: `-0.5`, want: `float -0.5`}, {source: `-0.0`, want: `float 0`}, {source: `-payload.x`, want: `null`}, {source: `-payload.s`, code: `type`}, {source: `-duration("1h")`, want: `"-1h0m0s"`}, {source: `-now`, code: `type-mismatch`}, {source: `-(-9223372036854775807 - 1)`, code: `overflow`}, {source: `-payload.big`, code: `overflow`}},
	"unary +":   {{source: `+5`, want: `5`}, {source: `+payload.x`, want: `null`}, {source: `+payload.s`, code: `type`}, {source: `+"a"`, code: `type-mismatch`}, {source: `+duration("1h")`, want: `"1h0m0s"`}},
	"unary not": {{source: `not payload.t`, want: `false`}, {source: `not payload.x`, want: `true`}, {source: `not nil`, want: `true`}, {source: `not payload.s`, code: `type`}, {source: `not 1`, code: `type-mismatch`}},
	"unary !":   {{source: `!payload.t`, want: `false`}, {source: `!payload.x`, want: `true`}, {source: `!payload.s`, code: `type`}},

	"?:":       {{source: `payload.t ? 1 : 2`, want: `1`}, {source: `payload.x ? 1 : 2`, want: `2`}, {source: `payload.x ?: 2`, want: `2`}, {source: `payload.s ? 1 : 2`, code: `type`}, {source: `payload.t ? 1 : 1 / 0`, want: `1`}, {source: `1 ? 1 : 2`, code: `type-mismatch`}},
	"if":       {{source: `if payload.t {1} else {2}`, want: `1`}, {source: `if payload.x {1} else if payload.t {2} else {3}`, want: `2`}, {source: `if payload.s {1} else {2}`, code: `type`}},
	"let":      {{source: `let x = payload.a; x.b + x.b`, want: `2`}, {source: `let x = 1; let y = x + 1; x + y`, want: `3`}, {source: `(let x = 1; x) + 1`, want: `2`}, {source: `let x = 1; let x = 2; x`, code: `shadowed-name`}},
	";":        {{source: `1; payload.s`, want: `"text"`}, {source: `1 / 0; 2`, code: `division-by-zero`}},
	"member":   {{source: `payload.a.b`, want: `1`}, {source: `payload["a"]["b"]`, want: `1`}, {source: `payload.x.y.z`, want: `null`}, {source: `payload?.x?.y`, want: `null`}, {source: `payload.s.y`, want: `null`}, {source: `payload.l.y`, want: `null`}, {source: `payload[payload.s]`, want: `null`}, {source: `payload[1]`, want: `null`}, {source: `payload[payload.x]`, want: `null`}},
	"index":    {{source: `payload.l[0]`, want: `1`}, {source: `payload.l[-1]`, want: `3`}, {source: `payload.l[3]`, want: `null`}, {source: `payload.l[-4]`, want: `null`}, {source: `payload.l[1.0]`, want: `2`}, {source: `payload.l[0.5]`, want: `null`}, {source: `payload.l["0"]`, want: `null`}, {source: `payload.l[payload.x]`, want: `null`}, {source: `payload.l[1e300]`, want: `null`}, {source: `payload.s[0]`, want: `null`}, {source: `payload.l?.[0]`, want: `1`}},
	"slice":    {{source: `payload.l[1:]`, want: `[2,3]`}, {source: `payload.l[:1]`, want: `[1]`}, {source: `payload.l[-2:]`, want: `[2,3]`}, {source: `payload.l[:-1]`, want: `[1,2]`}, {source: `payload.l[2:1]`, want: `[]`}, {source: `payload.l[1:99]`, want: `[2,3]`}, {source: `payload.l[4:]`, want: `null`}, {source: `payload.l[-99:1]`, want: `[1]`}, {source: `"héllo"[1:3]`, want: `"él"`}, {source: `"héllo"[-2:]`, want: `"lo"`}, {source: `payload.x[1:2]`, want: `null`}, {source: `payload.l[payload.x:]`, want: `null`}, {source: `payload.t[1:]`, want: `null`}, {source: `payload.l[payload.f:]`, code: `type`}, {source: `payload.l[payload.big:]`, code: `overflow`}, {source: `{a: 1}[1:]`, code: `type-mismatch`}},
	"list":     {{source: `[1, payload.x, "a"]`, want: `[1,null,"a"]`}, {source: `[]`, want: `[]`}},
	"map":      {{source: `{b: 1, "a": payload.x}`, want: `{"a":null,"b":1}`}, {source: `{(payload.s): 1}`, want: `{"text":1}`}, {source: `{(1): 2, (true): 3}`, want: `{"1":2,"true":3}`}, {source: `{(payload.x): 1}`, want: `{"":1}`}, {source: `{(payload.l): 1}`, code: `type`}, {source: `{a: 1, a: 2}`, code: `duplicate-key`}},
	"literals": {{source: `1_000`, want: `1000`}, {source: `0xff`, want: `255`}, {source: `0b11`, want: `3`}, {source: `0o17`, want: `15`}, {source: `1e3`, want: `float 1000`}, {source: `.5`, want: `float 0.5`}, {source: `'a\n"'`, want: `"a\n\""`}, {source: "`a\\n`", want: `"a\\n"`}, {source: `"\u00e9"`, want: `"é"`}, {source: `b"é"`, want: `"w6k="`}, {source: `nil`, want: `null`}, {source: `9223372036854775808`, code: `syntax`}, {source: `1 /* one */ + 1 // two`, want: `2`}},
}

func TestOperators(t *testing.T) {
	for op, rows := range operatorCases {
		t.Run(op, func(t *testing.T) {
			for _, r := range rows {
				if sign := strings.TrimPrefix(op, "unary "); len(sign) < 3 && sign != "?:" && !strings.Contains(r.source, sign) {
					t.Errorf("%s is no case of %s", r.source, op)
				}
			}
			check(t, rows)
		})
	}
}
