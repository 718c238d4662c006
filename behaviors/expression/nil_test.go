package expression

import "testing"

// One row or more a sentence of the language's paragraph on nil.
func TestNil(t *testing.T) {
	check(t, []row{
		// Member, index and slice of nil, of what has no such member, or out of range, are nil.
		{source: `payload.x.y.z`, want: `null`}, {source: `payload.z.y`, want: `null`}, {source: `payload.s.t`, want: `null`},
		{source: `payload.l[99]`, want: `null`}, {source: `payload.l[-99]`, want: `null`}, {source: `payload.l[-1]`, want: `3`},
		{source: `payload.l["x"]`, want: `null`}, {source: `payload.s?.t?.[99]`, want: `null`}, {source: `payload.x[1:2]`, want: `null`},
		{source: `payload.l[1:99]`, want: `[2,3]`}, {source: `payload.l[3:9]`, want: `[]`}, {source: `payload.l[4:9]`, want: `null`}, {source: `payload.s[5:9]`, want: `null`}, {source: `payload["end-date"]`, want: `"x"`}, {source: `event.event`, want: `"failed"`},
		{source: `request.headers["X-None"]`, want: `null`},
		// == and != compare nil as a value.
		{source: `payload.x == nil`, want: `true`}, {source: `payload.x != nil`, want: `false`}, {source: `payload.x == payload.y`, want: `true`}, {source: `payload.a.b != nil`, want: `true`},
		// Comparisons with nil are false.
		{source: `payload.x < 1`, want: `false`}, {source: `payload.x >= 1`, want: `false`}, {source: `1 > payload.x`, want: `false`}, {source: `1 <= payload.x`, want: `false`},
		{source: `payload.x in [1]`, want: `false`}, {source: `1 in payload.x`, want: `false`}, {source: `payload.x contains "a"`, want: `false`},
		{source: `"a" contains payload.x`, want: `false`}, {source: `payload.x startsWith "a"`, want: `false`}, {source: `payload.x endsWith "a"`, want: `false`}, {source: `payload.x matches "a"`, want: `false`},
		{source: `payload.x not in [1]`, want: `true`},
		// Conditions read nil as false.
		{source: `payload.x and true`, want: `false`}, {source: `true and payload.x`, want: `false`}, {source: `payload.x or true`, want: `true`}, {source: `payload.x or payload.y`, want: `false`},
		{source: `not payload.x`, want: `true`}, {source: `!payload.x`, want: `true`}, {source: `not nil`, want: `true`}, {source: `payload.x ? 1 : 2`, want: `2`},
		{source: `filter(payload.items, .x)`, want: `[]`}, {source: `any(payload.items, .x)`, want: `false`},
		// Arithmetic and functions give nil.
		{source: `payload.x + 1`, want: `null`}, {source: `"a" + payload.x`, want: `null`}, {source: `-payload.x`, want: `null`}, {source: `payload.x * 2`, want: `null`}, {source: `nil + 1`, want: `null`},
		{source: `upper(payload.x)`, want: `null`}, {source: `split("a", payload.x)`, want: `null`}, {source: `int(payload.x)`, want: `null`},
		// … except ??, len, json, type.
		{source: `payload.x ?? 1`, want: `1`}, {source: `len(payload.x)`, want: `0`}, {source: `json(payload.x)`, want: `null`}, {source: `type(payload.x)`, want: `"nil"`}, {source: `list(payload.x)`, want: `[]`},
		// Predicates over nil see an empty list, but all is false.
		{source: `any(payload.x, true)`, want: `false`}, {source: `filter(payload.x, true)`, want: `[]`}, {source: `map(payload.x, .a)`, want: `[]`}, {source: `count(payload.x, true)`, want: `0`},
		{source: `none(payload.x, true)`, want: `true`}, {source: `all(payload.x, true)`, want: `false`}, {source: `all([], true)`, want: `true`}, {source: `find(payload.x, true)`, want: `null`},
		{source: `sum(payload.x)`, want: `0`}, {source: `reduce(payload.x, #acc + #, 0)`, want: `0`}, {source: `groupBy(payload.x, .a)`, want: `{}`}, {source: `sortBy(payload.x, .a)`, want: `[]`},
		// sum, mean, min, max skip nil.
		{source: `sum([1, nil, 2])`, want: `3`}, {source: `mean([1, nil, 2])`, want: `float 1.5`}, {source: `min([nil, 2, 1])`, want: `1`}, {source: `max(nil, 2)`, want: `2`}, {source: `max(nil)`, want: `null`},
		{source: `sort([2, nil, 1])`, want: `[1,2,null]`},
		// Wrong kinds that are not nil are an error.
		{source: `"a" > 3`, code: `type-mismatch`}, {source: `payload.s > 3`, code: `type`}, {source: `payload.s + 1`, code: `type`}, {source: `payload.s and true`, code: `type`},
		{source: `payload.l ? 1 : 2`, code: `type`}, {source: `payload.s + payload.l`, code: `type`}, {source: `any(payload.s, true)`, code: `type`},
		{source: `payload.l contains payload.s`, want: `false`},
	})
}

