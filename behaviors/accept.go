package behaviors

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// accept is what a listener takes.
type accept struct {
	methods []string
	types   []payload.Kind // none: any
	maxBody int64          // 0: the plugin's limit
}

var bodyKinds = []string{
	string(payload.JSON), string(payload.Form), string(payload.Multipart), string(payload.XML), string(payload.Text), string(payload.Binary),
}

// methods are those that can arrive: hosts route no other.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT"}

func (c *compiler) accept(n *node) {
	a := &c.p.accept
	for _, p := range c.keys("`accept`", n, partNames["accept"]...) {
		switch p.key.text {
		case "methods":
			a.methods = nil
			for _, m := range c.texts("methods", p.value) {
				name := strings.ToUpper(m.text)
				if !slices.Contains(methods, name) {
					c.report(unknownOption, m.span, cut(m.text), "methods").mean(m, methods, "choose among "+quoted(methods))
				} else if !slices.Contains(a.methods, name) {
					a.methods = append(a.methods, name)
				}
			}
			if p.value.kind == listNode && len(p.value.items) == 0 {
				c.wrong(p.value.span, "methods", "at least one method", "none").suggest("leave it out for `POST`")
			}
		case "types":
			if p.value.kind == listNode && len(p.value.items) == 0 {
				c.wrong(p.value.span, "types", "at least one type", "none").suggest("leave it out for any")
			}
			for _, t := range c.texts("types", p.value) {
				if !slices.Contains(bodyKinds, t.text) {
					c.report(unknownOption, t.span, cut(t.text), "types").
						mean(t, bodyKinds, "choose among "+quoted(bodyKinds))
					continue
				}
				a.types = append(a.types, payload.Kind(t.text))
			}
		case "max_body":
			a.maxBody = c.size(p.value)
		}
	}
}

var sizeUnits = map[string]int64{"": 1, "kB": 1e3, "MB": 1e6, "KiB": 1 << 10, "MiB": 1 << 20}

var sizeText = regexp.MustCompile(`^([0-9]{1,9}) ?(|kB|MB|KiB|MiB)$`)

// size reads a number of bytes, such as 1048576 or 25 MiB.
func (c *compiler) size(n *node) int64 {
	text, ok := c.literal("max_body", n)
	if !ok {
		return 0
	}
	m := sizeText.FindStringSubmatch(text)
	if m == nil {
		c.report(badSize, n.span, cut(text)).suggest("write bytes, or a number with `kB`, `MB`, `KiB` or `MiB`")
		return 0
	}
	count, _ := strconv.ParseInt(m[1], 10, 64)
	if count == 0 {
		c.report(badSize, n.span, text).suggest("leave it out for the plugin's limit")
	}
	return count * sizeUnits[m[2]]
}
