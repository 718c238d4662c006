package main

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"path/filepath"
	"strings"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

// pairs is a flag of texts in two halves, which may be given more than once.
type pairs struct {
	separator string
	list      [][2]string
}

func (p *pairs) String() string { return "" }

func (p *pairs) Set(text string) error {
	name, value, ok := strings.Cut(text, p.separator)
	if name = strings.TrimSpace(name); !ok || name == "" {
		return fmt.Errorf("must look like NAME%sVALUE", p.separator)
	}
	p.list = append(p.list, [2]string{name, strings.TrimSpace(value)})
	return nil
}

// send signs a body as its provider would, with the present time, and posts it.
func send(ctx context.Context, args []string, stdout, stderr console) error {
	set, headers := pairs{separator: "="}, pairs{separator: ":"}
	fs := newFlags("send", "-url URL -provider NAME -key KEY [flags] FILE", stderr)
	target := fs.String("url", "", "the listener's `URL`")
	provider := fs.String("provider", "", "`name` of who signs: "+strings.Join(plugin.Providers(), ", "))
	key := fs.String("key", "", "the listener's signing `key`")
	contentType := fs.String("type", "", "content `type` of the file; empty: by its name")
	times := fs.Int("times", 1, "how `often` to post the same signed request, as providers do that retry")
	fs.Var(&set, "set", "`path=value` to put into the body first, such as event-data.recipient=anna@example.com; may be given again")
	fs.Var(&headers, "header", "`name:value` to send along, such as X-GitHub-Event:issues; may be given again")
	if err := fs.Parse(args); err != nil {
		return &usageError{err}
	}
	if *target == "" || *provider == "" || *key == "" || fs.NArg() != 1 || *times < 1 {
		return &usageError{errors.New("send: needs -url, -provider and -key, and behind all flags one file")}
	}
	r, err := readOutgoing(fs.Arg(0), *contentType)
	if err != nil {
		return &usageError{fmt.Errorf("send: %w", err)}
	}
	for _, h := range headers.list {
		r.Header = r.Header.With(h[0], h[1])
	}
	for _, s := range set.list {
		if err := plugin.Set(r, s[0], s[1]); err != nil {
			return &usageError{fmt.Errorf("send: set %s: %w", s[0], err)}
		}
	}
	if err := plugin.Sign(r, *provider, *key, time.Now()); err != nil {
		return &usageError{fmt.Errorf("send: %w", err)}
	}
	refused := false
	for range *times {
		answer, err := plugin.Post(ctx, *target, r)
		if err != nil {
			return fmt.Errorf("send: %w", err)
		}
		stdout.printf("%s\n", answer.Status)
		if len(answer.Body) > 0 {
			stdout.printf("%s\n", strings.TrimSuffix(string(answer.Body), "\n"))
		}
		refused = refused || answer.Code >= 400
	}
	if refused {
		return errReported
	}
	return nil
}

// contentTypes of bodies in files, by the ending of their names.
var contentTypes = map[string]string{
	".json": "application/json",
	".form": "application/x-www-form-urlencoded",
	".xml":  "application/xml",
	".txt":  "text/plain; charset=utf-8",
}

// readOutgoing reads a body, or a request file where the name ends in .http.
func readOutgoing(path, contentType string) (*plugin.Request, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	extension := filepath.Ext(path)
	if extension == ".http" {
		r, err := plugin.ReadRequest(text)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		return r, nil
	}
	switch {
	case contentType != "":
	case extension == ".multipart":
		// The boundary is the first line, behind two dashes.
		line, _, _ := strings.Cut(string(text), "\n")
		boundary := strings.TrimPrefix(strings.TrimRight(line, "\r \t"), "--")
		contentType = mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": boundary})
	default:
		if contentType = contentTypes[extension]; contentType == "" {
			return nil, fmt.Errorf("%s does not say by its name what it is: give -type", path)
		}
	}
	r := &plugin.Request{Method: "POST", Body: text}
	r.Header = r.Header.With("Content-Type", contentType)
	return r, nil
}
