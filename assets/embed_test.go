//go:build !deskhook_no_ui

package assets

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
)

func TestEntryIsServed(t *testing.T) {
	entry, err := Entry()
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^deskhook-[\w-]{8,}\.js$`).MatchString(entry) {
		t.Errorf("entry is %q, not a hashed name", entry)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/admin/webhooks/assets/"+entry, nil))
	if w.Code != http.StatusOK || w.Body.Len() == 0 {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
}
