package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDemo plays what a newcomer sees: start, look, let another mail bounce.
func TestDemo(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		c.demo, c.allowOutbound, c.token = true, nil, ""
		s := open(t, c)
		ctx, cancel := timeout()
		defer cancel()
		var out bytes.Buffer
		if err := s.server.playDemo(ctx, c, console{&out}); err != nil {
			t.Fatal(err)
		}
		s.logIn("admin", testPassword)
		urls := regexp.MustCompile(`(?m)(http://\S+)$`).FindAllStringSubmatch(out.String(), -1)
		if len(urls) != 4 {
			t.Fatalf("got %d places to look at, want 4:\n%s", len(urls), out.String())
		}
		for i, want := range []string{"Sticky note", "Mail to marta@lindqvist.example bounced", "<deskhook-app"} {
			if got := s.get(urls[i][1]); got.status != http.StatusOK || !strings.Contains(got.body, want) {
				t.Errorf("%s: got %d, want a page with %q:\n%s", urls[i][1], got.status, want, got.body)
			}
		}

		command := regexp.MustCompile(`(?m)^  go run ./plugin/devhost (send .*)$`).FindStringSubmatch(out.String())
		if command == nil {
			t.Fatalf("no command to send another:\n%s", out.String())
		}
		var sent, trouble bytes.Buffer
		if code := run(ctx, strings.Fields(command[1]), console{&sent}, console{&trouble}); code != exitOK || sent.String() != "200 OK\n" {
			t.Fatalf("the command: exit code %d, %q, %q", code, sent.String(), trouble.String())
		}
		eventually(t, "the other ticket has its note", func() bool {
			return strings.Contains(s.get(urls[3][1]).body, "Delivery to tom.okafor@orchard.example failed")
		})
		eventually(t, "the other message", func() bool {
			return strings.Contains(s.get(standInPath).body, "Mail to tom.okafor@orchard.example bounced")
		})

		before := s.get("/").body
		if err := s.server.playDemo(ctx, c, console{io.Discard}); err != nil || s.get("/").body != before {
			t.Errorf("a second demo must change nothing: %v", err)
		}
		if got := s.script("GET", "/api/tickets", "").status; got != http.StatusUnauthorized {
			t.Errorf("without -token a script is answered %d, want 401", got)
		}
	})
}

func TestLocalAddr(t *testing.T) {
	for listening, want := range map[string]string{
		"127.0.0.1:80": "127.0.0.1:80", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80",
		"[::1]:80": "[::1]:80", "[::ffff:10.0.0.5]:80": "10.0.0.5:80",
	} {
		got := localAddr(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(listening))).String()
		if got != want {
			t.Errorf("%s: got %s, want %s", listening, got, want)
		}
	}
}

// TestServe starts the program and ends it as a signal does.
func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	folder := t.TempDir()
	stdout, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"-demo=false", "-addr", "127.0.0.1:0", "-data", folder}, console{w}, console{io.Discard})
		w.Close()
	}()
	lines := bufio.NewScanner(stdout)
	var said []string
	for len(said) < 2 && lines.Scan() {
		said = append(said, lines.Text())
	}
	if len(said) != 2 || !regexp.MustCompile(`^the helpdesk is ready: http://127\.0\.0\.1:\d+/$`).MatchString(said[0]) ||
		!regexp.MustCompile(`^log in as admin with the password (\w{4}-){3}\w{4} `).MatchString(said[1]) {
		t.Errorf("got %q", said)
	}
	if _, err := openDatabase(t.Context(), "", folder); err == nil || err.Error() !=
		folder+" is in use by another process: stop it, choose another -data, or give all of them one -dsn" {
		t.Errorf("a second process on the same file: got %v", err)
	}
	cancel()
	if got := <-code; got != exitOK {
		t.Errorf("exit code %d, want 0", got)
	}
	info, err := os.Stat(folder + "/keys.json")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file: got %v, %v, want it for its owner alone", info, err)
	}
	db, err := openDatabase(t.Context(), "", folder)
	if err != nil {
		t.Fatal("after the end the file is free again:", err)
	}
	if err := db.close(); err != nil {
		t.Error(err)
	}
}
