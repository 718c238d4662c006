// Package canary finds secrets in what a test sees, for tests of whatever must not
// show them.
package canary

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Secrets are those of a test that must be nowhere in what a behavior leaves
// behind. Make them of random letters and digits, with a few other characters
// among them: each is looked for by eight bytes of it.
type Secrets []string

// fewest are how many bytes of a secret are no chance in a text.
const fewest = 8

// In tells where a text has a part of one, or gives "": as it is, in upper or
// lower case, in hexadecimal digits or base64 of either alphabet, also amidst of
// what else was encoded. Other escapes leave letters and digits as they are.
func (s Secrets) In(text string) string {
	parts := map[string]string{}
	for _, secret := range s {
		note := func(encoded, form string, width int) {
			for i := 0; i+width <= len(encoded); i++ {
				parts[encoded[i:i+width]] = form
			}
		}
		low := strings.ToLower(secret)
		note(low, "plain", fewest)
		note(hex.EncodeToString([]byte(secret)), "hex", 2*fewest)
		for before := range 3 { // how it may lie among the groups of three bytes
			encoded := base64.RawStdEncoding.EncodeToString([]byte("..."[:before] + secret))
			from := (8*before + 5) / 6
			note(encoded[from:len(encoded)-1], "base64", fewest*4/3+1)
		}
	}
	forms := []string{strings.ToLower(text), strings.NewReplacer("-", "+", "_", "/").Replace(text)}
	for _, width := range []int{fewest, 2 * fewest, fewest*4/3 + 1} {
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
