package plugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/deskhook/deskhook"

// room is a package of ours and what it may import of ours. Whatever is not
// named may not be imported.
type room struct {
	imports []string
	reason  string
}

// rooms point one way: plugin -> handlers -> {recipes, assets, runner},
// runner -> {models, actions}, actions -> {behaviors, outbound},
// behaviors -> {expression, signatures} -> payload.
var rooms = map[string]room{
	"":                              {nil, "the root only carries plugin.yaml"},
	"assets":                        {nil, "the browser side knows nothing of the server's rooms"},
	"models":                        {nil, "tables know nothing of what they are for"},
	"models/modelstest":             {[]string{"models"}, "it opens databases for tests"},
	"behaviors/payload":             {nil, "what arrived is the lowest thing that there is"},
	"behaviors/signatures":          {[]string{"behaviors/payload"}, "a proof is over what arrived"},
	"behaviors/expression":          {[]string{"behaviors/payload"}, "an expression reads what arrived, and no signature but through a function that it is given"},
	"behaviors":                     {[]string{"behaviors/expression", "behaviors/payload", "behaviors/signatures"}, "the language decides, and reaches nothing that acts"},
	"behaviors/cases":               {[]string{"behaviors", "behaviors/payload"}, "a case is text, and what the language makes of it"},
	"behaviors/behaviortest":        {[]string{"behaviors", "behaviors/cases"}, "it runs cases of the language as tests"},
	"behaviors/behaviortest/canary": {nil, "it looks for secrets in texts, whoever made them"},
	"behaviors/reference":           {nil, "it is tests, which see the whole catalog"},
	"behaviors/outbound":            {nil, "the way out serves any caller"},
	"behaviors/actions":             {[]string{"behaviors", "behaviors/expression", "behaviors/outbound", "behaviors/payload"}, "an action acts, and does not know who runs it or where that is kept"},
	"behaviors/recipes":             {nil, "recipes are texts"},
	"behaviors/runner": {
		[]string{"behaviors", "behaviors/actions", "behaviors/expression", "behaviors/outbound", "behaviors/payload", "behaviors/signatures", "models"},
		"the runner executes and journals, whoever asks for it",
	},
	"handlers": {
		[]string{"assets", "behaviors", "behaviors/actions", "behaviors/expression", "behaviors/outbound", "behaviors/payload", "behaviors/recipes", "behaviors/runner", "behaviors/signatures", "models"},
		"handlers serve the rooms below, and do not know the host",
	},
	"plugin": {
		[]string{"", "behaviors", "behaviors/actions", "behaviors/cases", "behaviors/expression", "behaviors/outbound", "behaviors/payload", "behaviors/recipes", "behaviors/runner", "behaviors/signatures", "handlers", "models"},
		"the front door puts the rooms together; it alone reads the manifest",
	},
	"plugin/hosttest": {[]string{"plugin"}, "the suite is for any host, which knows the front door alone"},
	"plugin/devhost":  {[]string{"plugin"}, "the reference host uses what any host has"},
}

// foreign says which packages of others may be imported where, by the beginning
// of their path.
var foreign = []struct {
	path   string
	rooms  []string
	reason string
}{
	{"github.com/labstack/echo", []string{"handlers", "plugin", "plugin/devhost"}, "Echo v4 ends; its types stay where HTTP is"},
	{"gorm.io/gorm", []string{"models", "models/modelstest", "behaviors/actions", "behaviors/runner", "plugin", "plugin/devhost", "plugin/hosttest"}, "SQL is in models; what passes a transaction on may name its type"},
	{"database/sql", []string{"models", "models/modelstest", "plugin/devhost", "plugin/hosttest"}, "SQL is in models; hosttest takes all connections but one away"},
	{"gorm.io/driver", []string{"models/modelstest", "plugin/devhost"}, "the host brings the driver"},
	{"github.com/go-sql-driver/mysql", []string{"models", "models/modelstest", "plugin/devhost"}, "the host brings the driver; models reads its error numbers"},
	{"github.com/ncruces/go-sqlite3", []string{"models/modelstest", "plugin/devhost"}, "the host brings the driver"},
	{"go.opentelemetry.io/otel/sdk", []string{"plugin/devhost"}, "the host brings the SDK"},
	{"go.opentelemetry.io/otel/exporters", []string{"plugin/devhost"}, "the host brings the exporter"},
	{"github.com/prometheus", []string{"plugin/devhost"}, "the host brings the exporter"},
	{"testing", []string{"models/modelstest", "behaviors/behaviortest", "plugin/hosttest"}, "test helpers are not linked into a host"},
}

