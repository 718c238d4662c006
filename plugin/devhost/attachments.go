package main

import (
	"errors"
	"fmt"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"
)

// attachment is a file of a message.
type attachment struct {
	ID          int64
	MessageID   int64  `gorm:"index"`
	Name        string `gorm:"size:255"`
	ContentType string `gorm:"size:255"` // as its sender declared it
	Size        int64
	Body        []byte `gorm:"size:4294967295"`
}

// ticketFile hands a file out to be saved, never to be shown: its sender is not
// known to mean well.
func (h *helpdesk) ticketFile(c echo.Context, _ *session) error {
	id, ok := parseID(c.Param("id"))
	if !ok {
		return notFound()
	}
	var f attachment
	err := h.db.WithContext(c.Request().Context()).
		Joins("JOIN messages ON messages.id = attachments.message_id").
		Joins("JOIN tickets ON tickets.id = messages.ticket_id").
		Where("attachments.id = ? AND tickets.mask = ?", id, c.Param("mask")).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notFound()
	}
	if err != nil {
		return fmt.Errorf("load the file: %w", err)
	}
	header := c.Response().Header()
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	header.Set("Content-Security-Policy", "sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "application/octet-stream", f.Body)
}
