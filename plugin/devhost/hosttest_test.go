package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"

	"github.com/deskhook/deskhook/plugin"
	"github.com/deskhook/deskhook/plugin/hosttest"
)

// TestConformance holds the helpdesk to the rules of package plugin, on each
// database.
func TestConformance(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		hosttest.Run(t, func(t testing.TB) *hosttest.Host { return conformant(t, c) })
	})
}

// conformant is a helpdesk without its server. On MariaDB all of them have one
// database, which each begins by emptying.
func conformant(t testing.TB, c config) *hosttest.Host {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if c.data = t.TempDir(); c.dsn != "" {
		must(emptyDatabase(t.Context(), c.dsn))
	}
	db, err := openDatabase(t.Context(), c.dsn, c.data)
	must(err)
	m, err := newMetrics()
	must(err)
	keys, err := loadKeys(c.data)
	must(err)
	var mu sync.Mutex
	ring := func() (plugin.Keys, error) {
		mu.Lock()
		defer mu.Unlock()
		return keys, nil
	}
	c.baseURL = "https://help.example.com"
	h, err := newHelpdesk(db, ring, m, slog.New(slog.DiscardHandler), c)
	must(err)
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		if err := h.close(ctx); err != nil {
			t.Error(err)
		}
	})

	workers := 0
	hire := func(may []plugin.Permission) *worker {
		workers++
		name := "worker" + formatID(int64(workers))
		r := role{Name: name, Permissions: joinPermissions(may)}
		must(db.Create(&r).Error)
		w := worker{Login: name, Name: name, RoleID: r.ID}
		must(db.Omit("Role").Create(&w).Error)
		return &w
	}
	return &hosttest.Host{
		Host: &host{records{h.baseURL}, h, ring}, Plugin: h.plugin, Handler: h.echo,
		PublicPath: "/webhooks", PagesPath: "/admin/webhooks", APIPath: "/api/webhooks/v1",
		LogIn: func(may ...plugin.Permission) *http.Cookie {
			token, err := h.startSession(ctx, hire(may).ID)
			must(err)
			return newSessionCookie(token, true)
		},
		LogOut: func(c *http.Cookie) {
			must(endSession(ctx, db.DB, &session{Hash: hashOf(c.Value)}))
		},
		Token: func(may ...plugin.Permission) string {
			w := hire(may)
			token, err := issueToken(ctx, db.DB, &bearerToken{Name: w.Name, Permissions: joinPermissions(may), WorkerID: w.ID})
			must(err)
			return token
		},
		Revoke: func(token string) {
			var row bearerToken
			must(db.Where("hash = ?", hashOf(token)).Take(&row).Error)
			_, err := revokeToken(ctx, db.DB, row.ID, h.now().UnixMilli())
			must(err)
		},
		SetKeys: func(k plugin.Keys) {
			mu.Lock()
			defer mu.Unlock()
			keys = k
		},
		SetBaseURL: func(base string) { h.url.Store(&base) },
		Switch:     func(on bool) error { return h.switchPlugin(ctx, h.registry.find("webhooks"), on) },
		Mail: func(m hosttest.Mail) {
			_, _, err := receive(ctx, db.DB, mail{
				From: m.From, To: "help@example.com", Subject: m.Subject, Text: m.Text, MessageID: m.MessageID,
			})
			must(err)
		},
	}
}

func joinPermissions(may []plugin.Permission) string {
	texts := make([]string, len(may))
	for i, p := range may {
		texts[i] = string(p)
	}
	return strings.Join(texts, " ")
}

// emptyDatabase drops what others have left in it.
func emptyDatabase(ctx context.Context, dsn string) error {
	c, err := mysqldriver.ParseDSN(dsn)
	if err != nil {
		return err
	}
	pool, err := openMySQL(dsn)
	if err != nil {
		return err
	}
	_, dropped := pool.ExecContext(ctx, "DROP DATABASE "+c.DBName)
	_, created := pool.ExecContext(ctx, "CREATE DATABASE "+c.DBName)
	return errors.Join(dropped, created, pool.Close())
}