// listed is a package as go list describes it.
type listed struct {
	ImportPath, Dir, Doc string
	Imports, GoFiles     []string
	Module               *struct{ Path string }
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Dir,Doc,Imports,GoFiles,Module"}, args...)...)
	var trouble bytes.Buffer
	command.Stderr = &trouble
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, trouble.String())
	}
	var all []listed
	d := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// roomOf gives the path of a package of ours below the module.
func roomOf(importPath string) (name string, ours bool) {
	if importPath == module {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

func TestImports(t *testing.T) {
	for _, p := range list(t, module+"/...") {
		name, _ := roomOf(p.ImportPath)
		r, known := rooms[name]
		if !known {
			t.Errorf("package %s has no row here: say what it may import, and why", name)
			continue
		}
		if p.Doc == "" {
			t.Errorf("package %s has no package comment", name)
		}
		for _, imported := range p.Imports {
			if other, ours := roomOf(imported); ours && !slices.Contains(r.imports, other) {
				t.Errorf("%s imports %s: %s", name, other, r.reason)
			}
			for _, f := range foreign {
				if (imported == f.path || strings.HasPrefix(imported, f.path+"/")) && !slices.Contains(f.rooms, name) {
					t.Errorf("%s imports %s: %s", name, imported, f.reason)
				}
			}
		}
	}
}

// TestEchoInOneFile keeps Echo's types of package plugin where they are.
func TestEchoInOneFile(t *testing.T) {
	for _, p := range list(t, module+"/plugin") {
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range parsed.Imports {
				if strings.Contains(i.Path.Value, "labstack/echo") && file != "echo.go" {
					t.Errorf("%s imports Echo: put it into echo.go", file)
				}
			}
		}
	}
}

// pure are the rooms that decide: the same arguments, the same result.
var pure = []string{"behaviors", "behaviors/expression", "behaviors/payload", "behaviors/signatures"}

// impure are packages that a pure room may not import, and why.
var impure = map[string]string{
	"os": "it does no I/O", "io/fs": "it does no I/O", "os/exec": "it does no I/O", "syscall": "it does no I/O", "embed": "it does no I/O",
	"net": "it does no I/O", "crypto/tls": "it does no I/O", "plugin": "it does no I/O", "unsafe": "it keeps to the language",
	"log": "the trace says what happened", "log/slog": "the trace says what happened", "context": "nothing in it waits",
	"sync": "an evaluation belongs to one goroutine, and a program never changes", "sync/atomic": "the same",
	"math/rand": "a run resumed must decide the same again", "math/rand/v2": "a run resumed must decide the same again",
	"crypto/rand": "a run resumed must decide the same again",
}

// impureNames are what of a package that is pure otherwise may not be used.
var impureNames = map[string]func(name string) bool{
	"time": func(name string) bool {
		return slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "LoadLocationFromTZData"}, name)
	},
	"github.com/google/uuid": func(name string) bool {
		return strings.HasPrefix(name, "New") && !strings.HasSuffix(name, "SHA1") && name != "NewHash"
	},
	// Of HTTP a pure room knows the words.
	"net/http": func(name string) bool {
		return !strings.HasPrefix(name, "Status") && !strings.HasPrefix(name, "Method") && name != "CanonicalHeaderKey"
	},
}

func TestPureRooms(t *testing.T) {
	var paths []string
	for _, name := range pure {
		paths = append(paths, module+"/"+name)
	}
	for _, p := range list(t, paths...) {
		name, _ := roomOf(p.ImportPath)
		for _, file := range p.GoFiles {
			for _, problem := range impurities(t, filepath.Join(p.Dir, file), nil) {
				t.Errorf("%s: %s", name, problem)
			}
		}
	}
}

