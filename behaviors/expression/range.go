package expression

// rangeOf lists the integers of a..b.
func (m *machine) rangeOf(a, b any) any {
	if a == nil || b == nil {
		return nil
	}
	i, ok := integral(m.number(a, "`..`"))
	j, ok2 := integral(m.number(b, "`..`"))
	if !ok || !ok2 {
		m.fail("type", "`..` takes integers")
	}
	if j < i {
		return []any{}
	}
	n := uint64(j) - uint64(i)
	if n >= 1<<32 {
		m.take(m.memory + 1)
	}
	m.step(int(n))
	m.take((int(n) + 1) * (slotBytes + 8))
	list := make([]any, n+1)
	for k := range list {
		list[k] = i + int64(k)
	}
	return list
}

// in looks for a value in a list, or for a key in a map.
func (m *machine) in(a, b any) any {
	switch b := b.(type) {
	case nil:
		return false
	case []any:
		return a != nil && m.contains(b, a)
	case map[string]any:
		if name, ok := a.(string); ok {
			m.text(len(name))
			_, has := b[name]
			return has
		}
		return false
	case Object:
		if name, ok := a.(string); ok {
			return m.memberOf(b, name) != nil
		}
		return false
	}
	m.fail("type", "`in` looks into a list or a map, but this is "+kindOf(b).String())
	return nil
}
