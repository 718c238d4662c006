package expression

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ours is a value of expr as this package has it: an integer is an int64, a list
// []any, a list that is not there an empty one. Keys that are no texts stay what
// they are: whoever compares sees the difference.
func ours(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int64, float64, []byte, time.Time, time.Duration:
		return v
	case int:
		return int64(v)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = ours(r.Index(i).Interface())
		}
		return list
	case reflect.Map:
		if r.Type().Key().Kind() == reflect.String {
			m := make(map[string]any, r.Len())
			for _, k := range r.MapKeys() {
				m[k.String()] = ours(r.MapIndex(k).Interface())
			}
			return m
		}
		m := make(map[any]any, r.Len())
		texts := true
		for _, k := range r.MapKeys() {
			key := ours(k.Interface())
			_, isText := key.(string)
			texts = texts && isText
			m[key] = ours(r.MapIndex(k).Interface())
		}
		if !texts {
			return m
		}
		named := make(map[string]any, len(m))
		for k, item := range m {
			named[k.(string)] = item
		}
		return named
	}
	return v
}

// plainly prints a value so that values that differ print differently: 1 and
// 1.0, 0.0 and -0.0 too.
func plainly(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case bool, int64:
		return fmt.Sprint(v)
	case float64:
		if v == 0 && math.Signbit(v) {
			return "-0.0"
		}
		return "float " + strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return strconv.Quote(v)
	case []any:
		items := make([]string, len(v))
		for i, x := range v {
			items[i] = plainly(x)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		entries := make([]string, 0, len(v))
		for k, x := range v {
			entries = append(entries, strconv.Quote(k)+": "+plainly(x))
		}
		slices.Sort(entries)
		return "{" + strings.Join(entries, ", ") + "}"
	case map[any]any:
		entries := make([]string, 0, len(v))
		for k, x := range v {
			entries = append(entries, plainly(k)+": "+plainly(x))
		}
		slices.Sort(entries)
		return "{" + strings.Join(entries, ", ") + "}"
	}
	return fmt.Sprintf("%T %v", v, v)
}
