package behaviors

import (
	"slices"
	"strings"
)

// Word is a word of the language that stands as a key: of the document, a verb,
// a modifier of a step, or a key of a map within these. What is said of it is
// said here alone: the compiler takes the names, editors and REFERENCE.md the rest.
type Word struct {
	Name    string `json:"name"`
	Value   string `json:"value"` // what it takes, in a few words
	Summary string `json:"summary"`
	// Example is YAML: keys of a document, or a list of steps. A key of a part
	// that stands in the example of what it is a part of has none of its own.
	Example string `json:"example"`
}

// What a word takes.
const (
	anExpression = "expression"
	aText        = "text"
	aDuration    = "duration"
	aNumber      = "whole number"
	aFlag        = "true or false"
	aName        = "name"
	someNames    = "map of names to expressions"
	someSteps    = "list of steps"
	aResponse    = "map, as of `respond`"
)

var documentKeys, verbNames, modifierNames = names(keyWords), names(verbWords), names(modifierWords)

func names(words []Word) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.Name
	}
	return list
}

// told is a list of words as others get it.
func told(words []Word) []Word {
	words = slices.Clone(words)
	for i := range words {
		words[i].Example = strings.TrimPrefix(words[i].Example, "\n")
	}
	return words
}

// Keys are the keys of a document, in the order in which one writes them.
func Keys() []Word { return told(keyWords) }

// Verbs are what a step can do beside actions.
func Verbs() []Word { return told(verbWords) }

// Modifiers are what may stand beside a step's verb or action.
func Modifiers() []Word { return told(modifierWords) }
