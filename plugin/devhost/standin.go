package main

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
)

// standInPath is where the demo has what stands in for a Slack channel.
const standInPath = "/demo/slack"

// slackMessage is what was posted to the stand-in.
type slackMessage struct {
	ID        int64
	Channel   string `gorm:"size:255"`
	Text      string `gorm:"size:16777215"`
	CreatedAt int64  `gorm:"autoCreateTime:milli"`
}

func (h *helpdesk) mountStandIn(e *echo.Echo) {
	e.GET(standInPath, h.standInPage)
	e.POST(standInPath, h.standInPost)
}

// standInPost answers as an incoming webhook of Slack does.
func (h *helpdesk) standInPost(c echo.Context) error {
	r := c.Request()
	var in struct {
		Channel string `json:"channel"`
		Text    string `json:"text"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(c.Response(), r.Body, 64<<10)).Decode(&in); err != nil {
		return c.String(http.StatusBadRequest, "invalid_payload")
	}
	if strings.TrimSpace(in.Text) == "" {
		return c.String(http.StatusBadRequest, "no_text")
	}
	m := slackMessage{Channel: truncate(in.Channel, 255), Text: in.Text}
	if err := h.db.WithContext(r.Context()).Create(&m).Error; err != nil {
		return fmt.Errorf("keep the message: %w", err)
	}
	return c.String(http.StatusOK, "ok")
}

func truncate(text string, runes int) string {
	if r := []rune(text); len(r) > runes {
		return string(r[:runes])
	}
	return text
}

type standInContent struct {
	Messages []standInMessage
}

type standInMessage struct {
	Channel string
	At      int64
	Parts   []slackPart
}

// standInPage needs no log-in: Slack is another application.
func (h *helpdesk) standInPage(c echo.Context) error {
	r := c.Request()
	var rows []slackMessage
	if err := h.db.WithContext(r.Context()).Order("id DESC").Limit(pageSize).Find(&rows).Error; err != nil {
		return fmt.Errorf("list the messages: %w", err)
	}
	var content standInContent
	for _, m := range rows {
		content.Messages = append(content.Messages, standInMessage{m.Channel, m.CreatedAt, parseSlack(m.Text)})
	}
	s, err := h.sessionOf(r)
	if err != nil {
		return err
	}
	return h.draw(c.Response(), r, s, http.StatusOK, "slack", "Slack stand-in", content)
}

// slackPart is a piece of a message's text: plain, or with a URL a link.
type slackPart struct {
	Text, URL string
}

var slackLink = regexp.MustCompile(`<(https?://[^|>\s]+)(?:\|([^>]*))?>`)

// parseSlack reads what of Slack's mrkdwn a link is, and undoes its escaping.
func parseSlack(text string) []slackPart {
	var parts []slackPart
	plain := func(s string) {
		if s != "" {
			parts = append(parts, slackPart{Text: html.UnescapeString(s)})
		}
	}
	for {
		at := slackLink.FindStringSubmatchIndex(text)
		if at == nil {
			plain(text)
			return parts
		}
		plain(text[:at[0]])
		link := slackPart{URL: html.UnescapeString(text[at[2]:at[3]])}
		link.Text = link.URL
		if at[4] >= 0 && at[4] < at[5] {
			link.Text = html.UnescapeString(text[at[4]:at[5]])
		}
		parts = append(parts, link)
		text = text[at[1]:]
	}
}
