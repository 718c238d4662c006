package expression

// Notation is a way of writing in expressions beside the functions: a literal,
// an operator, a form.
type Notation struct {
	Form string // as one writes it, several divided by blanks where they are alike
	Doc  string
	// Operators are those of expr's parser that it is about.
	Operators []string
	Example   string // as of a Function
}

// Examples are what Example says.
func (n Notation) Examples() []Example { return examples(n.Example) }

// Notations are all there are, from the simple to the composed.
func Notations() []Notation {
	return []Notation{
		{"1, 0.5, 1e3, 0x1F, 1_000", "a number: an integer of 64 bits, or a float", nil, `1_000 + 0.5 -> 1000.5
0x1F -> 31`},
		{`"text", 'text'`, "a text, with escapes such as \\n and \\\"; in backquotes without any", nil, `'it is "here"' -> "it is \"here\""`},
		{"true, false, nil", "truth, and what is missing", nil, `nil == nil -> true`},
		{"[a, b]", "a list", nil, `[1, "a", nil] -> [1,"a",null]`},
		{"{a: x, (key): y}", "a map; a key in parentheses is an expression", nil, `{a: 1, ("b" + "c"): 2} -> {"a":1,"bc":2}`},
		{`a.b, a["b"], a?.b`, "a member of a map; nil where there is none, also of nil, so that ?. is the same", nil, `{b: 1}.b -> 1
payload.order["id"] -> "4711"
payload.a.b.c -> nil`},
		{"a[0], a[-1], a[1:3]", "an item of a list or a character of a text, a negative one from the end, and a part; nil where there is none", nil, `["x", "y"][-1] -> "y"
["x", "y", "z"][1:] -> ["y","z"]
"hello"[0:4] -> "hell"
["x"][5] -> nil`},
		{"+", "the sum; two texts in one; a time and a duration", []string{"+"}, `1 + 2.5 -> 3.5
"#" + "7" -> "#7"
"#" + 7 -> error
9223372036854775807 + 1 -> error
nil + 1 -> nil`},
		{"- * / %", "difference, product, quotient (a float always) and remainder (of integers)", []string{"-", "*", "/", "%", "unary -", "unary +"}, `7 / 2 -> 3.5
7 % 2 -> 1
1 / 0 -> error
duration("1h") * 2 -> "2h0m0s"`},
		{"** ^", "a power, as a float", []string{"**", "^"}, `2 ** 3 -> 8`},
		{"== !=", "whether two values are equal, an integer and a float by what they are worth; nil equals nil, and values of two kinds never are", []string{"==", "!="}, `1 == 1.0 -> true
"1" == 1 -> error
nil != "" -> true`},
		{"< <= > >=", "the order of numbers, texts, times and durations; false with nil", []string{"<", "<=", ">", ">="}, `"a" < "b" -> true
nil < 1 -> false
"a" < 1 -> error`},
		{"and or not, && || !", "truth; nil is read as false, and what decides nothing any more is not evaluated", []string{"and", "&&", "or", "||", "unary not", "unary !"}, `true and nil -> false
not nil -> true
1 or true -> error`},
		{"a ?? b", "b where a is nil", []string{"??"}, `nil ?? "none" -> "none"
false ?? true -> false`},
		{"a ? b : c, if a {b} else {c}", "b where a is true, else c", nil, `2 > 1 ? "yes" : "no" -> "yes"
if nil { 1 } else { 2 } -> 2`},
		{"a in b, a not in b", "whether a is an item of a list, or a key of a map", []string{"in"}, `2 in [1, 2] -> true
"a" in {a: 1} -> true
nil in [nil] -> false`},
		{"contains, startsWith, endsWith", "whether a text has another in it, at its beginning, at its end; false with nil", []string{"contains", "startsWith", "endsWith"}, `"Delivery failed" contains "failed" -> true
nil startsWith "a" -> false
"a" not contains "b" -> true`},
		{"a matches pattern", "whether a text matches a regular expression of RE2 somewhere; false with nil", []string{"matches"}, `"order 12" matches "\\d+$" -> true
"order" matches "(" -> error`},
		{"a..b", "the integers from a to b", []string{".."}, `1..4 -> [1,2,3,4]`},
		{"a | f(x)", "a as the first argument of f", []string{"|"}, `"a,b" | split(",") | len() -> 2`},
		{"#, .name, #index, #acc", "within any, all, none, one, count, filter, map, find…, sum, groupBy, sortBy and reduce: the item, a member of it, its position, and of reduce the value so far", nil, `map([{n: 1}, {n: 2}], .n + #index) -> [1,3]
filter(["a", "bc"], len(#) > 1) -> ["bc"]`},
		{"let x = a; b", "b with a name for a value that it uses more than once", nil, `let n = len([1, 2]); n * n -> 4`},
	}
}