func TestNumbers(t *testing.T) {
	check(t, []row{
		{source: `9223372036854775807 + 1`, code: `overflow`}, {source: `-9223372036854775807 - 2`, code: `overflow`}, {source: `9223372036854775807 * 2`, code: `overflow`},
		{source: `-9223372036854775807 - 1`, want: `-9223372036854775808`}, {source: `(-9223372036854775807 - 1) * -1`, code: `overflow`}, {source: `4611686018427387904 * -2`, want: `-9223372036854775808`},
		{source: `-(-9223372036854775807 - 1)`, code: `overflow`}, {source: `abs(-9223372036854775807 - 1)`, code: `overflow`},
		{source: `payload.big`, want: `12345678901234567890123`}, {source: `payload.big > 5`, want: `true`}, {source: `payload.big == payload.big`, want: `true`}, {source: `payload.big + 1`, code: `overflow`},
		{source: `payload.big < 1.5e30`, want: `true`}, {source: `string(payload.big)`, want: `"12345678901234567890123"`},
		{source: `1 == 1.0`, want: `true`}, {source: `9007199254740993 == 9007199254740992.0`, want: `false`}, {source: `9007199254740993 > 9007199254740992.0`, want: `true`},
		{source: `1 / 0`, code: `division-by-zero`}, {source: `0 / 0`, code: `division-by-zero`}, {source: `1 % 0`, code: `division-by-zero`}, {source: `2 ** 1024`, code: `not-finite`},
		{source: `4 / 2`, want: `float 2`}, {source: `7 % 4.0`, want: `3`}, {source: `1 + 0.5`, want: `float 1.5`}, {source: `2 ** 3`, want: `float 8`},
		{source: `string(100000000.0)`, want: `"100000000"`}, {source: `string(1e21)`, want: `"1e+21"`}, {source: `string(0.0000001)`, want: `"1e-7"`},
		{source: `+5`, want: `5`}, {source: `+"a"`, code: `type-mismatch`}, {source: `int("42") + int(4.9)`, want: `46`}, {source: `round(2.5)`, want: `float 3`},
		{source: `1..3`, want: `[1,2,3]`}, {source: `3..1`, want: `[]`},
		// An integer beyond 64 bits stays exact; it compares, sorts and prints only.
		{source: `payload.big == 12345678901234567000000.0`, want: `false`}, {source: `payload.big in [1, payload.big]`, want: `true`}, {source: `sort([payload.big, 1.5, 2])`, want: `[1.5,2,12345678901234567890123]`},
		{source: `max(payload.big, 1)`, want: `12345678901234567890123`}, {source: `uniq([payload.big, payload.big])`, want: `[12345678901234567890123]`}, {source: `toJSON([payload.big])`, want: `"[12345678901234567890123]"`},
		{source: `int("12345678901234567890123") == payload.big`, want: `true`}, {source: `mean([payload.big])`, code: `overflow`}, {source: `sum([payload.big])`, code: `overflow`}, {source: `-payload.big`, code: `overflow`},
		{source: `payload.big % 2`, code: `overflow`}, {source: `bitand(payload.big, 1)`, code: `overflow`}, {source: `1..payload.big`, code: `overflow`}, {source: `payload.l[payload.big]`, want: `null`},
		// An integer compares with a float exactly.
		{source: `9223372036854775807 < 9223372036854775808.0`, want: `true`}, {source: `9223372036854775807 == 9223372036854775808.0`, want: `false`}, {source: `1 < 1.5 and 1.5 < 2 and -1 > -1.5`, want: `true`},
		{source: `1 in [1.0]`, want: `true`}, {source: `[1, {a: 2}] == [1.0, {a: 2.0}]`, want: `true`},
		// A number in a text prints as JSON prints it.
		{source: `string(payload.f)`, want: `"0.1"`}, {source: `string(1.0)`, want: `"1"`}, {source: `toJSON([1e6, 1e-7, 123456789.5])`, want: `"[1000000,1e-7,123456789.5]"`}, {source: `join([string(7), string(1e20)])`, want: `"7100000000000000000000"`},
		// What JSON cannot hold is an error.
		{source: `0.0 / 0`, code: `division-by-zero`}, {source: `1e308 * 10`, code: `not-finite`}, {source: `1e308 + 1e308`, code: `not-finite`}, {source: `(-8) ** 0.5`, code: `not-finite`}, {source: `float("1e999")`, code: `type`}, {source: `float("NaN")`, code: `not-finite`}, {source: `float("inf")`, code: `not-finite`},
	})
}

