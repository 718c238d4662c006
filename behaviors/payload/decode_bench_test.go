package payload

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// The time of a body grows with its length alone, and little of it is kept.
func BenchmarkXML(b *testing.B) {
	for _, orders := range []int{10, 100, 1_000, 8_000} {
		text := "<orders>" + strings.Repeat(`<order id="4711"><sku>A-1 &amp; B</sku><price currency="EUR">19.90</price></order>`+"\n", orders) + "</orders>"
		r := typed("text/xml", text)
		var p Paths
		sku := p.Add([]Key{name("orders"), name("order"), item(1), name("sku")})
		run := func(what string, do func()) {
			b.Run(fmt.Sprintf("%s/%d bytes", what, len(text)), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					do()
				}
			})
		}
		run("scan", func() { _, _ = Scan(r, nil, DefaultLimits) })
		run("scan and a path", func() {
			body, _ := Scan(r, &p, DefaultLimits)
			body.Value(sku)
		})
		run("encoding/xml", func() {
			d := xml.NewDecoder(strings.NewReader(text))
			for {
				if _, err := d.RawToken(); err != nil {
					return
				}
			}
		})
	}
}

func BenchmarkMultipart(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20, 8 << 20} {
		body := parts(part("name=subject", "Screenshot"), part("name=shot; filename=a.png\nContent-Type: image/png", strings.Repeat("0123456789abcdef\r\n-", size/19)))
		r := formData(body)
		b.Run(fmt.Sprintf("%d bytes", len(body)), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				_, _ = Scan(r, nil, DefaultLimits)
			}
		})
	}
}
