package expression

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"net/netip"
	"strings"

	"github.com/google/uuid"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// proofFunctions check who sent a request, and name things. A secret is fetched
// here and goes no further.
func proofFunctions() []*Function {
	secret := func(name string) Param { return Param{Name: name, Secret: true} }
	return []*Function{
		fn("hmac", []Param{param("algorithm", Text), secret("key"), param("text", Any)}, Bytes,
			`the HMAC of a text as bytes, nil where the key is empty; the algorithm is "sha1", "sha256", "sha384" or "sha512"`, `equal_secure(hex(hmac("sha256", inputs.token, request.body)), request.headers["x-signature"]) -> true
hmac("md5", inputs.token, request.body) -> error`, func(m *machine, a []any) any {
				h := algorithm(m.str(a[0], "hmac"))
				if h == nil {
					m.fail("type", algorithms)
				}
				key := m.secret(a[1])
				if key == "" {
					return nil // anybody can compute it
				}
				m.step(8)
				mac := hmac.New(h, []byte(key))
				m.hash(mac, a[2], "hmac")
				return mac.Sum(nil)
			}).binds(func(literals []constant) (builtin, *fault) {
			if name, ok := literals[0].value.(string); ok && algorithm(name) == nil {
				return nil, &fault{0, "bad-argument", algorithms}
			}
			return nil, nil
		}),
		nilSafe(fn("equal_secure", []Param{secret("a"), secret("b")}, Bool, "whether two texts are equal, in constant time; false for nil or empty", `equal_secure(request.headers["x-token"], inputs.token) -> true
equal_secure(nil, nil) -> false`, func(m *machine, a []any) any {
			x, y := m.secret(a[0]), m.secret(a[1])
			if x == "" || len(x) != len(y) {
				return false
			}
			m.take(2 * len(x))
			return hmac.Equal([]byte(x), []byte(y))
		})),
		nilSafe(fn("basic_auth", []Param{param("request", Any), param("user", Text), secret("password")}, Bool, "whether the request carries this user and password", `basic_auth(request, "zapier", inputs.token) -> true`, func(m *machine, a []any) any {
			scheme, value, _ := strings.Cut(authorization(m, a[0]), " ")
			given, err := base64.StdEncoding.DecodeString(value)
			user, password := m.secret(a[1]), m.secret(a[2])
			return err == nil && strings.EqualFold(scheme, "basic") && password != "" && hmac.Equal(given, []byte(user+":"+password))
		})),
		nilSafe(fn("bearer", []Param{param("request", Any), secret("token")}, Bool, "whether the request carries this token", `bearer(request, inputs.token) -> false`, func(m *machine, a []any) any {
			scheme, value, _ := strings.Cut(authorization(m, a[0]), " ")
			token := m.secret(a[1])
			return strings.EqualFold(scheme, "bearer") && token != "" && hmac.Equal([]byte(value), []byte(token))
		})),
		nilSafe(fn("ip_in", []Param{param("ip", Text), param("networks", Any)}, Bool, "whether an address is in one of the networks, or is the one address; false for what is no address", `ip_in(request.client_ip, ["192.0.2.0/24", "2001:db8::/32"]) -> true
ip_in("192.0.2.7", "192.0.2.7") -> true
ip_in("no address", ["192.0.2.0/24"]) -> false
ip_in("192.0.2.7", "192.0.2.x") -> error`, ipIn)),
		{Name: "uuid", Result: Of(Text), Doc: "an id that is the same each time this delivery is run, and another at each place and each item of a list", Example: `len(uuid()) -> 36`, placed: stableID},
	}
}

const algorithms = `the algorithm of hmac is "sha1", "sha256", "sha384" or "sha512"`

func algorithm(name string) func() hash.Hash {
	switch name {
	case "sha1":
		return sha1.New
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return nil
}

// secret is the value of a text or of a reference; nil is empty.
func (m *machine) secret(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		m.text(len(v))
		return v
	case []byte:
		return string(v)
	case Secret:
		if m.f == nil || m.f.Secrets == nil {
			m.fail("secret-missing", "the secret `"+v.Name+"` is not available here")
		}
		value, err := m.f.Secrets(v)
		if err != nil {
			m.fail("secret-missing", "the secret `"+v.Name+"` cannot be read")
		}
		return value
	}
	m.fail("type", "a secret or a text is needed here, but this is "+kindOf(v).String())
	return ""
}

func authorization(m *machine, v any) string {
	r, ok := v.(*payload.Request)
	if !ok {
		m.fail("type", "the first argument is `request`")
	}
	m.step(1 + len(r.Header)/4)
	if values := r.Header.Values("Authorization"); len(values) == 1 {
		m.text(len(values[0]))
		m.take(len(values[0]))
		return values[0]
	}
	return ""
}

func ipIn(m *machine, a []any) any {
	text, _ := a[0].(string)
	m.text(len(text))
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	networks, ok := a[1].([]any)
	if !ok {
		networks = []any{a[1]}
	}
	for _, n := range networks {
		m.step(1)
		if n == nil {
			continue
		}
		network, ok := network(m.str(n, "ip_in"))
		if !ok {
			m.fail("type", "a network is written as 192.0.2.0/24")
		}
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

// network reads a prefix, or a single address. Of one of IPv4 that is written in
// IPv6, as some lists have it, it gives that of IPv4.
func network(text string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		one, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(one, one.BitLen())
	}
	if mapped := prefix.Bits() - 96; prefix.Addr().Is4In6() && mapped >= 0 {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), mapped)
	}
	return prefix, true
}

// idSpace is the namespace of the ids that uuid() makes.
var idSpace = uuid.MustParse("6f9b3c1e-8f0a-5e6b-9a57-2d1c44f0c7aa")

// stableID hashes delivery, place and loop indices (UUID version 5, RFC 9562).
func stableID(positions []int) builtin {
	return func(m *machine, _ []any) any {
		m.step(8)
		m.take(4 * shortText)
		name := []byte(m.f.DeliveryID)
		add := func(n uint64) { name = binary.BigEndian.AppendUint64(name, n) }
		add(uint64(m.f.At))
		add(uint64(m.at.from))
		for _, i := range m.f.Indices {
			add(uint64(i))
		}
		for _, slot := range positions {
			i, _ := m.locals[slot].(int64)
			add(uint64(i))
		}
		return uuid.NewSHA1(idSpace, name).String()
	}
}
