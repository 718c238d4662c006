package payload

// CONTRACT: stubs that the payload room replaces; delete this file there.

func (r *Request) Kind() Kind                   { panic("contract") }
func (r *Request) ContentType() string          { panic("contract") }
func (r *Request) Member(name string) any       { panic("contract") }
func (r *Request) Members() []string            { panic("contract") }
func (h Header) Member(name string) any         { panic("contract") }
func (h Header) Members() []string              { panic("contract") }
func ReadRequest(text []byte) (*Request, error) { panic("contract") }

// Paths is the trie of the constant payload paths that a program reads.
type Paths struct{}

func (p *Paths) Add(path []Key) int { panic("contract") }
func (p *Paths) Len() int           { panic("contract") }

// Body is a scanned body: validated and capped, decoded path by path on demand.
type Body struct{}

func Scan(r *Request, p *Paths, l Limits) (*Body, error) { panic("contract") }
func (b *Body) Value(path int) any                       { panic("contract") }
func (b *Body) All() any                                 { panic("contract") }
func (b *Body) Problem() string                          { panic("contract") }
func (b *Body) Kind() Kind                               { panic("contract") }

func ParseJSON(text string, l Limits) (any, error) { panic("contract") }
