// Package reference holds what writes behaviors/REFERENCE.md, and what proves it:
// both are its tests. The page is made of what the language is checked by: the
// words and codes of package behaviors, the functions of package expression, the
// actions with what they declare, and the limits themselves.
//
// It is a package of its own since it sees the product's whole catalog: the
// actions and what the runner cannot do yet stand above package behaviors.
package reference
