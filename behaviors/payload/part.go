package payload

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxPartHeader bounds the header of one part, in bytes.
const maxPartHeader = 8 << 10

// partHeader is what is read of the header of a part.
type partHeader struct {
	disposition, contentType, encoding string
}

// header takes the header lines of part n and the blank line behind them. Of a
// header that stands twice nobody can say which one the sender meant.
func (m *partSplitter) header(n int) (partHeader, error) {
	var h partHeader
	var last *string
	seen := map[*string]bool{}
	start := m.at
	window := m.body[start:min(start+maxPartHeader, len(m.body))]
	for {
		line, rest, found := bytes.Cut(window, []byte("\n"))
		if !found {
			if start+maxPartHeader < len(m.body) {
				return h, &LimitError{What: "bytes in the header of a part", Max: maxPartHeader}
			}
			return h, fmt.Errorf("part %d is cut short within its header", n)
		}
		m.at += len(line) + 1
		window = rest
		text := string(bytes.TrimSuffix(line, []byte("\r")))
		if text == "" {
			return h, nil
		}
		if text[0] == ' ' || text[0] == '\t' { // goes on with the line above
			if last != nil {
				*last += " " + strings.Trim(text, " \t")
			}
			continue
		}
		name, value, found := strings.Cut(text, ":")
		if !found {
			return h, fmt.Errorf("part %d has a header line without a colon", n)
		}
		switch strings.ToLower(strings.Trim(name, " \t")) {
		case "content-disposition":
			last = &h.disposition
		case "content-type":
			last = &h.contentType
		case "content-transfer-encoding":
			last = &h.encoding
		default:
			last = nil
			continue
		}
		if seen[last] {
			return h, fmt.Errorf("part %d has the header %s twice", n, strings.ToLower(strings.Trim(name, " \t")))
		}
		seen[last] = true
		*last = strings.Trim(value, " \t")
	}
}

// partName says what a part is.
type partName struct {
	name, charset string
	isFile        bool
	file          string // name of the file
}

func (h partHeader) read(n int) (partName, error) {
	var p partName
	_, params, err := mime.ParseMediaType(h.disposition)
	if err != nil {
		return p, fmt.Errorf("part %d: its Content-Disposition is missing or malformed", n)
	}
	name, named := params["name"]
	switch {
	case !named:
		return p, fmt.Errorf("part %d has no name", n)
	case !utf8.ValidString(name):
		return p, fmt.Errorf("part %d: invalid UTF-8 in its name", n)
	}
	p.name = name
	if p.file, p.isFile = params["filename"]; !p.isFile {
		p.file, p.isFile = extendedName(h.disposition)
	}
	p.file = fileName(p.file)
	if _, params, err := mime.ParseMediaType(h.contentType); err == nil {
		p.charset = params["charset"]
	}
	return p, nil
}

var extendedFileName = regexp.MustCompile(`(?i)filename\*=([^;]*)`)

// extendedName reads a file name in a charset that the package mime does not
// know (RFC 8187): filename*=iso-8859-1'en'%A3%20rates.txt.
func extendedName(disposition string) (name string, ok bool) {
	m := extendedFileName.FindStringSubmatch(disposition)
	if m == nil {
		return "", false
	}
	charset, rest, _ := strings.Cut(m[1], "'")
	_, encoded, _ := strings.Cut(rest, "'")
	raw, err := url.PathUnescape(strings.TrimSpace(encoded))
	if err != nil {
		return "", true
	}
	name, _ = decodeText([]byte(raw), charset) // "" where it cannot be read
	return name, true
}

// decodeTransfer undoes the Content-Transfer-Encoding of a part. Browsers send
// none any more (RFC 7578, 4.7); bridges from mail do.
func decodeTransfer(encoding string, raw []byte) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "", "7bit", "8bit", "binary":
		return raw, nil
	case "base64":
		decoded := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
		n, err := base64.StdEncoding.Decode(decoded, raw)
		if err != nil {
			return nil, errors.New("it is declared as base64, and is none")
		}
		return decoded[:n], nil
	case "quoted-printable":
		decoded := make([]byte, len(raw)) // it never grows
		n, err := io.ReadFull(quotedprintable.NewReader(bytes.NewReader(raw)), decoded)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("it is declared as quoted-printable, and is none")
		}
		return decoded[:n], nil
	}
	return nil, fmt.Errorf("the Content-Transfer-Encoding %.40q is not known", encoding)
}
