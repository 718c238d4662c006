package expression

import (
	"reflect"
	"testing"
)

// What is known of a value that is one of two: of samples all that either shows,
// of other types what both have in common; a secret stays one.
func TestMerge(t *testing.T) {
	sample := func(k Kind) Type { return Type{Kind: k, Sample: true} }
	for _, tt := range []struct {
		name       string
		a, b, want Type
	}{
		{"the same", Of(Text), Of(Text), Of(Text)},
		{"a sample and not", Of(Text), sample(Text), sample(Text)},
		{"numbers", Of(Int), Of(Float), Of(Number)},
		{"numbers, of which one is a sample's", sample(Int), Of(Float), sample(Number)},
		{"nothing in common", Of(Int), Of(Text), Type{}},
		{"a sample's number and a text", sample(Int), Of(Text), Type{}},
		{"nil", Of(Nil), Of(Text), Of(Text)},
		{"a secret and text", Of(SecretValue), Of(Text), Of(SecretValue)},
		{"a secret and nil", Of(SecretValue), Of(Nil), Of(SecretValue)},
		{"a secret and secrets", Of(SecretValue), Of(SecretList), Of(SecretList)},
		{
			"records of samples", Type{Kind: Map, Sample: true, Fields: map[string]Type{"a": sample(Text)}},
			Type{Kind: Map, Sample: true, Fields: map[string]Type{"b": sample(Int)}},
			Type{Kind: Map, Sample: true, Fields: map[string]Type{"a": sample(Text), "b": sample(Int)}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, got := range []Type{merge(tt.a, tt.b), merge(tt.b, tt.a)} {
				if !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got %+v, want %+v", got, tt.want)
				}
			}
		})
	}
}

// Where a value of a type may stand.
func TestFits(t *testing.T) {
	for _, tt := range []struct {
		typ  Type
		want Kind
		fits bool
	}{
		{Of(Text), Any, true},
		{Type{}, Text, true},
		{Of(Nil), Text, true},
		{Of(Text), Text, true},
		{Of(Text), Number, false},
		{Of(Int), Number, true},
		{Of(Number), Int, true},
		{Of(Float), Int, false},
		{Of(Int), Float, true},
		{Of(Text), Float, false},
		{Of(SecretList), List, true},
		{Of(SecretValue), List, false},
		{Of(Bool), Text, false},
	} {
		if got := tt.typ.fits(tt.want); got != tt.fits {
			t.Errorf("%v where %v goes: %t", tt.typ.Kind, tt.want, got)
		}
	}
}

// The words for how many arguments a function takes.
func TestCountArguments(t *testing.T) {
	must, may, more := Param{}, Param{Optional: true}, Param{Variadic: true}
	for want, params := range map[string][]Param{
		"no arguments":           nil,
		"one argument":           {must},
		"two arguments":          {must, must},
		"one to two arguments":   {must, may},
		"at least one argument":  {more},
		"at least two arguments": {must, must, more},
	} {
		if got := countArguments(&Function{Params: params}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Which name was meant by which.
func TestAlike(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"subject", "subjekt", true},
		{"subject", "Subject", true},
		{"order_id", "orderId", true},
		{"id", "ip", false},
		{"id", "ide", false},
		{"ide", "id", false},
		{"subject", "", false},
		{"", "", false},
		{"subject", "sender", false},
	} {
		if got := alike(tt.a, tt.b); got != tt.want {
			t.Errorf("%q for %q: %t", tt.a, tt.b, got)
		}
	}
}

// list(…) of what a sample shows as one value is a list of it.
func TestListOfIt(t *testing.T) {
	record := Type{Kind: Map, Sample: true, Fields: map[string]Type{"a": Of(Int)}}
	for _, tt := range []struct{ arg, want Type }{
		{record, ListOf(record)},
		{ListOf(Of(Int)), ListOf(Of(Int))},
		{Type{Kind: Text, Sample: true}, ListOf(Type{Kind: Text, Sample: true})},
		{Of(Text), Of(List)},
		{Type{Kind: Int, Sample: true}, Type{Kind: List, Sample: true}},
	} {
		if got := listOfIt([]Type{tt.arg}); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("of %+v: got %+v, want %+v", tt.arg, got, tt.want)
		}
	}
}
