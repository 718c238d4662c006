package payload

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// sized is a kind of body, and where a value stands in it.
type sized struct {
	kind string
	path []Key
	of   func(size int) *Request
}

// order is a JSON object of about 100 bytes.
const order = `{"id": 4711, "sku": "A-1 \u0026 B", "price": 19.90, "paid": true, "note": null, "tags": ["a", "b"]}`

var sizedBodies = []sized{
	{"JSON", []Key{name("orders"), item(3), name("sku")}, func(size int) *Request {
		n := size/len(order) + 1
		return jsonRequest(`{"orders": [` + strings.Repeat(order+", ", n-1) + order + `]}`)
	}},
	{"form", []Key{name("f3")}, func(size int) *Request {
		return typed("application/x-www-form-urlencoded", strings.Join(texts(size, func(i int, text string) string {
			return fmt.Sprintf("f%d=%s", i, strings.ReplaceAll(text, " ", "+"))
		}), "&"))
	}},
	{"multipart", []Key{name("f3")}, func(size int) *Request { // half of it in a file
		all := texts(size/2, func(i int, text string) string { return part(fmt.Sprintf("name=f%d", i), text) })
		return formData(parts(append(all, part("name=shot; filename=a.png\nContent-Type: image/png", strings.Repeat("0123456789abcdef\r\n-", size/38)))...))
	}},
	{"XML", []Key{name("orders"), name("order"), item(3), name("sku")}, func(size int) *Request {
		const order = `<order id="4711"><sku>A-1 &amp; B</sku><price currency="EUR">19.90</price></order>` + "\n"
		return typed("text/xml", "<orders>"+strings.Repeat(order, size/len(order)+1)+"</orders>")
	}},
}

// texts are fields with texts of 50 bytes, or longer where there would be too many.
func texts(size int, field func(i int, text string) string) []string {
	n := min(size/50, 900)
	all := make([]string, n)
	for i := range all {
		all[i] = field(i, strings.Repeat("some text ", size/n/10))
	}
	return all
}

// Decoding by size: one value that is read, all of them, and what others take
// for no more than a check. The time of a body grows with its length alone.
func BenchmarkDecode(b *testing.B) {
	for _, body := range sizedBodies {
		var p Paths
		at := p.Add(body.path)
		for _, size := range []int{1_000, 10_000, 100_000, 1_000_000} {
			r := body.of(size)
			if scanned, err := Scan(r, &p, DefaultLimits); err != nil || scanned.Value(at) == nil {
				b.Fatalf("%s of %d bytes: %v", body.kind, size, err)
			}
			run := func(what string, do func()) {
				b.Run(fmt.Sprintf("%s/%d/%s", body.kind, size, what), func(b *testing.B) {
					b.ReportAllocs()
					b.SetBytes(int64(len(r.Body)))
					for b.Loop() {
						do()
					}
				})
			}
			run("a path", func() {
				scanned, _ := Scan(r, &p, DefaultLimits)
				scanned.Value(at)
			})
			run("all", func() {
				scanned, _ := Scan(r, &p, DefaultLimits)
				scanned.All()
			})
			switch body.kind {
			case "JSON":
				run("json.Valid", func() { json.Valid(r.Body) })
			case "XML":
				run("encoding/xml", func() {
					d := xml.NewDecoder(strings.NewReader(string(r.Body)))
					for err := error(nil); err == nil; {
						_, err = d.RawToken()
					}
				})
			}
		}
	}
}
