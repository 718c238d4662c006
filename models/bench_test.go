package models_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/deskhook/deskhook/models"
	"github.com/deskhook/deskhook/models/modelstest"
)

// benchOn runs a benchmark on each kind of database.
func benchOn(b *testing.B, bench func(b *testing.B, d *modelstest.Database)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, modelstest.SQLite(b)) })
	b.Run("mariadb", func(b *testing.B) { bench(b, modelstest.MariaDB(b)) })
}

// jsonBody is n bytes that compress about as payloads do.
func jsonBody(n int) []byte {
	var body bytes.Buffer
	for i := 0; body.Len() < n; i++ {
		fmt.Fprintf(&body, `{"id":%d,"node_id":"%x","login":"user-%d","type":"User","site_admin":false},`, i*7919, i*104729, i)
	}
	return body.Bytes()[:n]
}

func benchDelivery(body []byte) *models.Delivery {
	return &models.Delivery{
		UID: newUID(), ListenerID: 1, VersionID: 1, Outcome: "accepted", ReceivedAt: models.Micros(time.Now().UnixMicro()),
		Request: models.HTTPRequest{
			Method: "POST", URL: "https://help.example.com/webhooks/g", ClientIP: "192.0.2.1", ContentType: "application/json",
			Header: [][2]string{{"Content-Type", "application/json"}, {"User-Agent", "GitHub-Hookshot/044aadd"}, {"X-Github-Event", "issues"}}, Body: body,
		},
	}
}

// BenchmarkAccept: callers that wait for their own commit each, one delivery
// and run a caller.
func BenchmarkAccept(b *testing.B) {
	for _, size := range []int{2 << 10, 10 << 10} {
		for _, callers := range []int{1, 256} {
			b.Run(fmt.Sprintf("%dkB/callers=%d", size>>10, callers), func(b *testing.B) {
				benchOn(b, func(b *testing.B, d *modelstest.Database) {
					s := modelstest.Store(b, d.Open(), nil)
					body := jsonBody(size)
					b.SetBytes(int64(size))
					b.SetParallelism((callers + 1) / 2) // times GOMAXPROCS
					if callers == 1 {
						for b.Loop() {
							if _, err := s.Accept(b.Context(), benchDelivery(body), &models.NewRun{Lease: lease}); err != nil {
								b.Fatal(err)
							}
						}
						return
					}
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							if _, err := s.Accept(b.Context(), benchDelivery(body), &models.NewRun{Lease: lease}); err != nil {
								b.Error(err)
								return
							}
						}
					})
				})
			})
		}
	}
}

// BenchmarkClaim: one claimer, 64 due runs a claim, with a backlog; ns/op is of
// one claim.
func BenchmarkClaim(b *testing.B) {
	benchOn(b, func(b *testing.B, d *modelstest.Database) {
		s := modelstest.Store(b, d.Open(), nil)
		next := 0
		fill := func() {
			var values []any
			query := "INSERT INTO webhooks_runs VALUES "
			for i := range 500 {
				if i > 0 {
					query += ","
				}
				query += "(?, 1, 1, 1, 'open', '', '', ?, 0, 0, 0, 0)"
				next++
				values = append(values, next, next)
			}
			if err := s.DB().Exec(query, values...).Error; err != nil {
				b.Fatal(err)
			}
		}
		claimed := 0
		for b.Loop() {
			if next-claimed < 64 {
				b.StopTimer()
				for range 20 {
					fill()
				}
				b.StartTimer()
			}
			runs, err := s.Claim(b.Context(), 64, time.Hour)
			if err != nil || len(runs) != 64 {
				b.Fatal(len(runs), err)
			}
			claimed += len(runs)
		}
		b.ReportMetric(float64(claimed)/b.Elapsed().Seconds(), "runs/s")
	})
}
