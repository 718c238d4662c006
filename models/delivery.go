package models

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
)

// HTTPRequest is a request as it arrived. Its parts are stored compressed (s2
// above 1 kB), then encrypted, byte for byte: a header may be Latin-1.
type HTTPRequest struct {
	Method, Path, RawQuery, URL, ClientIP, ContentType string
	Header                                             [][2]string
	Body                                               []byte
}

// HTTPResponse is an answer, stored as a request is.
type HTTPResponse struct {
	Status int
	Header [][2]string
	Body   []byte
}

// Outcomes of a delivery that the store tells apart.
const (
	outcomeAccepted  = "accepted"
	outcomeRefused   = "refused"
	outcomeDuplicate = "duplicate"
)

// Delivery is append-only: nothing in it changes after it is stored (erasure apart).
type Delivery struct {
	ID          int64
	UID         string // UUIDv7, set by the caller
	ListenerID  int64
	VersionID   int64 // 0 where nothing is published
	Outcome     string
	Cause       string
	Detail      string
	ReceivedAt  Micros
	DuplicateOf int64
	ReplayOf    int64
	DedupeKey   string // hashed by the store; HasKey false: none. Never read back
	HasKey      bool
	Inputs      map[string]any // plain ones, as bound; secrets as SecretInput
	Request     HTTPRequest
	Response    *HTTPResponse // as far as known when stored; else see Answer
}

type deliveryRow struct {
	ID          int64  `gorm:"column:id;primaryKey"`
	UID         []byte `gorm:"column:uid"`
	ListenerID  int64  `gorm:"column:listener_id"`
	VersionID   int64  `gorm:"column:version_id"`
	Outcome     string `gorm:"column:outcome"`
	Cause       string `gorm:"column:cause"`
	Detail      string `gorm:"column:detail"`
	ReceivedAt  Micros `gorm:"column:received_at"`
	DuplicateOf int64  `gorm:"column:duplicate_of"`
	ReplayOf    int64  `gorm:"column:replay_of"`
	Size        int64  `gorm:"column:size"`
	Head        []byte `gorm:"column:head"`
	Body        []byte `gorm:"column:body"`
	Status      int    `gorm:"column:status"`
	Response    []byte `gorm:"column:response"`
}

func (deliveryRow) TableName() string { return "webhooks_deliveries" }

const deliveryColumns = "uid, listener_id, version_id, outcome, cause, detail, received_at, duplicate_of, replay_of, size, head, body, status, response"

func (r *deliveryRow) values() []any {
	return []any{r.UID, r.ListenerID, r.VersionID, r.Outcome, r.Cause, r.Detail, int64(r.ReceivedAt), r.DuplicateOf, r.ReplayOf,
		r.Size, r.Head, r.Body, r.Status, r.Response}
}

// bytes is about what the row takes in a statement.
func (r *deliveryRow) bytes() int {
	return 256 + len(r.Detail) + len(r.Head) + len(r.Body) + len(r.Response)
}

// sealDelivery makes the row. The identity that is authenticated with its parts
// is the uid, as the id is the database's to give.
func (k *keyring) sealDelivery(d *Delivery) (*deliveryRow, error) {
	uid, err := uuid.Parse(d.UID)
	if err != nil {
		return nil, fmt.Errorf("uid: %w", err)
	}
	inputs, err := encodeInputs(d.Inputs)
	if err != nil {
		return nil, err
	}
	q := &d.Request
	head := packTexts(append([]string{q.Method, q.Path, q.RawQuery, q.URL, q.ClientIP, q.ContentType, string(inputs)}, flatten(q.Header)...))
	r := &deliveryRow{
		UID: uid[:], ListenerID: d.ListenerID, VersionID: d.VersionID, Outcome: d.Outcome, Cause: cut(d.Cause, 64), Detail: message(d.Detail),
		ReceivedAt: d.ReceivedAt, DuplicateOf: d.DuplicateOf, ReplayOf: d.ReplayOf, Size: int64(len(q.Body)),
		Head: k.seal(headIdentity(d.UID), head), Body: k.seal(bodyIdentity(d.UID), q.Body),
	}
	if d.Response != nil {
		r.Status = d.Response.Status
		r.Response = k.seal(responseIdentity(d.UID), packResponse(d.Response))
	}
	return r, nil
}

