package main

import (
	"net/http"
	"sync"
	"testing"
)

// TestTwoAdministratorsAtOnce lets two of them disable each other in the same
// moment. One stays.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	databases(t, func(t *testing.T, c config) {
		s := open(t, c)
		s.logIn("admin", testPassword)
		s.submit(http.StatusSeeOther, "/setup/workers/new",
			"login", "ben", "name", "Ben", "role", s.roleNamed("Administrator"), "password", testPassword)
		var workers []worker
		if err := s.server.helpdesk.db.Order("id").Find(&workers).Error; err != nil || len(workers) != 2 {
			t.Fatalf("got %d workers, %v", len(workers), err)
		}
		for range 5 {
			one, other := s.another("admin", testPassword), s.another("ben", testPassword)
			tokens := []string{one.csrf(), other.csrf()}
			var both sync.WaitGroup
			for i, b := range []*site{one, other} {
				both.Go(func() {
					b.post("/setup/workers/"+formatID(workers[1-i].ID)+"/disable", form("csrf", tokens[i], "disabled", "true"))
				})
			}
			both.Wait()
			var left []worker
			if err := s.server.helpdesk.db.Where("NOT disabled").Find(&left).Error; err != nil || len(left) != 1 {
				t.Fatalf("%d of two administrators are left, want 1: %v", len(left), err)
			}
			if err := s.server.helpdesk.db.Model(&worker{}).Where("disabled").Update("disabled", false).Error; err != nil {
				t.Fatal(err)
			}
		}
	})
}
