package payload

// Key is one step of a path into a payload: a name of a map, or a position in
// a list.
type Key struct {
	Name  string
	Index int  // from 0; a negative one counts from the end
	List  bool // true: Index counts, not Name
}

// of returns the member of a value, or nil where it has none.
func (k Key) of(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if !k.List {
			return v[k.Name]
		}
	case []any:
		at := k.Index
		if at < 0 {
			at += len(v)
		}
		if k.List && at >= 0 && at < len(v) {
			return v[at]
		}
	}
	return nil
}

// Paths is the trie of the constant payload paths that a program reads. It is
// filled while compiling; after that any number of scans may share it. The zero
// value is empty and ready.
type Paths struct {
	nodes []node // nodes[0] is the whole payload; a path's index is its node's
}

type node struct {
	parent int
	key    Key // from parent
	names  map[string]int
	items  map[int]int
}

// Add returns the index of a path, the same for the same path. The path [] is
// the whole payload.
func (p *Paths) Add(path []Key) int {
	if len(p.nodes) == 0 {
		p.nodes = append(p.nodes, node{})
	}
	at := 0
	for _, k := range path {
		at = p.child(at, k)
	}
	return at
}

// child returns the node behind a key, which it makes where it is missing.
func (p *Paths) child(at int, k Key) int {
	n := &p.nodes[at]
	made := len(p.nodes)
	if k.List {
		if c, ok := n.items[k.Index]; ok {
			return c
		}
		if n.items == nil {
			n.items = map[int]int{}
		}
		n.items[k.Index] = made
	} else {
		if c, ok := n.names[k.Name]; ok {
			return c
		}
		if n.names == nil {
			n.names = map[string]int{}
		}
		n.names[k.Name] = made
	}
	p.nodes = append(p.nodes, node{parent: at, key: k})
	return made
}

// Len is one more than the highest index that Add returned. The beginnings of
// a path have an index too.
func (p *Paths) Len() int { return len(p.nodes) }
