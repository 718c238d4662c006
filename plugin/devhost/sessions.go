package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

const (
	sessionCookie = "devhost_session"
	sessionTime   = 12 * time.Hour
)

// session is a log-in. It stands in the database, so that every node knows it.
type session struct {
	Hash      string `gorm:"primaryKey;size:64"` // of the cookie's value
	WorkerID  int64  `gorm:"index"`
	Worker    worker
	CSRF      string `gorm:"size:64"`
	ExpiresAt int64  // milliseconds
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// startSession logs a worker in and gives the cookie's value.
func (h *helpdesk) startSession(ctx context.Context, workerID int64) (token string, err error) {
	now := h.now()
	if err := h.db.WithContext(ctx).Where("expires_at < ?", now.UnixMilli()).Delete(&session{}).Error; err != nil {
		return "", fmt.Errorf("clean up sessions: %w", err)
	}
	token = rand.Text()
	s := session{Hash: hashOf(token), WorkerID: workerID, CSRF: rand.Text(), ExpiresAt: now.Add(sessionTime).UnixMilli()}
	if err := h.db.WithContext(ctx).Omit("Worker").Create(&s).Error; err != nil {
		return "", fmt.Errorf("start a session: %w", err)
	}
	return token, nil
}

// sessionOf finds the session of a request, or nil. Worker and role are as they
// are at this moment, whichever node changed them.
func (h *helpdesk) sessionOf(r *http.Request) (*session, error) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return nil, nil
	}
	var s session
	err = h.db.WithContext(r.Context()).Preload("Worker.Role").
		Where("hash = ? AND expires_at > ?", hashOf(cookie.Value), h.now().UnixMilli()).Take(&s).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up the session: %w", err)
	}
	if s.Worker.Disabled {
		return nil, nil
	}
	return &s, nil
}

// caller is a worker as the plugin sees one who is logged in.
func (s *session) caller() *plugin.Caller {
	return &plugin.Caller{ID: formatID(s.WorkerID), Name: s.Worker.Name, May: s.Worker.Role.may, CSRF: s.CSRF}
}

func endSession(ctx context.Context, db *gorm.DB, s *session) error {
	return db.WithContext(ctx).Where("hash = ?", s.Hash).Delete(&session{}).Error
}

func newSessionCookie(token string, secure bool) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // without https there is no secure cookie
		Name: sessionCookie, Value: token, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(sessionTime.Seconds()),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

func sameText(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
