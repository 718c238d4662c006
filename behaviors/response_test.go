package behaviors_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/payload"
)

func TestResponseJSON(t *testing.T) {
	tests := []struct {
		name     string
		response behaviors.Response
		want     string
	}{
		{"empty", behaviors.Response{Status: 200}, `{"status":200,"headers":[],"body":""}`},
		{
			"text", behaviors.Response{Status: 201, Header: payload.Header{{Name: "X-A", Value: "1"}, {Name: "X-A", Value: "2"}}, Body: []byte("hé")},
			`{"status":201,"headers":[["X-A","1"],["X-A","2"]],"body":"hé"}`,
		},
		{"binary", behaviors.Response{Status: 200, Body: []byte{0xff, 0}}, `{"status":200,"headers":[],"body_base64":"/wA="}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := json.Marshal(&test.response)
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
			var back behaviors.Response
			if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(back, test.response) {
				t.Errorf("got back %+v, %v, want %+v", back, err, test.response)
			}
		})
	}
}

// What goes out as JSON has lists, never null, where SURFACE says list.
func TestEmptyListsInJSON(t *testing.T) {
	s := behaviors.Simulate("behavior: 2\n", catalog(t), delivery("{}"), nil)
	got, err := json.Marshal(s)
	const want = `{"diagnostics":[{"line":1,"column":11,"end_line":1,"end_column":12,"severity":"error","code":"language-version",` +
		`"message":"this is version 1 of the language, got ` + "`2`" + `","suggestion":"write ` + "`behavior: 1`" + `","fixes":[]}],` +
		`"outcome":"","cause":"","response":null,"steps":[],"trace":[]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	s = behaviors.Simulate("behavior: 1\n", catalog(t), delivery("{}"), nil)
	got, err = json.Marshal(s)
	const ok = `{"diagnostics":[],"outcome":"accepted","cause":"","response":{"status":200,"headers":[],"body":""},"steps":[],"trace":[]}`
	if err != nil || string(got) != ok {
		t.Errorf("got %s, %v, want %s", got, err, ok)
	}
}
