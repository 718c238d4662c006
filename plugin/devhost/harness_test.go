package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"golang.org/x/crypto/bcrypt"
)

const (
	testToken    = "test-token"
	testPassword = "correct horse"
	testDeadline = 20 * time.Second
)

// site is a helpdesk that serves, and who calls it.
type site struct {
	t      *testing.T
	server *server
	url    string
	logs   *logs
	client *http.Client
}

// logs is what the helpdesk logged so far.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// databases runs a test on SQLite, and on the MariaDB or MySQL server of
// DESKHOOK_TEST_DSN with a database of its own.
func databases(t *testing.T, test func(t *testing.T, c config)) {
	base := config{
		addr: "127.0.0.1:0", token: testToken, adminPassword: testPassword,
		allowOutbound: prefixes{netip.MustParsePrefix("127.0.0.1/32")},
	}
	t.Run("sqlite", func(t *testing.T) {
		c := base
		c.data = t.TempDir()
		test(t, c)
	})
	t.Run("mariadb", func(t *testing.T) {
		c := base
		c.data = t.TempDir()
		c.dsn = newMariaDB(t)
		test(t, c)
	})
}

func newMariaDB(t *testing.T) (dsn string) {
	server := os.Getenv("DESKHOOK_TEST_DSN")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("DESKHOOK_TEST_DSN is not set")
		}
		t.Skip("DESKHOOK_TEST_DSN is not set")
	}
	c, err := mysqldriver.ParseDSN(server)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open("mysql", c.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	c.DBName = "devhost_" + strings.ToLower(rand.Text())
	if _, err := pool.Exec("CREATE DATABASE " + c.DBName); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec("DROP DATABASE " + c.DBName); err != nil {
			t.Error(err)
		}
		pool.Close()
	})
	return c.FormatDSN()
}

// open starts a helpdesk that ends with the test.
func open(t *testing.T, c config) *site {
	t.Helper()
	c.passwordCost = bcrypt.MinCost // what is tested is not how long it takes
	out := &logs{}
	server, err := start(t.Context(), c, out)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, server: server, logs: out}
	t.Cleanup(s.close)
	b := browse(t, server.localURL) // whose connections end before the server
	s.url, s.client = b.url, b.client
	return s
}

// browse is a browser without cookies yet.
func browse(t *testing.T, url string) *site {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &site{t: t, url: url, client: &http.Client{
		Jar: jar, Transport: transport, Timeout: testDeadline,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// close stops the helpdesk. Nothing may be cut short. Safe twice.
func (s *site) close() {
	s.t.Helper()
	if s.server == nil {
		return
	}
	ctx, cancel := timeout()
	defer cancel()
	if err := s.server.stop(ctx); err != nil {
		s.t.Error("stop:", err)
	}
	s.server = nil
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (s *site) do(r *http.Request) answer {
	s.t.Helper()
	in, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer in.Body.Close()
	body, err := io.ReadAll(in.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{in.StatusCode, in.Header, string(body)}
}

func (s *site) request(method, path, contentType, body string) *http.Request {
	s.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = s.url + path
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// script calls an API by token.
func (s *site) script(method, path, body string) answer {
	s.t.Helper()
	contentType := ""
	if body != "" {
		contentType = "application/json"
	}
	r := s.request(method, path, contentType, body)
	r.Header.Set("Authorization", "Bearer "+testToken)
	return s.do(r)
}

// want calls an API by token, wants a status, and reads the answer.
func (s *site) want(status int, method, path, body string, into any) {
	s.t.Helper()
	got := s.script(method, path, body)
	if got.status != status {
		s.t.Fatalf("%s %s: got %d, want %d: %s", method, path, got.status, status, got.body)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(got.body), into); err != nil {
			s.t.Fatalf("%s %s: %v: %s", method, path, err, got.body)
		}
	}
}

func (s *site) get(path string) answer {
	s.t.Helper()
	r := s.request(http.MethodGet, path, "", "")
	r.Header.Set("Accept", "text/html")
	return s.do(r)
}

func (s *site) post(path string, form url.Values) answer {
	s.t.Helper()
	r := s.request(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
	r.Header.Set("Accept", "text/html")
	return s.do(r)
}

func (s *site) logIn(login, password string) {
	s.t.Helper()
	got := s.post("/login", url.Values{"login": {login}, "password": {password}, "next": {"/"}})
	if got.status != http.StatusSeeOther {
		s.t.Fatalf("log in as %s: %d %s", login, got.status, got.body)
	}
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// csrf is the session's token, as a page's form carries it.
func (s *site) csrf() string {
	s.t.Helper()
	found := csrfField.FindStringSubmatch(s.get("/").body)
	if found == nil {
		s.t.Fatal("the page has no token")
	}
	return found[1]
}

// eventually waits for what another process, or a background run, brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := timeout()
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not after %s", what, testDeadline)
		case <-tick.C:
		}
	}
}

// slack is a server that takes messages as Slack's incoming webhooks do.
type slack struct {
	*httptest.Server
	mu    sync.Mutex
	posts []string
}

func newSlack(t *testing.T) *slack {
	s := &slack{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.posts = append(s.posts, string(body))
		fmt.Fprint(w, "ok")
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *slack) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.posts...)
}

func timeout() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), testDeadline)
}
