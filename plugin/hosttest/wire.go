package hosttest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

// sent is a request as it goes over the wire, byte by byte: no client of Go's
// cleans its path or adds to its headers.
type sent struct {
	method  string // "": POST
	path    string // what follows the listener's URL, with the query
	headers [][2]string
	body    []byte
	chunked bool
}

func (m *sent) verb() string {
	if m.method == "" {
		return http.MethodPost
	}
	return m.method
}

// write sends it to a connection.
func (m *sent) write(w io.Writer, host, target string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nUser-Agent: conformance\r\n", m.verb(), target, host)
	for _, h := range m.headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	if !m.chunked {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(m.body))
		b.Write(m.body)
	} else {
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		const part = 1000 // bytes, so that the body is in several
		for rest := m.body; len(rest) > 0; {
			n := min(part, len(rest))
			fmt.Fprintf(&b, "%x\r\n%s\r\n", n, rest[:n])
			rest = rest[n:]
		}
		b.WriteString("0\r\n\r\n")
	}
	_, err := b.WriteTo(w)
	return err
}

// post sends a request to a listener over a connection of its own.
func (s *site) post(l listener, m *sent) answer {
	s.Helper()
	a, err := s.tryPost(s.path(l)+m.path, m)
	if err != nil {
		s.Fatalf("%s %s: %v", m.verb(), s.path(l)+m.path, err)
	}
	return a
}

// postSigned signs the body and posts it. A busy machine may miss the 100 ms that
// an evaluation has, which is 500: then it is posted again.
func (s *site) postSigned(l listener, m *sent) (a answer) {
	s.Helper()
	if err := m.sign("github"); err != nil {
		s.Fatal(err)
	}
	const tries = 5
	for range tries {
		if a = s.post(l, m); a.status != http.StatusInternalServerError {
			break
		}
	}
	return a
}

func (s *site) tryPost(target string, m *sent) (a answer, err error) {
	conn, err := new(net.Dialer).DialContext(s.Context(), "tcp", s.server.Listener.Addr().String())
	if err != nil {
		return a, err
	}
	defer func() { _ = conn.Close() }() // the answer was read
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return a, err
	}
	written := make(chan error, 1)
	// A host may answer before it has read everything.
	go func() { written <- m.write(conn, s.hostName(), target) }()
	in, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: m.verb()})
	if err != nil {
		_ = conn.Close() // ends the writing
		<-written
		return a, err
	}
	body, err := io.ReadAll(in.Body)
	_ = conn.Close()
	<-written // fails where the host closed early, which its answer explains
	return answer{in.StatusCode, in.Header, string(body)}, err
}

// sign adds the signature of a provider over the body.
func (m *sent) sign(provider string) error {
	r := &plugin.Request{Method: m.verb(), Body: m.body}
	if err := plugin.Sign(r, provider, signingKey, time.Now()); err != nil {
		return err
	}
	for _, h := range r.Header {
		m.headers = append(m.headers, [2]string{h.Name, h.Value})
	}
	return nil
}

// delivery as the API shows it.
type delivery struct {
	ID, Outcome string
	Cause       *string
	Request     struct {
		URL        string
		Body       *string
		BodyBase64 *string `json:"body_base64"`
		Headers    [][2]string
	}
	Run *struct {
		State string
		Error *string
		Steps []struct{ Path, Action, State string }
	}
}

// body is what was stored, byte by byte.
func (d *delivery) body() ([]byte, error) {
	if d.Request.BodyBase64 != nil {
		return base64.StdEncoding.DecodeString(*d.Request.BodyBase64)
	}
	if d.Request.Body != nil {
		return []byte(*d.Request.Body), nil
	}
	return nil, nil
}

// last is the newest delivery of a listener.
func (s *site) last(admin *visitor, l listener) *delivery {
	s.Helper()
	var list struct{ Items []delivery }
	s.want(admin, http.MethodGet, "/deliveries?limit=1&listener="+l.ID, nil, &list)
	if len(list.Items) == 0 {
		s.Fatal("the delivery is not in the log")
	}
	var d delivery
	s.want(admin, http.MethodGet, "/deliveries/"+list.Items[0].ID, nil, &d)
	return &d
}

// differ says where two bodies begin to differ, or "".
func differ(got, want []byte) string {
	if bytes.Equal(got, want) {
		return ""
	}
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	around := func(b []byte) string { return strconv.Quote(string(b[min(i, len(b)):min(i+20, len(b))])) }
	return fmt.Sprintf("%d bytes were sent and %d arrived; from byte %d on %s was sent and %s arrived", len(want), len(got), i, around(want), around(got))
}
