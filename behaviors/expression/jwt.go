package expression

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/deskhook/deskhook/behaviors/payload"
)

const (
	// jwtLeeway is how far the clocks of a sender and of this server may be apart.
	jwtLeeway = time.Minute
	// maxToken bounds a token, in bytes: a header of HTTP holds no longer one.
	maxToken = 64 << 10
	// verifyCost is charged for a signature by a public key. The dearest, of
	// P-521, takes about a millisecond.
	verifyCost = 10_000
)

func tokenFunctions() []*Function {
	return []*Function{
		proves(fn("jwt", []Param{param("token", Text), {Name: "key", Secret: true}}, Map,
			"the claims of a JSON Web Token, or nil where its signature, exp, nbf or iat does not hold at the moment of receipt ("+strconv.Itoa(int(jwtLeeway.Seconds()))+" s apart at most). "+
				"The key says which algorithms count: a secret text HS256, HS384 and HS512; a public key in PEM those of its kind (RS, PS, ES, EdDSA). Compare iss and aud yourself",
			`jwt(payload.token, inputs.token).iss == "https://login.example.com" -> true
jwt("no.token.here", inputs.token) -> nil`, verifyToken)),
	}
}

// verifyToken checks a token as RFC 8725 asks: the algorithm is the key's and
// never the token's to choose. It leaves the compact form, the signature and the
// claims about time to golang-jwt; JSON is read as that of a body.
func verifyToken(m *machine, a []any) any {
	token, ok := a[0].(string)
	if !ok || len(token) > maxToken {
		return nil
	}
	m.text(len(token))
	m.take(decodedToken * len(token))
	key, err := readTokenKey(m.secret(a[1]))
	switch {
	case err != nil:
		m.fail("bad-key", err.Error())
	case key.value == nil:
		return nil // without a key nothing is proved
	case key.public:
		m.step(verifyCost)
	}
	parser := jwt.NewParser(jwt.WithValidMethods(key.methods), jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return m.f.ReceivedAt }), jwt.WithLeeway(jwtLeeway), jwt.WithIssuedAt())
	var claims tokenClaims
	read, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return key.value, nil })
	if err != nil || claims == nil { // nil: `null` stands for them
		return nil
	}
	if _, critical := read.Header["crit"]; critical {
		return nil // an extension that must be understood (RFC 7515, 4.1.11)
	}
	return map[string]any(claims)
}

// decodedToken is what a byte of a token takes at most once it is decoded, in
// its header and in its claims: "{}," can be a map.
const decodedToken = 64

// tokenClaims are the claims, as the JSON of a body is read: a number is exact,
// and of a name that stands twice the last one counts (RFC 7519, 4).
type tokenClaims map[string]any

// UnmarshalJSON implements json.Unmarshaler.
func (c *tokenClaims) UnmarshalJSON(text []byte) error {
	v, err := payload.ParseJSON(string(text), payload.DefaultLimits)
	if err != nil {
		return err
	}
	claims, ok := v.(map[string]any)
	if !ok {
		return errors.New("the claims are no map")
	}
	*c = claims
	return nil
}

var errNoDate = errors.New("a claim about time is no number of seconds")

// lastMoment is the end of the year 9999, beyond which nobody means a time.
const lastMoment = 253402300799

// moment reads a claim about time; nil where there is none.
func (c tokenClaims) moment(name string) (*jwt.NumericDate, error) {
	v, given := c[name]
	if !given {
		return nil, nil
	}
	var seconds float64
	switch v := v.(type) {
	case int64:
		seconds = float64(v)
	case float64:
		seconds = v
	default:
		return nil, errNoDate
	}
	if seconds < 0 || seconds > lastMoment {
		return nil, errNoDate
	}
	whole, part := math.Modf(seconds)
	return &jwt.NumericDate{Time: time.Unix(int64(whole), int64(part*1e9))}, nil
}

// GetExpirationTime implements jwt.Claims.
func (c tokenClaims) GetExpirationTime() (*jwt.NumericDate, error) { return c.moment("exp") }

// GetNotBefore implements jwt.Claims.
func (c tokenClaims) GetNotBefore() (*jwt.NumericDate, error) { return c.moment("nbf") }

// GetIssuedAt implements jwt.Claims.
func (c tokenClaims) GetIssuedAt() (*jwt.NumericDate, error) { return c.moment("iat") }

// GetIssuer implements jwt.Claims; who issued a token is the behavior's to
// compare, and so are its audience and subject.
func (c tokenClaims) GetIssuer() (string, error) { return "", nil }

// GetAudience implements jwt.Claims.
func (c tokenClaims) GetAudience() (jwt.ClaimStrings, error) { return nil, nil }

// GetSubject implements jwt.Claims.
func (c tokenClaims) GetSubject() (string, error) { return "", nil }
