package behaviors

import (
	"maps"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// ValueForm is a type of input or a form in which a document has values, with
// what an expression sees of it or how it is written.
type ValueForm struct {
	Name, Form, Summary string
}

// inputType is a type of input, and what an expression sees of it.
type inputType struct {
	name    string
	typ     expression.Type
	summary string
}

var inputTypeList = []inputType{
	{"text", text, "A line of text."},
	{"number", expression.Of(expression.Number), "A number."},
	{"boolean", expression.Of(expression.Bool), "True or false."},
	{"choice", text, "One of options."},
	{"secret", expression.Of(expression.SecretValue), "What only the listener knows. It is never shown again, and sent to its hosts alone; one that is a URL itself is sent to that URL's host."},
	{"json", expression.Type{}, "Any JSON."},
	{"list", expression.ListOf(text), "A list of texts."},
	{"email", text, "An e-mail address."},
	{"url", text, "A URL that begins with https:// or http://."},
}

// inputTypes are those of the list by name.
var inputTypes = func() map[string]expression.Type {
	all := make(map[string]expression.Type, len(inputTypeList))
	for _, t := range inputTypeList {
		all[t.name] = t.typ
	}
	return all
}()

func inputTypeNames() []string {
	names := make([]string, len(inputTypeList))
	for i, t := range inputTypeList {
		names[i] = t.name
	}
	return names
}

// InputTypes are the language's own types of inputs.
func InputTypes() []ValueForm {
	list := make([]ValueForm, len(inputTypeList))
	for i, t := range inputTypeList {
		list[i] = ValueForm{t.name, kindWords(t.typ.Kind), t.summary}
	}
	return list
}

// Formats are how texts escape what is interpolated in them.
func Formats() []ValueForm {
	return []ValueForm{
		{string(Plain), "any other text", "Nothing."},
		{string(Slack), "texts for Slack", "Slack's &, < and >, so that nobody mentions a channel or hides a link."},
		{string(HTML), "`respond.html`", "By its place, as text or as the value of an attribute; in a script or a style it is an error."},
		{string(XML), "`respond.xml`, and parameters of that format", "The special characters of XML."},
		{string(URL), "URLs", "As a segment of the path or a value of the query, by its place. At the start it is a prefix, and kept."},
	}
}

// ValueForms are how values are written that are more than a text or a number.
func ValueForms() []ValueForm {
	units := slices.SortedFunc(maps.Keys(sizeUnits), func(a, b string) int { return int(sizeUnits[a] - sizeUnits[b]) })[1:] // without one
	return []ValueForm{
		{"duration", "`500ms`, `8s`, `1h30m`", "Numbers with the units h, m, s, ms, us and ns. There are no days: 48h."},
		{"size", "`1048576`, `64 KiB`", "Bytes, or a number with a unit: " + strings.Join(units, ", ") + "."},
		{"time zone", "`Europe/Berlin`", "A name of the IANA's list."},
		{"host", "`api.example.com`, `api.example.com:8443`", "A name or an address, with a port where only that one is meant."},
		{"time", quoted(expression.DateLayouts()), "What `date` reads without a layout, written as Go writes layouts: for the moment 2006-01-02 15:04:05 -0700."},
		{"layout", "`02.01.2006 15:04`", "How that moment would be written. Abbreviations of time zones are refused: an offset is -0700."},
	}
}
