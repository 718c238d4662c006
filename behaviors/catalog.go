package behaviors

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
	"github.com/deskhook/deskhook/behaviors/signatures"
)

// Format is how a text parameter is escaped when something is interpolated.
type Format string

// Formats of text parameters.
const (
	Plain Format = "plain"
	Slack Format = "slack"
	HTML  Format = "html"
	URL   Format = "url"
	XML   Format = "xml"
)

// Reach is what an action touches, which decides what is promised for it.
type Reach string

// Reaches. Host and Store effects share a transaction with their journal row:
// exactly once. Outside effects happen at least once.
const (
	ReachHost    Reach = "host"
	ReachStore   Reach = "store"
	ReachOutside Reach = "outside"
)

// ParamSpec declares a parameter of an action.
type ParamSpec struct {
	Name     string
	Type     expression.Type
	Format   Format // of texts
	Required bool
	Secret   bool
	// SecretFields: the value of a field of this map, at any depth, may be a
	// secret as a whole. It is sent with the action's URL, the parameter of that
	// format.
	SecretFields bool
	Default      any
	Options      []string
	Help         string
}

// ActionSpec declares an action. It is data, used to check, complete, document
// and draw it.
type ActionSpec struct {
	Name    string // "message.note"
	Summary string
	Params  []ParamSpec
	Output  expression.Type
	Example any // of the output; what a simulation assumes
	// Usage is steps in YAML that show it, for people to copy.
	Usage string
	// Fails says in sentences when it fails for good. All else is tried again.
	Fails string
	Reach Reach
	Ask   bool     // after a crash in the middle, ask a person instead of calling again
	Hosts []string // hosts of its own, granted with it
	// Needs names the ability of a host that it works by ("Tickets"), or is "".
	Needs string
}

// Param returns a parameter's declaration.
func (a *ActionSpec) Param(name string) (ParamSpec, bool) {
	for _, p := range a.Params {
		if p.Name == name {
			return p, true
		}
	}
	return ParamSpec{}, false
}

// url is the parameter that says where the action's call goes, or none.
func (a *ActionSpec) url() (ParamSpec, bool) {
	i := slices.IndexFunc(a.Params, func(p ParamSpec) bool { return p.Format == URL })
	if i < 0 {
		return ParamSpec{}, false
	}
	return a.Params[i], true
}

// Catalog is all that a behavior may name. It is immutable once built.
type Catalog struct {
	Actions map[string]*ActionSpec
	// Absent are actions that the language has and this host lacks what they
	// need for.
	Absent    map[string]*ActionSpec
	Functions map[string]*expression.Function
	Providers map[string]*signatures.Provider
	Pickers   map[string]Picker
	Records   map[string]RecordType
	// NotYet are parts of the language that what runs this catalog's programs
	// cannot do: see Vocabulary.
	NotYet map[string]bool
}

// Vocabulary is what a catalog is built of, beside the language's own functions
// and all providers.
type Vocabulary struct {
	Actions, Absent []*ActionSpec
	Functions       []*expression.Function // the host's own
	Pickers         []Picker
	Records         []RecordType
	// NotYet names parts of the language that what runs the programs cannot do
	// yet, as a path of keys: "order_by", "wait", "each.once". They compile only
	// to an error that says so.
	NotYet []string
}

// NewCatalog builds a catalog. The error names everything that does not fit.
func NewCatalog(v Vocabulary) (*Catalog, error) {
	c := &Catalog{
		Actions: map[string]*ActionSpec{}, Absent: map[string]*ActionSpec{},
		Functions: map[string]*expression.Function{}, Providers: map[string]*signatures.Provider{},
		Pickers: map[string]Picker{}, Records: map[string]RecordType{}, NotYet: map[string]bool{},
	}
	for _, part := range v.NotYet {
		c.NotYet[part] = true
	}
	problems := slices.Concat(c.addFunctions(v.Functions), c.addActions(v.Actions, v.Absent), c.addRecords(v.Records), c.addPickers(v.Pickers))
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return c, nil
}

func (c *Catalog) addFunctions(own []*expression.Function) (problems []error) {
	for _, f := range expression.Builtins() {
		c.Functions[f.Name] = f
	}
	for _, p := range signatures.Providers() {
		c.Providers[p.Name] = p
		own = append(slices.Clip(own), signedFunction(p))
	}
	for _, f := range own {
		switch {
		case c.Functions[f.Name] != nil:
			problems = append(problems, fmt.Errorf("behaviors: function %q is there twice", f.Name))
		case !functionName.MatchString(f.Name) || f.Call == nil:
			problems = append(problems, fmt.Errorf("behaviors: function %q needs a name such as %q and a Call", f.Name, "area.name"))
		default:
			c.Functions[f.Name] = f
		}
	}
	return problems
}

