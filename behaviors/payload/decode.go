package payload

// decoder turns a text that a scanner accepted into a value. It checks nothing.
type decoder struct {
	text []byte
	at   int
}

// decode returns the value of a scanned text.
func decode(text []byte) any {
	d := decoder{text: text}
	return d.value()
}

func (d *decoder) value() any {
	switch d.text[d.at] {
	case '{':
		return d.object()
	case '[':
		return d.list()
	case '"':
		return d.string()
	case 't':
		d.at += len("true")
		return true
	case 'f':
		d.at += len("false")
		return false
	case 'n':
		d.at += len("null")
		return nil
	}
	from := d.at
	for d.at < len(d.text) && inNumber(d.text[d.at]) {
		d.at++
	}
	return decodeNumber(d.text[from:d.at])
}

func (d *decoder) object() map[string]any {
	d.at++
	m := map[string]any{}
	for d.next() != '}' {
		name := d.string()
		d.next()
		m[name] = d.value()
	}
	d.at++
	return m
}

func (d *decoder) list() []any {
	d.at++
	l := []any{}
	for d.next() != ']' {
		l = append(l, d.value())
	}
	d.at++
	return l
}

// next goes to the next value, name or closing bracket, and returns its first
// byte.
func (d *decoder) next() byte {
	for {
		switch c := d.text[d.at]; c {
		case ' ', '\n', '\t', '\r', ',', ':':
			d.at++
		default:
			return c
		}
	}
}

func (d *decoder) string() string {
	from := d.at + 1
	d.at = from
	escaped := false
	for {
		d.at += plain(d.text[d.at:])
		if d.text[d.at] == '"' {
			break
		}
		escaped = true
		d.at += 2
	}
	raw := d.text[from:d.at]
	d.at++
	if escaped {
		return unescape(raw)
	}
	return string(raw)
}

func inNumber(c byte) bool {
	return c-'0' <= 9 || c == '-' || c == '+' || c == '.' || c|0x20 == 'e'
}
