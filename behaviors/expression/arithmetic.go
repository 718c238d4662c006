package expression

func (c *compiler) arithmetic(o operand, op string, l, r operand) operand {
	t, possible := arithmeticType(op, l.typ, r.typ)
	o.typ = t
	if !possible {
		p := c.mismatch(operand{typ: Type{Sample: l.typ.Sample || r.typ.Sample}, at: o.at},
			"`"+op+"` cannot take "+l.typ.Kind.String()+" and "+r.typ.Kind.String())
		p.Suggestion = adviceFor(l.typ.Kind, r.typ.Kind)
		if op == "+" && l.typ.Kind == Text {
			p.Suggestion = advice(Text, r.typ.Kind)
		}
		if l.typ.Kind == Time {
			p.Suggestion = advice(Duration, r.typ.Kind)
		}
	}
	apply := map[string]func(m *machine, a, b any) any{
		"+": (*machine).add, "-": (*machine).subtract, "*": (*machine).multiply,
		"/": (*machine).divide, "%": (*machine).remainder, "**": (*machine).power, "^": (*machine).power,
	}[op]
	return c.binaryRun(o, l, r, func(m *machine, a, b any) any {
		if a == nil || b == nil {
			return nil
		}
		return apply(m, a, b)
	})
}

// arithmeticType is the type of the result, and whether there can be one.
func arithmeticType(op string, l, r Type) (Type, bool) {
	switch {
	case l.Kind == Nil || r.Kind == Nil:
		return Of(Nil), true
	case l.numeric() && r.numeric():
		return numericType(op, l.Kind, r.Kind), true
	case l.known() && r.known():
		k := mixedKind(op, l.Kind, r.Kind)
		return Of(k), k != Any
	}
	known := l.Kind
	if !l.known() {
		known = r.Kind
	}
	if known == Any || l.numeric() || r.numeric() {
		return Type{}, true
	}
	for other := range kindNames { // the side that is not known may be of any kind
		k, swapped := mixedKind(op, l.Kind, Kind(other)), mixedKind(op, Kind(other), r.Kind)
		if l.known() && k != Any || r.known() && swapped != Any {
			return Type{}, true
		}
	}
	return Type{}, false
}

func numericType(op string, l, r Kind) Type {
	switch {
	case op == "/" || op == "**" || op == "^":
		return Of(Float)
	case op == "%" || l == Int && r == Int:
		return Of(Int)
	case l == Float || r == Float:
		return Of(Float)
	}
	return Of(Number)
}

// mixedKind is the kind of what two kinds give that are not both numbers; Any
// where they give nothing.
func mixedKind(op string, l, r Kind) Kind {
	numeric := func(k Kind) bool { return Type{Kind: k}.numeric() }
	switch {
	case op == "+" && l == Text && r == Text:
		return Text
	case op == "+" && (l == Time && r == Duration || l == Duration && r == Time), op == "-" && l == Time && r == Duration:
		return Time
	case op == "-" && l == Time && r == Time, (op == "+" || op == "-") && l == Duration && r == Duration:
		return Duration
	case op == "*" && (l == Duration && numeric(r) || numeric(l) && r == Duration), op == "/" && l == Duration && numeric(r):
		return Duration
	case op == "/" && l == Duration && r == Duration:
		return Float
	}
	return Any
}