func (c *Catalog) addActions(able, absent []*ActionSpec) (problems []error) {
	add := func(to map[string]*ActionSpec, a *ActionSpec) {
		if c.Actions[a.Name] != nil || c.Absent[a.Name] != nil {
			problems = append(problems, fmt.Errorf("behaviors: action %q is there twice", a.Name))
		} else if err := a.check(); err != nil {
			problems = append(problems, err)
		} else {
			to[a.Name] = a
		}
	}
	for _, a := range able {
		add(c.Actions, a)
	}
	for _, a := range absent {
		add(c.Absent, a)
	}
	return problems
}

var (
	functionName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$`)
	pickerName   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	actionName   = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$`)
)

func (a *ActionSpec) check() error {
	if !actionName.MatchString(a.Name) {
		return fmt.Errorf("behaviors: action %q needs a name such as %q", a.Name, "area.verb")
	}
	if a.Reach != ReachHost && a.Reach != ReachStore && a.Reach != ReachOutside {
		return fmt.Errorf("behaviors: action %q has the unknown reach %q", a.Name, a.Reach)
	}
	for _, h := range a.Hosts {
		if err := CheckHost(h); err != nil {
			return fmt.Errorf("behaviors: action %q has the host %q, which %w", a.Name, h, err)
		}
	}
	for i, p := range a.Params {
		if !identifier.MatchString(p.Name) {
			return fmt.Errorf("behaviors: action %q has a parameter with the name %q", a.Name, p.Name)
		}
		if slices.ContainsFunc(a.Params[:i], func(q ParamSpec) bool { return q.Name == p.Name }) {
			return fmt.Errorf("behaviors: action %q has the parameter %q twice", a.Name, p.Name)
		}
	}
	return nil
}

// codeUnchecked is the expression's error where a signature could not be checked
// just now.
const codeUnchecked = "unchecked"

// signedFunction makes `x.signed(request, secret)` of a provider. An empty
// secret proves nothing, so without one it is false.
func signedFunction(p *signatures.Provider) *expression.Function {
	return &expression.Function{
		Name: p.Name + ".signed",
		Params: []expression.Param{
			{Name: "request"},
			{Name: "secret", Type: expression.Type{Kind: expression.SecretList}, Secret: true},
		},
		Result:  expression.Type{Kind: expression.Bool},
		Doc:     p.Doc,
		Example: p.Name + ".signed(request, inputs.signing_key)",
		NilSafe: true,
		Cost:    costOfSignature,
		Call: func(f *expression.Frame, args []any) (any, error) {
			r, ok := args[0].(*payload.Request)
			if !ok {
				return nil, errors.New("takes `request` first")
			}
			secrets, err := secretValues(f, args[1])
			if err != nil || len(secrets) == 0 {
				return false, err
			}
			err = p.Verify(r, secrets)
			if errors.Is(err, signatures.ErrUnchecked) {
				return nil, &expression.Error{Code: codeUnchecked, Message: err.Error()}
			}
			return err == nil, nil
		},
	}
}

// costOfSignature is an operation for each 64 bytes of the body, as for any text
// that is read, and for each secret.
func costOfSignature(args []any) int {
	r, ok := args[0].(*payload.Request)
	if !ok {
		return 1
	}
	secrets := 1
	if list, ok := args[1].([]any); ok {
		secrets = len(list)
	}
	return 1 + secrets*(8+(len(r.Body)+len(r.URL))/64+len(r.Header))
}

// secretValues fetches the values behind a secret or a list of them; those that
// are not set are left out. A list within the list is refused, as lists may share
// structure and have no end.
func secretValues(f *expression.Frame, v any) ([]string, error) {
	var values []string
	switch v := v.(type) {
	case nil:
	case expression.Secret:
		s, err := f.Secrets(v)
		if err != nil { // why is not for whoever reads the run's log
			return nil, &expression.Error{Code: "secret-missing", Message: "the secret `" + v.Name + "` cannot be read"}
		}
		if s != "" {
			values = append(values, s)
		}
	case []any:
		for _, item := range v {
			if _, isList := item.([]any); isList {
				return nil, errors.New("takes a secret, or a list of secrets")
			}
			more, err := secretValues(f, item)
			if err != nil {
				return nil, err
			}
			values = append(values, more...)
		}
	default:
		return nil, errors.New("takes a secret, or a list of secrets")
	}
	return values, nil
}
