package handlers

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/deskhook/deskhook/models"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// list is a page of objects, newest first; next is the cursor of the page after it.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

// pageQuery describes the parameters of a list.
type pageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor"`
}

// query refuses parameters that a call does not have: a filter that is ignored
// would answer something else than was asked.
func (c *call) query(known ...string) error {
	for name := range c.r.URL.Query() {
		if !slices.Contains(known, name) {
			return malformed("unknown query parameter `%s`", name)
		}
	}
	return nil
}

// page reads limit and cursor, and refuses other parameters than these and known.
func (c *call) page(known ...string) (models.Page, error) {
	if err := c.query(append(known, "limit", "cursor")...); err != nil {
		return models.Page{}, err
	}
	p := models.Page{Limit: defaultLimit}
	q := c.r.URL.Query()
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLimit {
			return p, invalid(FieldError{"limit", "range", fmt.Sprintf("must be a number from 1 to %d", maxLimit)})
		}
		p.Limit = n
	}
	if text := q.Get("cursor"); text != "" {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(b) != 8 {
			return p, invalid(FieldError{"cursor", "format", "must be the `next` of a page before"})
		}
		p.After = int64(binary.BigEndian.Uint64(b))
	}
	return p, nil
}

func cursor(id int64) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(id)))
}

// fetch reads one row more than the page holds, to know whether there is a next one.
func fetch[R any](p models.Page, id func(R) int64, read func(models.Page) ([]R, error)) (rows []R, next *string, err error) {
	limit := p.Limit
	p.Limit++
	if rows, err = read(p); err != nil {
		return nil, nil, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		text := cursor(id(rows[limit-1]))
		next = &text
	}
	return rows, next, nil
}
