package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// SecretInput says which secret fills an input: a stored one by name, or the
// listener's own. In JSON: {"$secret": id}. Its text form as a reference is the name.
type SecretInput struct {
	ID   int64
	Name string // of a stored one, or ""
}

// String is the name, never the value.
func (s SecretInput) String() string { return s.Name }

// Keys of the JSON of an input that is no plain value. A plain map that has one
// of them is wrapped, so that no caller can spell a reference.
const (
	secretKey = "$secret"
	plainKey  = "$plain"
)

// MarshalJSON writes the reference that is stored.
func (s SecretInput) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int64{secretKey: s.ID})
}

func encodeInputs(inputs map[string]any) ([]byte, error) {
	out := make(map[string]any, len(inputs))
	for name, v := range inputs {
		switch v := v.(type) {
		case *SecretInput:
			out[name] = *v
		case map[string]any:
			out[name] = v
			for k := range v {
				if strings.HasPrefix(k, "$") {
					out[name] = map[string]any{plainKey: v}
				}
			}
		default:
			out[name] = v
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode inputs: %w", err)
	}
	return b, nil
}

// decodeInputs reverses encodeInputs. Numbers become int64 where they are
// whole and fit, else float64; the names of secrets are not known here.
func decodeInputs(b []byte) (map[string]any, error) {
	if len(b) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var inputs map[string]any
	if err := d.Decode(&inputs); err != nil {
		return nil, fmt.Errorf("decode inputs: %w", err)
	}
	for name, v := range inputs {
		inputs[name] = decodeInput(v)
	}
	return inputs, nil
}

func decodeInput(v any) any {
	if m, ok := v.(map[string]any); ok && len(m) == 1 {
		if plain, ok := m[plainKey]; ok {
			return numbers(plain)
		}
		if id, ok := m[secretKey].(json.Number); ok {
			n, _ := id.Int64()
			return SecretInput{ID: n}
		}
	}
	return numbers(v)
}

// numbers turns json.Number into plain Go numbers, in place.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}

// nameSecrets fills in the names of the stored secrets that inputs refer to.
func nameSecrets(db *gorm.DB, all ...map[string]any) error {
	var ids []int64
	for _, inputs := range all {
		ids = append(ids, secretIDs(inputs)...)
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []*secretRow
	if err := db.Select("id", "name").Where("id IN ? AND name IS NOT NULL", ids).Find(&rows).Error; err != nil {
		return fmt.Errorf("names of secrets: %w", err)
	}
	names := map[int64]string{}
	for _, r := range rows {
		names[r.ID] = *r.Name
	}
	for _, inputs := range all {
		for key, v := range inputs {
			if ref, ok := v.(SecretInput); ok {
				inputs[key] = SecretInput{ID: ref.ID, Name: names[ref.ID]}
			}
		}
	}
	return nil
}

func secretIDs(inputs map[string]any) []int64 {
	var ids []int64
	for _, v := range inputs {
		switch ref := v.(type) {
		case SecretInput:
			ids = append(ids, ref.ID)
		case *SecretInput:
			ids = append(ids, ref.ID)
		}
	}
	return ids
}
