package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// Permissions of the helpdesk's own, beside those of plugins. A role has Setup
// alone: every worker sees tickets.
const (
	permitSetup   = "helpdesk.setup"
	permitTickets = "helpdesk.tickets"
)

// bearerToken is what a script calls with. It belongs to the helpdesk; the
// worker who issued it answers for it.
type bearerToken struct {
	ID          int64
	Name        string `gorm:"size:64"`
	Hash        string `gorm:"size:64;uniqueIndex"` // of the token, which is stored nowhere
	Hint        string `gorm:"size:16"`             // how it begins
	Permissions string `gorm:"size:255"`            // separated by blanks
	WorkerID    int64  `gorm:"index"`
	Worker      worker
	CreatedAt   int64 `gorm:"autoCreateTime:milli"`
	ExpiresAt   int64 // milliseconds, as all of these; 0: never
	LastUsedAt  int64 // within a minute; 0: never
	RevokedAt   int64 // 0: it is not
}

// State of a token, in one word.
func (t *bearerToken) State(now int64) string {
	switch {
	case t.RevokedAt > 0:
		return "revoked"
	case t.ExpiresAt > 0 && t.ExpiresAt <= now:
		return "expired"
	}
	return "valid"
}

// Has tells whether it gives a permission.
func (t *bearerToken) Has(permission string) bool { return holds(t.Permissions, permission) }

// issueToken stores a new token and gives it; nobody can read it again.
func issueToken(ctx context.Context, db *gorm.DB, t *bearerToken) (token string, err error) {
	const hint = 8
	token = "dh_" + rand.Text()
	t.Hash, t.Hint = hashOf(token), token[:hint]
	if err := db.WithContext(ctx).Omit("Worker").Create(t).Error; err != nil {
		return "", fmt.Errorf("issue a token: %w", err)
	}
	return token, nil
}

// listTokens gives the newest first.
func listTokens(ctx context.Context, db *gorm.DB) ([]bearerToken, error) {
	const most = 500
	var tokens []bearerToken
	if err := db.WithContext(ctx).Preload("Worker").Order("id DESC").Limit(most).Find(&tokens).Error; err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return tokens, nil
}

// revokeToken is for good. found is false where there is no such token.
func revokeToken(ctx context.Context, db *gorm.DB, id, now int64) (found bool, err error) {
	q := db.WithContext(ctx).Model(&bearerToken{}).Where("id = ?", id)
	var known int64
	if err := q.Count(&known).Error; err != nil || known == 0 {
		return false, err
	}
	err = db.WithContext(ctx).Model(&bearerToken{}).Where("id = ? AND revoked_at = 0", id).Update("revoked_at", now).Error
	return true, err
}

// script is who calls by token.
type script struct {
	id, name string // for the audit trail
	has      func(permission string) bool
}

// everything is what -token gives.
func everything(string) bool { return true }

// scriptOf finds who calls by a request's token, or nil. Each request asks the
// database, so that what was revoked on one node ends on all at once.
func (h *helpdesk) scriptOf(r *http.Request) (*script, error) {
	text, ok := bearerOf(r)
	if !ok || text == "" {
		return nil, nil
	}
	if sameText(h.token, text) {
		return &script{"token", "Token", everything}, nil
	}
	if demo := h.demoToken.Load(); demo != nil && sameText(*demo, text) {
		return &script{"demo", "Demo", everything}, nil
	}
	ctx, now := r.Context(), h.now().UnixMilli()
	var t bearerToken
	err := h.db.WithContext(ctx).Preload("Worker").Where("hash = ?", hashOf(text)).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up the token: %w", err)
	}
	if t.State(now) != "valid" || t.Worker.Disabled {
		return nil, nil
	}
	if now-t.LastUsedAt > time.Minute.Milliseconds() {
		// Not worth failing a request for.
		if err := h.db.WithContext(ctx).Model(&t).Update("last_used_at", now).Error; err != nil {
			h.log.WarnContext(ctx, "use of a token not noted", "token", t.ID, "error", err)
		}
	}
	return &script{"token-" + formatID(t.ID), t.Name, t.Has}, nil
}

// caller is a script as the plugin sees it.
func (s *script) caller() *plugin.Caller {
	return &plugin.Caller{
		ID: s.id, Name: s.name, Bearer: true, Token: s.id,
		May: func(p plugin.Permission) bool { return s.has(string(p)) },
	}
}

// bearerOf gives the token of an Authorization header.
func bearerOf(r *http.Request) (token string, ok bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}
