package models_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/deskhook/deskhook/models"
)

// FuzzTexts: what unpacks packs into the same bytes' meaning, and nothing panics.
func FuzzTexts(f *testing.F) {
	for _, texts := range [][]string{nil, {""}, {"a", "", "\xff\x00"}, {string(make([]byte, 300))}} {
		f.Add(models.PackTexts(texts))
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		texts, err := models.UnpackTexts(b)
		if err != nil {
			return
		}
		again, err := models.UnpackTexts(models.PackTexts(texts))
		if err != nil || !reflect.DeepEqual(again, texts) {
			t.Fatalf("%q became %q, %v", texts, again, err)
		}
	})
}

// FuzzInputs: whatever a caller sends as plain JSON comes back as it was, and
// is never taken for a secret.
func FuzzInputs(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":{"$secret":1}}`, `{"a":{"$plain":{"$secret":1}}}`, `{"a":[{"$secret":1}],"b":{"x":1,"$secret":2}}`, `{"a":1e400}`,
		`{"a":9007199254740993,"b":1.5,"c":"\ud800"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var in map[string]any
		if json.Unmarshal(b, &in) != nil || in == nil {
			return
		}
		stored, err := models.EncodeInputs(in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := models.DecodeInputs(stored)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range out {
			if _, secret := v.(models.SecretInput); secret {
				t.Fatalf("%s of %s is taken for a secret", name, b)
			}
		}
		want, _ := json.Marshal(in)
		got, _ := json.Marshal(out)
		var a, c any
		if json.Unmarshal(want, &a) != nil || json.Unmarshal(got, &c) != nil || !reflect.DeepEqual(a, c) {
			t.Fatalf("got %s, want %s", bytes.TrimSpace(got), want)
		}
	})
}
