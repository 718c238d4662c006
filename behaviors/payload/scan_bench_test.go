package payload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

func BenchmarkScan(b *testing.B) {
	pretty, err := os.ReadFile("testdata/github-issues-opened.json")
	if err != nil {
		b.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, pretty); err != nil {
		b.Fatal(err)
	}
	r := jsonRequest(compact.String())
	var p Paths
	var at []int
	for _, path := range [][]Key{
		{name("action")}, {name("issue"), name("title")}, {name("issue"), name("number")},
		{name("repository"), name("full_name")}, {name("issue"), name("labels")},
	} {
		at = append(at, p.Add(path))
	}
	run := func(what string, body func()) {
		b.Run(fmt.Sprintf("%s/%d bytes", what, len(r.Body)), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(r.Body)))
			for b.Loop() {
				body()
			}
		})
	}
	run("json.Valid", func() { json.Valid(r.Body) })
	run("scan", func() { _, _ = Scan(r, nil, DefaultLimits) })
	run("scan and five paths", func() {
		body, _ := Scan(r, &p, DefaultLimits)
		for _, i := range at {
			body.Value(i)
		}
	})
	run("scan and all", func() {
		body, _ := Scan(r, nil, DefaultLimits)
		body.All()
	})
	run("json.Unmarshal", func() {
		var v any
		_ = json.Unmarshal(r.Body, &v)
	})
}
