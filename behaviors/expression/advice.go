package expression

// advice tells how a value of one kind becomes one of another, or "".
func advice(want, got Kind) string {
	numeric := func(k Kind) bool { return k == Int || k == Float || k == Number }
	switch {
	case want == Bool:
		return "compare it with something, as in `… == …` or `… != nil`"
	case want == Text && got == Bytes:
		return "make a text of the bytes with hex(…) or base64(…)"
	case want == Text && got == Time:
		return "make a text of it with format_date(…)"
	case want == Text && (numeric(got) || got == Bool || got == Duration):
		return "make a text of it with string(…)"
	case numeric(want) && got == Text:
		return "read the text as a number with int(…) or float(…)"
	case want == Int && got == Float:
		return "make an integer of it with int(…)"
	case want == Time && got == Text:
		return "read the text as a time with date(…)"
	case want == Duration && (got == Text || numeric(got)):
		return "write a duration as duration(\"5m\")"
	case want == List && got == Map:
		return "take its values with values(…)"
	case want == List && got == Text:
		return "cut the text into a list with split(…)"
	}
	return ""
}

// adviceFor is for two sides that do not go together.
func adviceFor(l, r Kind) string {
	if l == Bytes || r == Bytes {
		return advice(Text, Bytes)
	}
	if l == Text {
		return advice(r, l)
	}
	return advice(l, r)
}