func headIdentity(uid string) string     { return "head of delivery " + uid }
func bodyIdentity(uid string) string     { return "body of delivery " + uid }
func responseIdentity(uid string) string { return "response of delivery " + uid }
func answerIdentity(id int64) string     { return "answer " + strconv.FormatInt(id, 10) }

// openDelivery reverses sealDelivery as far as the row was read. With
// ErrUnreadable the rest is there.
func (k *keyring) openDelivery(r *deliveryRow) (*Delivery, error) {
	uid, err := uuid.FromBytes(r.UID)
	if err != nil {
		return nil, fmt.Errorf("delivery %d: uid: %w", r.ID, err)
	}
	d := &Delivery{
		ID: r.ID, UID: uid.String(), ListenerID: r.ListenerID, VersionID: r.VersionID, Outcome: r.Outcome, Cause: r.Cause, Detail: r.Detail,
		ReceivedAt: r.ReceivedAt, DuplicateOf: r.DuplicateOf, ReplayOf: r.ReplayOf,
	}
	return d, errors.Join(k.openHead(d, r), k.openBody(d, r), k.openResponse(d, r))
}

func (k *keyring) openHead(d *Delivery, r *deliveryRow) error {
	head, err := k.open(headIdentity(d.UID), r.Head)
	if err != nil || head == nil {
		return err
	}
	t, err := unpackTexts(head)
	if err != nil || len(t) < 7 {
		return fmt.Errorf("%w: head of delivery %d is broken", ErrUnreadable, r.ID)
	}
	q := &d.Request
	q.Method, q.Path, q.RawQuery, q.URL, q.ClientIP, q.ContentType = t[0], t[1], t[2], t[3], t[4], t[5]
	q.Header = pairs(t[7:])
	d.Inputs, err = decodeInputs([]byte(t[6]))
	return err
}

func (k *keyring) openBody(d *Delivery, r *deliveryRow) (err error) {
	d.Request.Body, err = k.open(bodyIdentity(d.UID), r.Body)
	return err
}

func (k *keyring) openResponse(d *Delivery, r *deliveryRow) error {
	response, err := k.open(responseIdentity(d.UID), r.Response)
	if err != nil || response == nil {
		return err
	}
	d.Response, err = unpackResponse(r.Status, response)
	return err
}

func packResponse(r *HTTPResponse) []byte {
	return packTexts(append([]string{string(r.Body)}, flatten(r.Header)...))
}

func unpackResponse(status int, b []byte) (*HTTPResponse, error) {
	t, err := unpackTexts(b)
	if err != nil || len(t) < 1 {
		return nil, fmt.Errorf("%w: an answer is broken", ErrUnreadable)
	}
	r := &HTTPResponse{Status: status, Header: pairs(t[1:])}
	if t[0] != "" {
		r.Body = []byte(t[0])
	}
	return r, nil
}

func flatten(header [][2]string) []string {
	flat := make([]string, 0, 2*len(header))
	for _, h := range header {
		flat = append(flat, h[0], h[1])
	}
	return flat
}

func pairs(flat []string) [][2]string {
	var header [][2]string
	for i := 0; i+1 < len(flat); i += 2 {
		header = append(header, [2]string{flat[i], flat[i+1]})
	}
	return header
}

// packTexts writes texts with their lengths before them. JSON would not do: it
// changes what is not UTF-8.
func packTexts(texts []string) []byte {
	n := 0
	for _, t := range texts {
		n += binary.MaxVarintLen32 + len(t)
	}
	b := make([]byte, 0, n)
	for _, t := range texts {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	return b
}

func unpackTexts(b []byte) ([]string, error) {
	var texts []string
	for len(b) > 0 {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			return nil, errors.New("a text is longer than what is left")
		}
		b = b[used:]
		texts = append(texts, string(b[:n]))
		b = b[n:]
	}
	return texts, nil
}
