package behaviors

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// host is where a URL leads, or an entry of a list of hosts: a name in lower
// case and ASCII, or an address. A port of "" in an entry is any.
type host struct {
	name, port string
}

func (h host) String() string {
	name := h.name
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if h.port != "" {
		return name + ":" + h.port
	}
	return name
}

var (
	errHost = errors.New("is no host: write its name, such as api.example.com, or its address, with a port where only that one is meant")
	errIDN  = errors.New("is no host in ASCII: write its name in the form that begins with xn--")
	// hostName is what may be compared as it is: whatever a resolver or a
	// browser would read as something else is none.
	hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)
)

// parseHost reads "api.example.com", "127.0.0.1:8080" or "[::1]:8080".
func parseHost(text string) (host, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() && addr.Zone() == "" {
		return host{addr.String(), ""}, nil // as lists have it, without brackets
	}
	name, port := strings.ToLower(text), ""
	if strings.IndexFunc(name, func(r rune) bool { return r > '~' }) >= 0 {
		return host{}, errIDN
	}
	if i := strings.LastIndexByte(name, ':'); i >= 0 && !strings.HasSuffix(name, "]") {
		name, port = name[:i], name[i+1:]
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
			return host{}, errHost
		}
	}
	if inner, ok := strings.CutPrefix(name, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !strings.HasSuffix(name, "]") || !addr.Is6() || addr.Zone() != "" {
			return host{}, errHost
		}
		return host{addr.String(), port}, nil
	}
	if len(name) > 253 || !hostName.MatchString(name) {
		return host{}, errHost
	}
	return host{name, port}, nil
}

// CheckHost says what is wrong with an entry of a list of hosts: a name or an
// address, with a port where only that one is meant.
func CheckHost(entry string) error {
	_, err := parseHost(entry)
	return err
}

var (
	errNoURL   = errors.New("it is no URL that begins with https:// or http://")
	errURLHost = errors.New("the URL's host is written in a way that cannot be compared with the hosts of a secret")
)

// parseURLHost gives the host and the port that a URL leads to. It reads the URL
// as whoever calls it does.
func parseURLHost(text string) (host, error) {
	written, isURL := urlHost(text)
	if !isURL {
		return host{}, errNoURL
	}
	h, err := parseHost(written)
	if err != nil {
		return host{}, errURLHost
	}
	if h.port == "" {
		h.port = "80"
		if strings.EqualFold(text[:len("https")], "https") {
			h.port = "443"
		}
	}
	return h, nil
}

// urlHost is the host of a URL as it is written. isURL: the text is one that can
// be called.
func urlHost(text string) (written string, isURL bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", false
	}
	return u.Host, u.Host != ""
}

// includes tells whether entries name a host, exactly.
func includes(entries []string, h host) bool {
	return slices.ContainsFunc(entries, func(text string) bool {
		e, err := parseHost(text)
		return err == nil && h.fits(e)
	})
}

// CheckSecretHost tells whether the value of a secret may be sent to a URL: nil,
// or why not, in words that tell of the value at most a URL's host. One that is
// itself a URL belongs to that URL's host, any other to its own hosts; where the
// input declares hosts, too, they must include the URL's. With no hosts at all it
// may be sent nowhere. A target of "" is the URL that the value itself is.
func CheckSecretHost(value string, own, declared []string, target string) error {
	itself, isURL := urlHost(value)
	switch {
	case target == "" && !isURL:
		return errNoURL
	case target == "" && len(declared) == 0:
		return nil // wherever it leads, it is its own
	case target == "":
		target = value
	case isURL:
		own = []string{itself}
	case len(own) == 0 && len(declared) == 0:
		return errors.New("it has no hosts, so it is sent nowhere; name them where the secret is stored, or as `hosts` of the input")
	}
	to, err := parseURLHost(target)
	if err != nil {
		return err
	}
	for _, hosts := range [][]string{own, declared} {
		if len(hosts) > 0 && !includes(hosts, to) {
			return fmt.Errorf("it may be sent to %s, and not to %s", strings.Join(hosts, ", "), to)
		}
	}
	return nil
}

// SecretHosts are the hosts that the document declares for a secret input.
func (e *Evaluation) SecretHosts(s expression.Secret) []string {
	for _, in := range e.p.inputs {
		if in.Name == s.Name {
			return in.Hosts
		}
	}
	return nil
}
