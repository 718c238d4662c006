package handlers

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/deskhook/deskhook/behaviors/outbound"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// anywhere allows private networks: a listener's URL comes of the configuration
// and not of a payload. A cloud's metadata service stays out of reach.
var anywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// Post sends a request to a listener's URL as a provider does, path and query
// behind it. It follows no redirect. Errors are *outbound.Error, without the
// URL, which is a secret.
func Post(ctx context.Context, listener string, r *payload.Request, timeout time.Duration) (*outbound.Response, error) {
	target := listener + r.Path
	if r.RawQuery != "" {
		target += "?" + r.RawQuery
	}
	header := http.Header{}
	for _, f := range r.Header {
		switch http.CanonicalHeaderKey(f.Name) {
		case "Host", "Content-Length", "Transfer-Encoding", "Connection": // of this message, not of the file's
		default:
			header.Add(f.Name, f.Value)
		}
	}
	client := outbound.New(outbound.Options{Allow: anywhere})
	defer client.Close()
	return client.Do(ctx, outbound.Request{Method: r.Method, URL: target, Header: header, Body: r.Body, Timeout: timeout})
}