// impurities reads a file, or its source, and says what no pure room may do.
func impurities(t *testing.T, file string, source any) []string {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var problems []string
	found := func(at token.Pos, format string, args ...any) {
		place := files.Position(at)
		problems = append(problems, fmt.Sprintf("%s:%d: %s", filepath.Base(place.Filename), place.Line, fmt.Sprintf(format, args...)))
	}
	names := map[string]string{}
	for _, i := range parsed.Imports {
		imported := strings.Trim(i.Path.Value, `"`)
		if reason, bad := impure[imported]; bad {
			found(i.Pos(), "imports %s: %s", imported, reason)
		}
		name := path.Base(imported)
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = imported
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found(n.Pos(), "starts a goroutine")
		case *ast.SelectorExpr:
			if of, ok := n.X.(*ast.Ident); ok {
				imported := names[of.Name]
				if bad := impureNames[imported]; bad != nil && bad(n.Sel.Name) {
					found(n.Pos(), "uses %s.%s", imported, n.Sel.Name)
				}
			}
		}
		return true
	})
	return problems
}

// TestImpuritiesAreFound shows that the scan above sees what it looks for.
func TestImpuritiesAreFound(t *testing.T) {
	got := impurities(t, "bad.go", `package bad

import (
	clock "time"
	"math/rand"
	"net/http"
)

func bad() {
	_ = clock.Now()
	go rand.Int()
	_, _ = http.Get(http.MethodGet)
}
`)
	want := []string{
		"bad.go:5: imports math/rand: a run resumed must decide the same again",
		"bad.go:10: uses time.Now",
		"bad.go:11: starts a goroutine",
		"bad.go:12: uses net/http.Get",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// modules are all that a host takes on with package plugin. A new one is a
// decision: write down here what it is for.
var modules = map[string]string{
	module:                                   "ours",
	"github.com/expr-lang/expr":              "the parser of expressions",
	"github.com/go-gormigrate/gormigrate/v2": "migrations",
	"github.com/golang-jwt/jwt/v5":           "JSON Web Tokens",
	"github.com/google/uuid":                 "uids of deliveries",
	"github.com/jinzhu/inflection":           "of gorm",
	"github.com/jinzhu/now":                  "of gorm",
	"github.com/klauspost/compress":          "compression of stored bodies",
	"github.com/labstack/echo/v4":            "HTTP",
	"github.com/labstack/gommon":             "of echo",
	"github.com/mattn/go-colorable":          "of echo",
	"github.com/mattn/go-isatty":             "of echo",
	"github.com/swaggest/jsonschema-go":      "of openapi-go",
	"github.com/swaggest/openapi-go":         "GET /openapi.json",
	"github.com/swaggest/refl":               "of openapi-go",
	"github.com/valyala/bytebufferpool":      "of echo",
	"github.com/valyala/fasttemplate":        "of echo",
	"github.com/cespare/xxhash/v2":           "of otel",
	"go.opentelemetry.io/otel":               "of otel/metric",
	"go.opentelemetry.io/otel/metric":        "metrics, where the host has them",
	"go.yaml.in/yaml/v4":                     "behaviors and the manifest",
	"golang.org/x/crypto":                    "encryption of secrets and bodies",
	"golang.org/x/net":                       "of echo, names of hosts, and the tokens of HTML",
	"golang.org/x/sync":                      "one flight for one key",
	"golang.org/x/sys":                       "of x/crypto",
	"golang.org/x/text":                      "of gorm and x/net",
	"golang.org/x/time":                      "rates",
	"golang.org/x/tools":                     "cases of behaviors are txtar archives",
	"gopkg.in/yaml.v2":                       "of openapi-go",
	"gorm.io/gorm":                           "the database",
}

func TestModules(t *testing.T) {
	needed := map[string]bool{}
	for _, p := range list(t, "-deps", module+"/plugin") {
		if p.Module != nil {
			needed[p.Module.Path] = true
		}
	}
	for _, m := range slices.Sorted(maps.Keys(needed)) {
		if modules[m] == "" {
			t.Errorf("package plugin needs the module %s, which is new: say here what it is for", m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(modules)) {
		if !needed[m] {
			t.Errorf("package plugin does not need %s any more: delete its row", m)
		}
	}
}
