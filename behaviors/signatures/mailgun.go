package signatures

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// mailgun signs a timestamp and a token, which stand in the body: in its member
// `signature`, or in legacy webhooks and routes as fields of the form. **The
// rest of the body is not signed**: whoever has seen one request can send any
// body with its token. Only the tolerance and a dedupe on the token stand
// against that.
func mailgun() *Provider {
	m := newMailgunBody()
	return &Provider{
		Name: "mailgun",
		Doc: "True if Mailgun signed the request with the account's HTTP webhook signing key (not the API key) " +
			fmt.Sprintf("within %.0f hours of its receipt. ", mailgunTolerance.Hours()) + "Only timestamp and token are signed: always dedupe on the token. " +
			"https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
		Verify: m.verify,
		Sign:   m.sign,
		Renew:  renewFields("signature.token", "token"), // Sign makes a token of what stands there
		// the one answer that ends Mailgun's retries; any other goes on for 8 hours
		Rejection: rejection(406),
		Empty:     Reply{Status: 200},
	}
}

// mailgunTolerance is above the 8 hours that Mailgun retries for, and below the
// 7 days that dedupe keys are kept.
const mailgunTolerance = 24 * time.Hour

// mailgunBody knows where a body has its proof.
type mailgunBody struct {
	paths  payload.Paths
	whole  int
	object int // `signature`
	json   [3]mailgunField
	form   [3]mailgunField
}

type mailgunField struct {
	name string
	path int
}

// newMailgunBody returns the paths of timestamp, token and signature, in this order.
func newMailgunBody() *mailgunBody {
	m := &mailgunBody{}
	object := payload.Key{Name: "signature"}
	m.whole = m.paths.Add(nil)
	m.object = m.paths.Add([]payload.Key{object})
	for i, name := range [...]string{"timestamp", "token", "signature"} {
		key := payload.Key{Name: name}
		m.json[i] = mailgunField{"signature." + name, m.paths.Add([]payload.Key{object, key})}
		m.form[i] = mailgunField{name, m.paths.Add([]payload.Key{key})}
	}
	return m
}

func (m *mailgunBody) verify(r *payload.Request, secrets []string) error {
	body, err := m.scan(r)
	if err != nil {
		return err
	}
	fields := m.json
	if body.Kind() == payload.Form || body.Kind() == payload.Multipart {
		fields = m.form
	}
	var proof [3]string
	for i, f := range fields {
		switch v := body.Value(f.path).(type) {
		case nil:
			return fmt.Errorf("%s is missing in the body", f.name)
		case string:
			proof[i] = v
		default:
			return fmt.Errorf("%s in the body is no text", f.name)
		}
	}
	timestamp, token, signature := proof[0], proof[1], proof[2]
	at, err := unixTime(timestamp)
	if err != nil {
		return err
	}
	if err := fresh(at, r.ReceivedAt, mailgunTolerance); err != nil {
		return err
	}
	return check(signature, secrets, func(secret string) string {
		return hmacSHA256(secret, []byte(timestamp+token))
	})
}

// scan reads a body that may be Mailgun's.
func (m *mailgunBody) scan(r *payload.Request) (*payload.Body, error) {
	if len(r.Body) == 0 {
		return nil, errors.New("the body is empty, so there is no signature")
	}
	body, err := payload.Scan(r, &m.paths, payload.DefaultLimits)
	if err != nil {
		return nil, err
	}
	if problem := body.Problem(); problem != "" {
		return nil, fmt.Errorf("no signature can be read: %s", problem)
	}
	return body, nil
}

// sign puts a new timestamp, token and signature into the body, and leaves its
// other bytes as they are. The token is a hash of body and time, so that
// signing is repeatable, and a second send with the same body has another one.
func (m *mailgunBody) sign(r *payload.Request, secret string, now time.Time) error {
	if len(secret) == 0 {
		return errEmptySecret
	}
	body, err := m.scan(r)
	if err != nil {
		return fmt.Errorf("sign for mailgun: %w", err)
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	hash := sha256.Sum256(append([]byte(strconv.FormatInt(now.UnixNano(), 10)+" "), r.Body...))
	token := hex.EncodeToString(hash[:])[:50]
	signature := hmacSHA256(secret, []byte(timestamp+token))

	if body.Kind() == payload.Form {
		r.Body = signMailgunForm(string(r.Body), timestamp, token, signature)
		return nil
	}
	if body.Kind() != payload.JSON {
		return fmt.Errorf("sign for mailgun: a %s body cannot be signed here; send JSON or a form", body.Kind())
	}
	object := fmt.Sprintf(`{"timestamp":"%s","token":"%s","signature":"%s"}`, timestamp, token, signature)
	start, end, ok := body.Span(m.object)
	if !ok {
		whole, _, _ := body.Span(m.whole)
		members, isMap := body.All().(map[string]any)
		if !isMap {
			return errors.New("sign for mailgun: the body is no map")
		}
		start, end = whole+1, whole+1
		object = `"signature":` + object
		if len(members) > 0 {
			object += ","
		}
	}
	r.Body = []byte(string(r.Body[:start]) + object + string(r.Body[end:]))
	return nil
}

// signMailgunForm puts the three fields behind those of a form.
func signMailgunForm(text, timestamp, token, signature string) []byte {
	var kept []string
	for part := range strings.SplitSeq(text, "&") {
		name := ""
		if fields, _ := payload.ParseForm(part, payload.DefaultLimits); len(fields) > 0 {
			name = fields[0].Name
		}
		switch name {
		case "timestamp", "token", "signature":
		default:
			kept = append(kept, part)
		}
	}
	kept = append(kept, "timestamp="+timestamp, "token="+token, "signature="+signature)
	return []byte(strings.Join(kept, "&"))
}
