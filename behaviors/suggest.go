package behaviors

import "github.com/deskhook/deskhook/behaviors/expression"

// meant suggests the candidate that a word was probably meant to be.
func meant(word string, candidates []string) string {
	near := expression.Nearest(word, candidates)
	if near == "" {
		return ""
	}
	return "did you mean `" + near + "`?"
}
