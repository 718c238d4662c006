package handlers

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/swaggest/jsonschema-go"
	"github.com/swaggest/openapi-go"
	"github.com/swaggest/openapi-go/openapi31"
)

// operation describes a route: what it takes and answers, as Go types.
type operation struct {
	Summary string
	Query   any // struct with query tags; nil: none
	Body    any // nil: none
	Status  int
	Answer  any // nil: no body
}

// document is built at first use: neither routes nor types ever change.
type document struct {
	once sync.Once
	json json.RawMessage
	err  error
}

// getOpenAPI describes the admin API, written from the route table and the
// types that the handlers use.
func (h *Handlers) getOpenAPI(c *call) error {
	if err := c.query(); err != nil {
		return err
	}
	h.openapi.once.Do(func() { h.openapi.json, h.openapi.err = openAPI(h.Version, h.APIPath) })
	if h.openapi.err != nil {
		return h.openapi.err
	}
	return c.cached(h.openapi.json)
}

type idPath struct {
	ID string `path:"id"`
}

type versionPath struct {
	ID string `path:"id"`
	N  int    `path:"n"`
}

type namePath struct {
	Name string `path:"name"`
}

func openAPI(version, base string) (json.RawMessage, error) {
	r := openapi31.NewReflector()
	r.Spec.Info.WithTitle("Deskhook").WithVersion(version).
		WithDescription("Listeners, behaviors and deliveries of the webhooks plugin.")
	r.Spec.WithServers(openapi31.Server{URL: base})
	r.Spec.SetHTTPBearerTokenSecurity("bearer", "", "issued by the host")
	r.Spec.SetAPIKeySecurity("csrf", "X-CSRF-Token", openapi.InHeader, "of the session, for calls that change something")
	r.AddTypeMapping(optional[string]{}, new(string))
	r.AddTypeMapping(optional[bool]{}, new(bool))
	r.AddTypeMapping(optional[int64]{}, new(int64))
	r.AddTypeMapping(optional[[]string]{}, new([]string))
	r.AddTypeMapping(optional[map[string]json.RawMessage]{}, new(map[string]any))
	r.AddTypeMapping(optional[json.RawMessage]{}, new(any))
	r.AddTypeMapping(rawJSON{}, new(any))
	r.AddTypeMapping(json.RawMessage{}, new(any))
	r.DefaultOptions = append(r.DefaultOptions,
		jsonschema.InterceptDefName(schemaName), jsonschema.InterceptProp(requireProp), jsonschema.InterceptNullability(listsAreNeverNull))

	for _, rt := range routes() {
		oc, err := r.NewOperationContext(rt.Method, rt.Path)
		if err != nil {
			return nil, fmt.Errorf("describe %s %s: %w", rt.Method, rt.Path, err)
		}
		oc.SetSummary(rt.doc.Summary)
		oc.SetDescription("Needs the permission " + string(rt.Permission) + ".")
		oc.AddSecurity("bearer")
		if rt.Changes {
			oc.AddSecurity("csrf")
		}
		switch {
		case strings.Contains(rt.Path, "{n}"):
			oc.AddReqStructure(new(versionPath))
		case strings.Contains(rt.Path, "{id}"):
			oc.AddReqStructure(new(idPath))
		case strings.Contains(rt.Path, "{name}"):
			oc.AddReqStructure(new(namePath))
		}
		if rt.doc.Query != nil {
			oc.AddReqStructure(rt.doc.Query)
		}
		if rt.doc.Body != nil {
			oc.AddReqStructure(rt.doc.Body, openapi.WithContentType("application/json"))
		}
		oc.AddRespStructure(rt.doc.Answer, openapi.WithHTTPStatus(rt.doc.Status))
		oc.AddRespStructure(new(Problem), openapi.WithContentType("application/problem+json"), func(cu *openapi.ContentUnit) {
			cu.IsDefault = true
			cu.Description = "What is wrong."
		})
		if err := r.AddOperation(oc); err != nil {
			return nil, fmt.Errorf("describe %s %s: %w", rt.Method, rt.Path, err)
		}
	}
	return json.Marshal(r.Spec)
}

// schemaName drops the package and the suffix of the Go type: Listener, not HandlersListenerJSON.
func schemaName(_ reflect.Type, name string) string {
	for _, prefix := range []string{"Handlers", "Behaviors"} {
		name = strings.TrimPrefix(name, prefix)
	}
	name = strings.ReplaceAll(strings.ReplaceAll(name, "List[GithubComDeskhookDeskhookHandlers", "ListOf["), "JSON", "")
	return strings.NewReplacer("[", "", "]", "").Replace(name)
}

// requireProp: what is always there is required in the schema, if perhaps null.
// What may be left out is an optional in a request, and omitempty in both.
func requireProp(p jsonschema.InterceptPropParams) error {
	name, options, _ := strings.Cut(p.Field.Tag.Get("json"), ",")
	if !p.Processed || name == "" || p.ParentSchema == nil || strings.Contains(options, "omitempty") {
		return nil
	}
	if strings.HasPrefix(p.Field.Type.Name(), "optional[") {
		return nil
	}
	p.ParentSchema.Required = append(p.ParentSchema.Required, name)
	if ref := p.PropertySchema; p.Field.Type.Kind() == reflect.Pointer && ref.Ref != nil {
		object := jsonschema.Schema{Ref: ref.Ref}
		*ref = jsonschema.Schema{AnyOf: []jsonschema.SchemaOrBool{object.ToSchemaOrBool(), jsonschema.Null.ToSchemaOrBool()}}
	}
	return nil
}

// listsAreNeverNull: an empty list is [], an empty map {}.
func listsAreNeverNull(p jsonschema.InterceptNullabilityParams) {
	if p.NullAdded && (p.Type.Kind() == reflect.Slice || p.Type.Kind() == reflect.Map) {
		p.Schema.RemoveType(jsonschema.Null)
	}
}
