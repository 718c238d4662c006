package payload

import "encoding/json"

// File is one file of a multipart body. An expression sees what it is, never
// its bytes.
type File struct {
	Field       string // name of the form's field
	Name        string // as the sender calls it, without folders; may be ""
	ContentType string // as declared by the sender; may be ""
	Body        []byte
}

// Member returns what an expression sees: name, field, content_type, and size in
// bytes; nil for anything else.
func (f *File) Member(name string) any {
	switch name {
	case "name":
		return f.Name
	case "field":
		return f.Field
	case "content_type":
		return f.ContentType
	case "size":
		return int64(len(f.Body))
	}
	return nil
}

// Members returns the names that Member knows, sorted.
func (f *File) Members() []string { return []string{"content_type", "field", "name", "size"} }

// MarshalJSON writes what an expression sees.
func (f *File) MarshalJSON() ([]byte, error) {
	seen := map[string]any{}
	for _, name := range f.Members() {
		seen[name] = f.Member(name)
	}
	return json.Marshal(seen)
}
