package behaviors

import "github.com/deskhook/deskhook/behaviors/expression"

type program struct{}
type evaluation struct{}

// NewCatalog builds a catalog of these actions, the language's functions and
// all providers.
func NewCatalog(actions []*ActionSpec, functions []*expression.Function) (*Catalog, error) {
	panic("contract")
}
