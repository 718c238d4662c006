package main

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
)

// problem is an error as callers of the token API get it.
type problem struct {
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Errors []fieldError `json:"errors"`
}

func (p *problem) Error() string { return p.Title }

// problemOf translates an error. known is false for what nobody expected.
func problemOf(err error) (p *problem, known bool) {
	if errors.As(err, &p) {
		return p, true
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		return &problem{Title: http.StatusText(he.Code) + ".", Status: he.Code}, true
	}
	return &problem{Title: "Something went wrong on our side.", Status: http.StatusInternalServerError}, false
}

func (p *problem) write(w http.ResponseWriter) error {
	out := *p
	if out.Errors == nil {
		out.Errors = []fieldError{}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(p.Status)
	return json.NewEncoder(w).Encode(out)
}
