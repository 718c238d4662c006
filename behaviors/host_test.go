package behaviors

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

const evilURL = "https://evil.example/"

func TestCheckSecretHost(t *testing.T) {
	api := []string{"api.example.com"}
	const nowhere = "it has no hosts, so it is sent nowhere; name them where the secret is stored, or as `hosts` of the input"
	const evil = "it may be sent to api.example.com, and not to evil.example:443"
	tests := map[string]struct {
		value         string
		own, declared []string
		target, want  string
	}{
		"its own host":                        {"t", api, nil, "https://api.example.com/v1?a=b#c", ""},
		"one of two":                          {"t", []string{"a.example", "api.example.com"}, nil, "https://api.example.com", ""},
		"the input's host":                    {"t", nil, api, "https://api.example.com/", ""},
		"both":                                {"t", api, api, "https://api.example.com/", ""},
		"a host in upper case":                {"t", []string{"API.example.com"}, nil, "HTTPS://Api.Example.COM/", ""},
		"any port":                            {"t", api, nil, "http://api.example.com:8080/", ""},
		"the port that is named":              {"t", []string{"api.example.com:8443"}, nil, "https://api.example.com:8443/", ""},
		"the scheme's port":                   {"t", []string{"api.example.com:443"}, nil, "https://api.example.com/", ""},
		"an address":                          {"t", []string{"127.0.0.1:8080"}, nil, "http://127.0.0.1:8080/", ""},
		"IPv6":                                {"t", []string{"[2001:db8::1]:8443"}, nil, "https://[2001:DB8:0::1]:8443/", ""},
		"IPv6 as lists have it":               {"t", []string{"2001:db8::1"}, nil, "https://[2001:db8::1]/", ""},
		"a URL, to itself":                    {"https://hooks.example/x", nil, nil, "", ""},
		"a URL, to its host":                  {"https://hooks.example/x", api, nil, "https://hooks.example/y", ""},
		"a URL of a host that is no ASCII":    {"https://hööks.example/x", nil, nil, "", ""},
		"a URL that the input allows":         {"https://hooks.example/x", nil, []string{"hooks.example"}, "", ""},
		"no hosts at all":                     {"t", nil, nil, "https://api.example.com/", nowhere},
		"another host":                        {"t", api, nil, evilURL, evil},
		"the input narrows the secret":        {"t", []string{"api.example.com", "evil.example"}, api, evilURL, evil},
		"the input does not widen the secret": {"t", api, []string{"evil.example"}, evilURL, evil},
		"another port":                        {"t", []string{"api.example.com:443"}, nil, "https://api.example.com:8443/", "it may be sent to api.example.com:443, and not to api.example.com:8443"},
		"another scheme's port":               {"t", []string{"api.example.com:443"}, nil, "http://api.example.com/", "it may be sent to api.example.com:443, and not to api.example.com:80"},
		"a URL, elsewhere":                    {"https://hooks.example/x", api, nil, "https://api.example.com/", "it may be sent to hooks.example, and not to api.example.com:443"},
		"a URL that the input refuses":        {"https://hooks.example/x", nil, api, "", "it may be sent to api.example.com, and not to hooks.example:443"},
		"no URL, to itself":                   {"hooks.example/x", api, nil, "", "it is no URL that begins with https:// or http://"},
		"to no URL":                           {"t", api, nil, "ftp://api.example.com/", "it is no URL that begins with https:// or http://"},
		"an entry that is none":               {"t", []string{"*.example.com", "https://api.example.com"}, nil, "https://api.example.com/", "it may be sent to *.example.com, https://api.example.com, and not to api.example.com:443"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := CheckSecretHost(tt.value, tt.own, tt.declared, tt.target); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// lookAlikes are URLs that lead elsewhere, or may do so for whoever reads them
// otherwise than we do.
var lookAlikes = []string{
	"https://api.example.com.evil.example/", "https://evil.example/api.example.com", "https://evil.example/?api.example.com",
	"https://evil.example/#api.example.com", "https://evil.example#@api.example.com/", "https://api.example.com@evil.example/",
	"https://api.example.com:443@evil.example/", "https://api.example.com%40evil.example/", "https://api.example.com%2eevil.example/",
	"https://user:api.example.com@evil.example/", `https://evil.example\@api.example.com/`, `https://api.example.com\@evil.example/`,
	"https:///api.example.com/", "https:api.example.com", "//api.example.com/", "api.example.com", "https://", "https:/api.example.com",
	"https://xapi.example.com/", "https://api.example.comx/", "https://api.example.co/", "https://api-example.com/", "https://apiXexample.com/",
	"https://example.com/", "https://sub.api.example.com/", "https://api..example.com/", "https://.api.example.com/", "https://api.example.com./",
	"https://api.example.com../", "https://api.example.com:/", "https://api.example.com:0/", "https://api.example.com:99999/",
	"https://api.example.com:0443/", "https://api.example.com:+443/", "https://api.example.com:443:443/", "https://[api.example.com]/",
	"https://аpi.example.com/", "https://api。example。com/", "https://api.example.com。evil.example/", "https://ａpi.example.com/",
	"https://api.example.cοm/", "https://api.exam\u00adple.com/", "https://api.example.com\u200b/", "https://xn--pi-7kc.example.com/",
	" https://api.example.com/", "https://api.example.com /", "https://api.example.com\t/", "https://api.example.com\n/", "https://api.example.com\x00/",
	"https://\tapi.example.com/", "ftp://api.example.com/", "javascript://api.example.com/", "file://api.example.com/", "data:api.example.com",
	"https://2130706433/", "https://127.1/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.0.0.1./", "https://[::ffff:127.0.0.1]/",
	"https://[::1%25api.example.com]/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/",
}

func TestLookAlikesGetNoSecret(t *testing.T) {
	hosts := []string{"api.example.com", "127.0.0.1", "::1"}
	for _, u := range lookAlikes {
		if err := CheckSecretHost("t", hosts, nil, u); err == nil {
			t.Errorf("%q gets the secret", u)
		}
		if err := CheckSecretHost("t", nil, hosts, u); err == nil {
			t.Errorf("%q gets the secret by the input's hosts", u)
		}
		if strings.HasPrefix(strings.TrimSpace(u), "http") {
			if err := CheckSecretHost("https://api.example.com/x", nil, nil, u); err == nil {
				t.Errorf("%q gets the secret that is a URL", u)
			}
		}
	}
}

func TestCheckHost(t *testing.T) {
	for _, entry := range []string{"a.example", "A.example:8443", "127.0.0.1", "[::1]", "::1", "[::1]:80", "localhost", "_x.example", "xn--bcher-kva.example"} {
		if err := CheckHost(entry); err != nil {
			t.Errorf("%s: %v", entry, err)
		}
	}
	for entry, want := range map[string]error{
		"": errHost, " a.example": errHost, "*.example": errHost, "https://a.example": errHost, "a.example/": errHost, "a.example.": errHost,
		"a..example": errHost, "a.example:": errHost, "a.example:0": errHost, "a.example:65536": errHost, "a.example:080": errHost, "-a.example": errHost,
		"[::1": errHost, "[127.0.0.1]": errHost, "[::1%lo]": errHost, "::1%lo": errHost, "user@a.example": errHost, "bücher.example": errIDN, strings.Repeat("a", 254): errHost,
	} {
		if err := CheckHost(entry); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", entry, err, want)
		}
	}
}

// Whatever a URL looks like: a secret goes to it only where the URL's host, as
// the one who calls it reads it, is one of the secret's.
func FuzzSecretHost(f *testing.F) {
	for _, u := range lookAlikes {
		f.Add(u)
	}
	f.Add("https://API.example.com:8443/x?y#z")
	f.Add("http://user:pw@api.example.com")
	f.Fuzz(func(t *testing.T, target string) {
		if target == "" || CheckSecretHost("t", []string{"api.example.com"}, nil, target) != nil {
			return
		}
		u, err := url.Parse(target)
		if err != nil || !strings.EqualFold(u.Hostname(), "api.example.com") || u.Scheme != "https" && u.Scheme != "http" {
			t.Fatalf("%q gets the secret: %+v, %v", target, u, err)
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Host != u.Host {
			t.Fatalf("%q is read otherwise when it is written again: %+v, %v", target, again, err)
		}
	})
}
