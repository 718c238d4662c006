//go:build deskhook_no_ui

package assets

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestWithoutUI(t *testing.T) {
	if name, err := Entry(); !errors.Is(err, ErrNoUI) {
		t.Errorf("Entry gives %q, %v", name, err)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/admin/webhooks/assets/manifest.json", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("got %d", w.Code)
	}
}
