package behaviors

import "github.com/deskhook/deskhook/behaviors/expression"

// Slots of the environment in a frame; names follow.
const (
	slotRequest = iota
	slotPayload
	slotInputs
	slotListener
	slotNow
	slotError
	firstNameSlot
)

// Name is a name that every expression sees, or a field of one.
type Name struct {
	Name    string
	Type    expression.Type
	Summary string
	Fields  []Name // of a record
}

var text = expression.Type{Kind: expression.Text}

func record(fields map[string]expression.Type) expression.Type {
	return expression.Type{Kind: expression.Map, Fields: fields}
}

var anyMap = expression.Type{Kind: expression.Map, Open: true}

// files are of a request's payload.File.
var fileFields = []Name{
	{"name", text, "Its name, as the sender gave it.", nil},
	{"field", text, "The field of the form that it was sent in.", nil},
	{"content_type", text, "The type that it was declared to have.", nil},
	{"size", expression.Of(expression.Int), "Its size, in bytes.", nil},
}

var requestFields = []Name{
	{"method", text, "The HTTP method, such as POST.", nil},
	{"path", text, "The path behind the listener's URL, undecoded; empty where there is none.", nil},
	{"query", anyMap, "The parameters of the URL, decoded: texts by name, and a list where a name repeats.", nil},
	{"headers", anyMap, "The headers, by name in lower case; looking one up ignores case.", nil},
	{"body", text, "The body as text, for reading. Signatures are over the raw bytes.", nil},
	{"content_type", text, "The type that the request declares, as it was sent.", nil},
	{"client_ip", text, "The address of the caller.", nil},
	{"url", text, "The URL as the caller was given it, with path and query.", nil},
	{"received_at", expression.Of(expression.Time), "The moment of receipt.", nil},
	{"files", expression.ListOf(fileType()), "The files of a multipart body, which actions may attach.", fileFields},
	{"test", expression.Of(expression.Bool), "Whether it is a provider's ping or sample, as the namespace of verify knows.", nil},
	{"problem", text, "Why a malformed body could not be decoded; nil where it could.", nil},
}

var listenerFields = []Name{
	{"id", text, "Its id.", nil}, {"name", text, "Its name.", nil}, {"url", text, "Its URL.", nil},
}

var errorFields = []Name{
	{"message", text, "What went wrong.", nil},
	{"step", text, "The path of the step that failed, such as steps[2].", nil},
	{"attempts", expression.Of(expression.Int), "How often it was tried.", nil},
	{"status", expression.Of(expression.Int), "The HTTP status of the other side, or 0.", nil},
}

// environmentNames are what expressions see beside the names of let and as.
var environmentNames = []Name{
	{"request", record(fieldTypes(requestFields)), "The HTTP request as it was received. Not in a behavior with on.", requestFields},
	{"payload", expression.Type{}, "The body, decoded by its type: the value of JSON, a map of a form, of multipart and of XML. Without a body the parameters of the URL; nil where it is malformed.", nil},
	{"inputs", expression.Of(expression.Map), "What the listener fills in, by name. A secret can be handed on and not read.", nil},
	{"listener", record(fieldTypes(listenerFields)), "The listener that received the request.", listenerFields},
	{"now", expression.Of(expression.Time), "The moment of receipt, also when a run is resumed or replayed.", nil},
	{"error", record(fieldTypes(errorFields)), "Within on_error: the failure that is handled.", errorFields},
}

// Environment is what expressions see beside the names of let and as.
func Environment() []Name { return environmentNames }

func fieldTypes(fields []Name) map[string]expression.Type {
	types := make(map[string]expression.Type, len(fields))
	for _, f := range fields {
		types[f.Name] = f.Type
	}
	return types
}

func fileType() expression.Type { return record(fieldTypes(fileFields)) }

// nameType is a fresh type: samples add to its fields.
func nameType(name string) expression.Type {
	for _, n := range environmentNames {
		switch {
		case n.Name != name:
		case n.Fields != nil:
			return record(fieldTypes(n.Fields))
		default:
			return n.Type
		}
	}
	return expression.Type{}
}

// environment is what every expression sees, but for the inputs.
func environment() map[string]expression.Name {
	return map[string]expression.Name{
		"request":  {Slot: slotRequest, Type: nameType("request")},
		"payload":  {Slot: slotPayload, Path: &expression.Path{}},
		"listener": {Slot: slotListener, Type: nameType("listener")},
		"now":      {Slot: slotNow, Type: nameType("now")},
	}
}

// everywhere is the environment, to look names up.
var everywhere = environment()

// failure is the name error.
var failure = expression.Name{Slot: slotError, Type: nameType("error")}
