package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// notification is something that a worker should know.
type notification struct {
	ID         int64
	WorkerID   int64  `gorm:"index:idx_notifications_worker"`
	Text       string `gorm:"size:16777215"`
	URL        string `gorm:"size:2048"` // where to look, or ""
	DeliveryID string `gorm:"size:64"`   // why it is here
	CreatedAt  int64  `gorm:"autoCreateTime:milli"`
	ReadAt     int64  `gorm:"index:idx_notifications_worker"` // 0: unread
}

// notify adds a notification for the worker of an id or a log-in, and gives the
// worker as behaviors see one.
func notify(tx *gorm.DB, whom string, n notification) (map[string]any, error) {
	id, _ := parseID(whom)
	var w worker
	err := tx.Where("NOT disabled").Where("(id = ? OR login = ?)", id, strings.ToLower(whom)).Order("id").Take(&w).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, mistake("there is no worker " + whom)
	case err != nil:
		return nil, fmt.Errorf("find the worker: %w", err)
	case n.URL != "" && (!webURL(n.URL) || len(n.URL) > longestURL):
		return nil, mistake("url must be an http or https address")
	}
	n.WorkerID = w.ID
	if err := tx.Create(&n).Error; err != nil {
		return nil, fmt.Errorf("add the notification: %w", err)
	}
	return workerOutput(&w), nil
}

// mistake is a failure that only a change of the behavior, or other data, mends.
func mistake(message string) error {
	return &plugin.StepError{Message: message, Permanent: true, Blame: "behavior"}
}

const longestURL = 2048

func countUnread(ctx context.Context, db *gorm.DB, workerID int64) (int64, error) {
	var n int64
	err := db.WithContext(ctx).Model(&notification{}).Where("worker_id = ? AND read_at = 0", workerID).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count notifications: %w", err)
	}
	return n, nil
}

type notificationsContent struct {
	Notifications []notification
	Unread        bool
	Older         string // the page of older ones, or ""
	deliveries    deliveryLinks
}

// Why is the page of the delivery that a notification was made for, or "".
func (n notificationsContent) Why(deliveryID string) string { return n.deliveries.of(deliveryID) }

func (h *helpdesk) notificationsPage(c echo.Context, s *session) error {
	q := h.db.WithContext(c.Request().Context()).Where("worker_id = ?", s.WorkerID).Order("id DESC").Limit(pageSize + 1)
	if after, ok := parseID(c.QueryParam("after")); ok {
		q = q.Where("id < ?", after)
	}
	content := notificationsContent{deliveries: h.deliveryLinks(s)}
	if err := q.Find(&content.Notifications).Error; err != nil {
		return fmt.Errorf("list notifications: %w", err)
	}
	if len(content.Notifications) > pageSize {
		content.Notifications = content.Notifications[:pageSize]
		content.Older = "/notifications?after=" + formatID(content.Notifications[pageSize-1].ID)
	}
	for _, n := range content.Notifications {
		content.Unread = content.Unread || n.ReadAt == 0
	}
	return h.draw(c.Response(), c.Request(), s, http.StatusOK, "notifications", "Notifications", content)
}

// notificationsForm marks as read what the page showed, and nothing newer.
func (h *helpdesk) notificationsForm(c echo.Context, s *session) error {
	newest, _ := parseID(c.FormValue("newest"))
	err := h.db.WithContext(c.Request().Context()).Model(&notification{}).
		Where("worker_id = ? AND id <= ? AND read_at = 0", s.WorkerID, newest).Update("read_at", h.now().UnixMilli()).Error
	if err != nil {
		return fmt.Errorf("mark notifications as read: %w", err)
	}
	return c.Redirect(http.StatusSeeOther, "/notifications")
}

// webURL tells whether a text is an absolute address that a browser may be sent to.
func webURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(text, "\\\t\r\n ")
}

// deliveryLinks is where the log shows deliveries, "" for those who may not see it.
type deliveryLinks string

func (h *helpdesk) deliveryLinks(s *session) deliveryLinks {
	if s.caller().Allows(plugin.View) && h.plugin.Enabled() {
		return deliveriesPath
	}
	return ""
}

// of gives the page of a delivery, or "".
func (d deliveryLinks) of(deliveryID string) string {
	if deliveryID == "" || d == "" {
		return ""
	}
	return string(d) + url.PathEscape(deliveryID)
}

// deliveriesPath is the plugin's page of a delivery, without its id.
const deliveriesPath = "/admin/webhooks/deliveries/"
