package behaviortest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Canaries are secrets of a test that must be nowhere in what a behavior leaves
// behind. Make them of random letters and digits, with a few other characters
// among them: each is looked for by eight bytes of it.
type Canaries []string

// canaryBytes of a canary in a text are no chance.
const canaryBytes = 8

// In tells where a text has a part of one, or gives "": as it is, in upper or
// lower case, in hexadecimal digits or base64 of either alphabet, also amidst of
// what else was encoded. Other escapes leave letters and digits as they are.
func (c Canaries) In(text string) string {
	parts := map[string]string{}
	for _, canary := range c {
		note := func(encoded, form string, width int) {
			for i := 0; i+width <= len(encoded); i++ {
				parts[encoded[i:i+width]] = form
			}
		}
		low := strings.ToLower(canary)
		note(low, "plain", canaryBytes)
		note(hex.EncodeToString([]byte(canary)), "hex", 2*canaryBytes)
		for before := range 3 { // how it may lie among the groups of three bytes
			encoded := base64.RawStdEncoding.EncodeToString([]byte("..."[:before] + canary))
			from := (8*before + 5) / 6
			note(encoded[from:len(encoded)-1], "base64", canaryBytes*4/3+1)
		}
	}
	forms := []string{strings.ToLower(text), strings.NewReplacer("-", "+", "_", "/").Replace(text)}
	for _, width := range []int{canaryBytes, 2 * canaryBytes, canaryBytes*4/3 + 1} {
		for _, form := range forms {
			for i := 0; i+width <= len(form); i++ {
				if kind := parts[form[i:i+width]]; kind != "" {
					return fmt.Sprintf("%s, %q, in %q", kind, form[i:i+width], form[max(0, i-80):min(len(form), i+width+20)])
				}
			}
		}
	}
	return ""
}
