package behaviors

import "github.com/deskhook/deskhook/behaviors/expression"

// Place is where an expression begins.
type Place struct{ Line, Column int }

// Places are those of all expressions of a program.
func Places(p *Program) (places []Place) {
	for _, x := range p.places {
		line, column := p.position(x.at, 0)
		places = append(places, Place{line, column})
	}
	return places
}

// TracedPlaces are those of the expressions that a trace has a value of.
func TracedPlaces(p *Program, t *expression.Trace) map[Place]bool {
	traced := map[Place]bool{}
	for _, e := range t.Entries {
		line, column := p.position(e.At, 0)
		traced[Place{line, column}] = true
	}
	return traced
}