func TestDeterminism(t *testing.T) {
	check(t, []row{
		{source: `keys({b: 1, a: 2, d: 3, c: 4, f: 5, e: 6, h: 7, g: 8})`, want: `["a","b","c","d","e","f","g","h"]`},
		{source: `values({b: 1, a: 2, c: 3})`, want: `[2,1,3]`}, {source: `toPairs({b: 1, a: 2})`, want: `[["a",2],["b",1]]`},
		{source: `keys(groupBy(payload.items, .name))`, want: `["one","two"]`}, {source: `toJSON({b: [1], a: "x"})`, want: `"{\"a\":\"x\",\"b\":[1]}"`},
		{source: `map(sortBy([{k: 1, v: "a"}, {k: 0, v: "b"}, {k: 1, v: "c"}], .k), .v)`, want: `["b","a","c"]`},
		{source: `map(sortBy([{k: 1, v: "a"}, {k: 0, v: "b"}, {k: 1, v: "c"}], .k, "desc"), .v)`, want: `["a","c","b"]`},
		{source: `uuid() == uuid()`, want: `false`}, {source: `date("2026-03-01 09:00 CET", "2006-01-02 15:04 MST")`, code: `bad-argument`},
		{source: `format_date(date("2026-03-01T09:00:00+01:00"), "15:04")`, want: `"08:00"`}, {source: `now - duration("1h")`, want: `"2026-03-01T08:00:00Z"`},
	})
	first, _ := eval(t, `uuid()`)
	second, _ := eval(t, `uuid()`)
	if first != second {
		t.Errorf("uuid() is %v, then %v", first, second)
	}
}

func TestFunctions(t *testing.T) {
	check(t, []row{
		{source: `payload.items | filter(.id > 1) | map(.name) | join(", ")`, want: `"two"`}, {source: `let x = payload.a.b; x + 1`, want: `2`},
		{source: `map(payload.items, {let n = .id; n * 2})`, want: `[2,4]`}, {source: `map(payload.l, # + #index)`, want: `[1,3,5]`}, {source: `reduce(payload.l, #acc + #)`, want: `6`}, {source: `reduce(1..3, sum(map([1, 2], # * #acc)), 1)`, want: `27`}, {source: `map([1, 2], {let n = #; map([10], # + n)})`, want: `[[11],[12]]`},
		{source: `filter(payload.items, .id in map(payload.items, .id))`, want: `[{"id":1,"name":"one"},{"id":2,"name":"two"}]`},
		{source: `[1, 2][0:1]`, want: `[1]`}, {source: `"héllo"[1:3]`, want: `"él"`}, {source: `capture("re: #12", "#(\\d+)")`, want: `["12"]`}, {source: `capture("x", "#")`, want: `null`},
		{source: `"a1" matches "^[a-z]\\d$"`, want: `true`}, {source: `truncate("héllo", 3)`, want: `"hé…"`}, {source: `split("a,b,c", ",", 2)`, want: `["a","b,c"]`},
		{source: `escape_slack("<a & b>")`, want: `"&lt;a &amp; b&gt;"`}, {source: `escape_html("<a>")`, want: `"&lt;a&gt;"`}, {source: `hex(sha256("abc"))`, want: `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`},
		{source: `hex(hmac("sha256", "key", "The quick brown fox jumps over the lazy dog"))`, want: `"f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"`},
		{source: `equal_secure("a", "a")`, want: `true`}, {source: `equal_secure("", "")`, want: `false`}, {source: `equal_secure(nil, nil)`, want: `false`}, {source: `equal_secure("a", "ab")`, want: `false`},
		{source: `bearer(request, "abc")`, want: `true`}, {source: `bearer(request, inputs.key)`, want: `false`}, {source: `bearer(request, "")`, want: `false`},
		{source: `ip_in("192.0.2.7", ["192.0.2.0/24"])`, want: `true`}, {source: `ip_in("::ffff:192.0.2.7", "192.0.2.0/24")`, want: `true`}, {source: `ip_in("192.0.20.7", ["192.0.2.0/24"])`, want: `false`},
		{source: `json("{\"a\": [1]}").a[0]`, want: `1`}, {source: `json("{")`, want: `null`}, {source: `parse_xml("<a b='1'><c/><c>2</c></a>").a`, want: `{"@b":"1","c":["","2"]}`},
		{source: `parse_xml("<a>")`, want: `null`}, {source: `parse_xml(1)`, want: `null`}, {source: `parse_xml("<!DOCTYPE a><a/>")`, want: `null`}, {source: `fromJSON("{")`, code: `not-json`}, {source: `flatten([1, [2, [3]]])`, want: `[1,2,3]`},
		{source: `uniq([1, 1.0, "a", "a", [1], [1]])`, want: `[1,"a",[1]]`}, {source: `concat([1], [], [2])`, want: `[1,2]`}, {source: `concat([1], payload.x)`, want: `null`}, {source: `mailgun.signed(request, inputs.key)`, want: `true`},
		{source: `let x = [3, 1, 2]; [sort(x), reverse(x), uniq(x), x]`, want: `[[1,2,3],[2,1,3],[3,1,2],[3,1,2]]`},
		{source: `if payload.t { 1 } else { 2 }`, want: `1`}, {source: `"b" in {a: 1}`, want: `false`}, {source: `payload.s == "text" ? "yes" : "no"`, want: `"yes"`},
	})
}
