package behaviors_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// archives are all cases.
func archives(t *testing.T) map[string]*txtar.Archive {
	t.Helper()
	all := map[string]*txtar.Archive{}
	for _, pattern := range []string{"testdata/check/*.txtar", "testdata/advance/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all[file] = a
		}
	}
	return all
}

// sampleRequests are the samples of a case, and what it receives.
func sampleRequests(t *testing.T, a *txtar.Archive) []*payload.Request {
	t.Helper()
	var list []*payload.Request
	for _, f := range a.Files {
		if f.Name != "request.http" && !strings.HasPrefix(f.Name, "samples/") {
			continue
		}
		r, err := payload.ReadRequest([]byte(strings.TrimSuffix(string(f.Data), "\n")))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// Whatever the samples are, they add warnings and nothing else: each finding of
// before is there, there is a program where there was one, and it decides alike.
func TestSamplesOnlyWarn(t *testing.T) {
	c := catalog(t)
	all := archives(t)
	var others [][]*payload.Request
	for _, a := range all {
		if samples := sampleRequests(t, a); samples != nil {
			others = append(others, samples)
		}
	}
	warned := 0
	for file, a := range all {
		source := string(a.Files[0].Data)
		plain, before := behaviors.Compile(source, c)
		for i := 0; i < len(others); i += 7 {
			p, after := behaviors.CompileWith(source, c, behaviors.Options{Samples: others[i]})
			if (p == nil) != (plain == nil) {
				t.Fatalf("%s: a program is there: %t, without samples: %t", file, p != nil, plain != nil)
			}
			var rest behaviors.Diagnostics
			for _, d := range after {
				if !contains(before, d) {
					rest = append(rest, d)
				}
			}
			if len(rest) != len(after)-len(before) {
				t.Errorf("%s: findings are gone with samples\ngot  %v\nwant %v", file, after, before)
			}
			for _, d := range rest {
				warned++
				if d.Severity != expression.SeverityWarning || !strings.Contains(d.Message, "sample") {
					t.Errorf("%s: %+v is no warning about samples", file, d)
				}
			}
		}
	}
	if warned < 100 {
		t.Errorf("only %d warnings were seen", warned)
	}
}

func contains(list behaviors.Diagnostics, d behaviors.Diagnostic) bool {
	for _, x := range list {
		if reflect.DeepEqual(x, d) {
			return true
		}
	}
	return false
}

// The program that samples were given for decides as the one without.
func TestSamplesKeepTheProgram(t *testing.T) {
	c := catalog(t)
	source := `behavior: 1
let: {a: 'payload.n * 2', b: 'payload.text ?? payload.other', item: payload.list}
dedupe: a
steps:
  - each: {in: item, as: x, steps: [{log: "${{ x.y }} ${{ b.z }}"}]}
  - respond: {json: {a: "${{ a }}", n: "${{ payload.n + 1 }}", t: "${{ type(b) }}"}}
`
	sample := &payload.Request{Method: "POST", Header: payload.Header{{Name: "Content-Type", Value: "application/json"}}, Body: []byte(`{"n": "x", "text": {"z": 1}, "list": "x"}`)}
	plain, _ := behaviors.Compile(source, c)
	sampled, found := behaviors.CompileWith(source, c, behaviors.Options{Samples: []*payload.Request{sample}})
	if len(found) == 0 || found.HasErrors() {
		t.Fatalf("got %v, want warnings", found)
	}
	d := delivery(`{"n": 2, "text": "t", "list": [{"y": 1}]}`)
	want := behaviors.Advance(plain, d, behaviors.Journal{})
	if got := behaviors.Advance(sampled, d, behaviors.Journal{}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A sample of any size and form is read within bounds, and one that is malformed
// says nothing.
func TestSamplesAreBounded(t *testing.T) {
	c := catalog(t)
	source := "behavior: 1\ndedupe: payload.a.b\nsteps:\n  - stop: x\n"
	request := func(body string) *payload.Request {
		return &payload.Request{Method: "POST", Header: payload.Header{{Name: "Content-Type", Value: "application/json"}}, Body: []byte(body)}
	}
	dictionary := make([]string, 201)
	for i := range dictionary {
		dictionary[i] = fmt.Sprintf(`"k%d": %d`, i, i)
	}
	many := make([]*payload.Request, behaviors.MaxSamples+1)
	for i := range many {
		many[i] = request(`{"b": 1}`)
	}
	many[behaviors.MaxSamples] = request(`{"a": {"b": 1}}`)
	tests := []struct {
		name    string
		samples []*payload.Request
		want    int
	}{
		{"none", nil, 0},
		{"malformed", []*payload.Request{request(`{"b": `)}, 0},
		{"too deep", []*payload.Request{request(strings.Repeat("[", 101) + strings.Repeat("]", 101))}, 0},
		{"a dictionary", []*payload.Request{request("{" + strings.Join(dictionary, ",") + "}")}, 0},
		{"no map", []*payload.Request{request("[1]")}, 1},
		{"null", []*payload.Request{request("null")}, 0},
		{"another field", []*payload.Request{request(`{"b": 1}`)}, 1},
		{"only one of them has it", []*payload.Request{request(`{"b": 1}`), request(`{"a": {"b": 1}}`)}, 0},
		{"the one that has it comes too late", many, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, found := behaviors.CompileWith(source, c, behaviors.Options{Samples: test.samples})
			if len(found) != test.want {
				t.Errorf("got %v, want %d findings", found, test.want)
			}
		})
	}
}
