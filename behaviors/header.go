package behaviors

import (
	"mime"
	"strings"
)

// MaxAnswerHeader is how large the headers of an answer may be together, in
// bytes.
const MaxAnswerHeader = 32 << 10

// refusedHeaders describe the connection, which is the server's, or have effect
// on the whole origin, which is the host's.
var refusedHeaders = map[string]string{
	"connection": serverWrites, "content-length": serverWrites, "date": serverWrites, "keep-alive": serverWrites,
	"proxy-authenticate": serverWrites, "proxy-connection": serverWrites, "te": serverWrites, "trailer": serverWrites,
	"transfer-encoding": serverWrites, "upgrade": serverWrites,
	"alt-svc": hostsOrigin, "clear-site-data": hostsOrigin, "nel": hostsOrigin, "public-key-pins": hostsOrigin,
	"report-to": hostsOrigin, "reporting-endpoints": hostsOrigin, "service-worker-allowed": hostsOrigin,
	"strict-transport-security": hostsOrigin,
}

const (
	serverWrites = "is written by the server"
	hostsOrigin  = "has effect on the whole origin, which is the helpdesk's"
)

// HeaderNameProblem tells why an answer cannot have a header of this name, or
// "": a phrase that follows the name.
func HeaderNameProblem(name string) string {
	const nameRunes = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if name == "" || strings.Trim(name, nameRunes) != "" {
		return "has characters that a header's name cannot have"
	}
	return refusedHeaders[strings.ToLower(name)]
}

// HeaderValueProblem tells why a header of an answer cannot have a value, or "":
// a phrase that follows the name and shows nothing of the value.
func HeaderValueProblem(name, value string) string {
	switch {
	case strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }):
		return "cannot hold a line break or another control character"
	case len(value) > MaxAnswerHeader:
		return "is larger than 32 KiB"
	case strings.EqualFold(name, "Content-Type") && isScript(value):
		return "names a script, which is not served from the helpdesk's origin"
	}
	return ""
}

// isScript also refuses what it cannot parse: a browser may read it otherwise.
func isScript(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err != nil || strings.Contains(media, "javascript") || strings.Contains(media, "ecmascript") ||
		strings.Contains(media, "jscript") || media == "text/livescript" || media == "application/wasm"
}
