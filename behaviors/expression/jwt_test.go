package expression

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/deskhook/deskhook/behaviors/payload"
)

// claimsOf gives what jwt makes of a token, printed, and the code of an error.
func claimsOf(t testing.TB, token any, key string, at time.Time) (claims, code string) {
	t.Helper()
	paths := new(payload.Paths)
	c, problems := Compile(`jwt(plain, inputs.key)`, testConfig(paths))
	if c == nil {
		t.Fatal(problems)
	}
	f := testFrame(t, paths, `{}`)
	f.Slots[slotLazy], f.ReceivedAt = token, at
	f.Secrets = func(Secret) (string, error) { return key, nil }
	v, err := c.Eval(f)
	if err != nil {
		return "", asError(err).Code
	}
	return show(t, v), ""
}

func publicPEM(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func unBase64(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The claims of RFC 7515, appendix A, and of RFC 7519, 3.1.
const rfcClaims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

func TestTokensOfTheRFC(t *testing.T) {
	number := func(text string) *big.Int { return new(big.Int).SetBytes(unBase64(t, text)) }
	secret := string(unBase64(t, "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
	rsaKey := &rsa.PublicKey{E: 65537, N: number("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ")}
	point := slices.Concat([]byte{4}, unBase64(t, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), unBase64(t, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
	ecKey, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	const expiry = 1300819380
	tests := []struct{ name, header, signature, key string }{
		{"A.1, HS256", "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", secret},
		{"A.2, RS256", "eyJhbGciOiJSUzI1NiJ9", "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw", publicPEM(t, rsaKey)},
		{"A.3, ES256", "eyJhbGciOiJFUzI1NiJ9", "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q", publicPEM(t, ecKey)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := test.header + "." + rfcClaims + "." + test.signature
			for _, at := range []struct {
				seconds int64
				want    string
			}{
				{expiry - 100, `{"exp":1300819380,"http://example.com/is_root":true,"iss":"joe"}`},
				{expiry + 59, `{"exp":1300819380,"http://example.com/is_root":true,"iss":"joe"}`},
				{expiry + 60, "null"},
			} {
				if got, code := claimsOf(t, token, test.key, time.Unix(at.seconds, 0)); got != at.want || code != "" {
					t.Errorf("at %d: got %s %s, want %s", at.seconds-expiry, got, code, at.want)
				}
			}
			for _, other := range tests {
				if other.name == test.name {
					continue
				}
				if got, code := claimsOf(t, token, other.key, time.Unix(expiry, 0)); got != "null" || code != "" {
					t.Errorf("with the key of %s: got %s %s, want nil", other.name, got, code)
				}
			}
		})
	}
	unsecured := "eyJhbGciOiJub25lIn0." + rfcClaims + "." // A.5
	if got, _ := claimsOf(t, unsecured, secret, time.Unix(expiry, 0)); got != "null" {
		t.Errorf("an unsecured token gives %s", got)
	}
}

// signed makes a token of any header and claims.
func signed(t testing.TB, method jwt.SigningMethod, key any, header, claims string) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	signature, err := method.Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// tokenKeys are a key of each kind, with the algorithms that are its own.
func tokenKeys(t testing.TB) map[string]struct {
	private any
	public  string
	own     []jwt.SigningMethod
} {
	t.Helper()
	type keys = map[string]struct {
		private any
		public  string
		own     []jwt.SigningMethod
	}
	made := keys{}
	add := func(name string, key crypto.Signer, err error, own ...jwt.SigningMethod) {
		if err != nil {
			t.Fatal(err)
		}
		made[name] = keys{name: {key, publicPEM(t, key.Public()), own}}[name]
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	add("RSA", rsaKey, err, jwt.SigningMethodRS256, jwt.SigningMethodRS384, jwt.SigningMethodRS512,
		jwt.SigningMethodPS256, jwt.SigningMethodPS384, jwt.SigningMethodPS512)
	for curve, method := range map[elliptic.Curve]jwt.SigningMethod{
		elliptic.P256(): jwt.SigningMethodES256, elliptic.P384(): jwt.SigningMethodES384, elliptic.P521(): jwt.SigningMethodES512,
	} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		add(curve.Params().Name, key, err, method)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	add("Ed25519", edKey, err, jwt.SigningMethodEdDSA)
	made["secret"] = keys{"": {[]byte("a shared secret"), "a shared secret", []jwt.SigningMethod{
		jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512,
	}}}[""]
	return made
}

// A key takes the algorithms of its kind, and no token can choose another.
func TestAlgorithmsAreTheKeys(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	keys := tokenKeys(t)
	for name, key := range keys {
		for _, method := range key.own {
			header := fmt.Sprintf(`{"alg":%q,"typ":"JWT"}`, method.Alg())
			token := signed(t, method, key.private, header, `{"sub":"7"}`)
			for other, with := range keys {
				want := "null"
				if other == name {
					want = `{"sub":"7"}`
				}
				if got, code := claimsOf(t, token, with.public, at); got != want || code != "" {
					t.Errorf("%s of %s with the key %s: got %s %s, want %s", method.Alg(), name, other, got, code, want)
				}
			}
		}
	}
}

// What RFC 8725 (2 and 3) warns of.
func TestForgedTokens(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	keys := tokenKeys(t)
	const claims = `{"sub":"7"}`
	hs256 := func(key, header, claims string) string {
		return signed(t, jwt.SigningMethodHS256, []byte(key), header, claims)
	}
	encoded := base64.RawURLEncoding.EncodeToString
	good := hs256("a shared secret", `{"alg":"HS256"}`, claims)
	head, rest, _ := strings.Cut(good, ".")
	body, proof, _ := strings.Cut(rest, ".")
	type forged struct{ name, token, key string }
	var tests []forged
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "", "HS", "hs256", "HS256 ", "RS256"} {
		header := encoded(fmt.Appendf(nil, `{"alg":%q}`, alg))
		tests = append(tests, forged{"alg " + alg + " without a signature", header + "." + body + ".", "a shared secret"},
			forged{"alg " + alg + " with one", header + "." + body + "." + proof, "a shared secret"})
	}
	for name, key := range keys {
		if name == "secret" {
			continue
		}
		block, _ := pem.Decode([]byte(key.public))
		tests = append(tests,
			forged{"the public key as a secret: " + name, hs256(key.public, `{"alg":"HS256"}`, claims), key.public},
			forged{"without its newline: " + name, hs256(strings.TrimSpace(key.public), `{"alg":"HS256"}`, claims), key.public},
			forged{"its bytes: " + name, hs256(string(block.Bytes), `{"alg":"HS256"}`, claims), key.public},
			forged{"none: " + name, encoded([]byte(`{"alg":"none"}`)) + "." + body + ".", key.public},
		)
	}
	zeros := func(n int) string { return encoded(make([]byte, n)) }
	jwk := encoded([]byte(`{"alg":"HS256","jwk":{"kty":"oct","k":"eA"},"jku":"https://evil.example/k","kid":"../../dev/null","x5u":"https://evil.example"}`))
	tests = append(tests, []forged{
		{"r and s are zero", encoded([]byte(`{"alg":"ES256"}`)) + "." + body + "." + zeros(64), keys["P-256"].public},
		{"zeros for Ed25519", encoded([]byte(`{"alg":"EdDSA"}`)) + "." + body + "." + zeros(64), keys["Ed25519"].public},
		{"a signature of another length", encoded([]byte(`{"alg":"ES256"}`)) + "." + body + "." + zeros(96), keys["P-256"].public},
		{"an empty signature", head + "." + body + ".", "a shared secret"},
		{"a signature cut short", head + "." + body + "." + proof[:20], "a shared secret"},
		{"other claims", head + "." + encoded([]byte(`{"sub":"8"}`)) + "." + proof, "a shared secret"},
		{"a key in the header", jwk + "." + body + "." + proof, "a shared secret"},
		{"an empty key", hs256("", `{"alg":"HS256"}`, claims), ""},
		{"a key that is white space, by another", good, " "},
		{"crit", hs256("a shared secret", `{"alg":"HS256","crit":["b64"],"b64":false}`, claims), "a shared secret"},
		{"no alg", hs256("a shared secret", `{"typ":"JWT"}`, claims), "a shared secret"},
		{"an alg that is no text", hs256("a shared secret", `{"alg":["HS256"]}`, claims), "a shared secret"},
		{"a header that is a list", hs256("a shared secret", `[]`, claims), "a shared secret"},
		{"claims that are a list", hs256("a shared secret", `{"alg":"HS256"}`, `[1]`), "a shared secret"},
		{"claims that are nil", hs256("a shared secret", `{"alg":"HS256"}`, `null`), "a shared secret"},
		{"claims that are a text", hs256("a shared secret", `{"alg":"HS256"}`, `"sub"`), "a shared secret"},
		{"claims that are no JSON", hs256("a shared secret", `{"alg":"HS256"}`, `{"sub":`), "a shared secret"},
		{"claims nested deep", hs256("a shared secret", `{"alg":"HS256"}`, `{"a":`+strings.Repeat("[", 200)+strings.Repeat("]", 200)+`}`), "a shared secret"},
		{"four parts", good + ".x", "a shared secret"}, {"encrypted: five parts", good + ".x.y", "a shared secret"},
		{"two parts", head + "." + body, "a shared secret"}, {"one", "x", "a shared secret"}, {"none at all", "", "a shared secret"}, {"dots", "..", "a shared secret"},
		{"padding", head + "." + body + "." + proof + "=", "a shared secret"}, {"a blank behind", good + " ", "a shared secret"}, {"a newline", head + ".\n" + body + "." + proof, "a shared secret"},
		{"its scheme before it", "Bearer " + good, "a shared secret"},
		{"too long", hs256("a shared secret", `{"alg":"HS256"}`, `{"a":"`+strings.Repeat("x", maxToken)+`"}`), "a shared secret"},
	}...)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, code := claimsOf(t, test.token, test.key, at); got != "null" || code != "" {
				t.Errorf("got %s %s, want nil", got, code)
			}
		})
	}
	if got, code := claimsOf(t, good, "a shared secret", at); got != claims || code != "" {
		t.Errorf("what was forged is wrong by itself: %s %s", got, code)
	}
}

// A key that was stored in another form is told, and never taken for a secret.
func TestKeysOfTokens(t *testing.T) {
	keys := tokenKeys(t)
	private, err := x509.MarshalPKCS8PrivateKey(keys["RSA"].private)
	if err != nil {
		t.Fatal(err)
	}
	armored := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey := keys["RSA"].private.(*rsa.PrivateKey)
	unarmored := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(keys["RSA"].public, "-----BEGIN PUBLIC KEY-----"), "-----END PUBLIC KEY-----\n"))
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey.Public(), rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, key string
		want      error
		value     bool
	}{
		{"a public key", keys["RSA"].public, nil, true},
		{"text before it", "My key:\n" + keys["RSA"].public, nil, true},
		{"of PKCS #1", armored("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)), nil, true},
		{"of a certificate", armored("CERTIFICATE", certificate), nil, true},
		{"a secret", "hunter2", nil, true}, {"a secret in base64", "c2VjcmV0c2VjcmV0c2VjcmV0", nil, true}, {"none", "", nil, false},
		{"a private key", armored("PRIVATE KEY", private), errKeyPrivate, false},
		{"cut short", keys["RSA"].public[:100], errKeyForm, false},
		{"damaged", armored("PUBLIC KEY", []byte("x")), errKeyForm, false},
		{"a damaged certificate", armored("CERTIFICATE", []byte("x")), errKeyForm, false},
		{"another block", armored("EC PARAMETERS", []byte("x")), errKeyForm, false},
		{"without its first line", unarmored, errKeyForm, false},
		{"a certificate without its first line", base64.StdEncoding.EncodeToString(certificate), errKeyForm, false},
		{"PKCS #1 without its first line", base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)), errKeyForm, false},
		{"in one line", strings.ReplaceAll(keys["RSA"].public, "\n", `\n`), errKeyForm, false},
		{"a JSON Web Key", ` {"kty":"RSA"}`, errKeyForm, false}, {"of SSH", "ssh-ed25519 AAAA me", errKeyForm, false},
		{"a small RSA key", publicPEM(t, small.Public()), errKeySmall, false},
		{"another curve", publicPEM(t, p224.Public()), errKeyKind, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			key, err := readTokenKey(test.key)
			if !errors.Is(err, test.want) || (key.value != nil) != test.value {
				t.Errorf("got %v, %v; want %v", key, err, test.want)
			}
		})
	}
	if _, code := claimsOf(t, "a.b.c", armored("PRIVATE KEY", private), time.Unix(0, 0)); code != "bad-key" {
		t.Errorf("got code %q, want bad-key", code)
	}
}

func TestTimesOfTokens(t *testing.T) {
	const now = 1_700_000_000
	for _, test := range []struct {
		claims string
		valid  bool
	}{
		{`{}`, true},
		{`{"exp":1700000000}`, true}, {`{"exp":1699999941}`, true}, {`{"exp":1699999940}`, false}, {`{"exp":1699999940.5}`, true},
		{`{"nbf":1700000060}`, true}, {`{"nbf":1700000061}`, false}, {`{"iat":1700000060}`, true}, {`{"iat":1700000061}`, false},
		{`{"iat":1}`, true}, {`{"exp":9223372036854775807}`, false}, {`{"nbf":9223372036854775807}`, false}, {`{"nbf":-1}`, false},
		{`{"exp":"1700000100"}`, false}, {`{"exp":null}`, false}, {`{"exp":true}`, false}, {`{"nbf":[]}`, false}, {`{"exp":123456789012345678901234567890}`, false},
		{`{"exp":1,"exp":1700000100}`, true}, {`{"exp":1700000100,"exp":1}`, false}, {`{"EXP":1}`, true},
	} {
		t.Run(test.claims, func(t *testing.T) {
			token := signed(t, jwt.SigningMethodHS256, []byte("k"), `{"alg":"HS256"}`, test.claims)
			got, code := claimsOf(t, token, "k", time.Unix(now, 0))
			if (got != "null") != test.valid || code != "" {
				t.Errorf("got %s %s, want it valid: %v", got, code, test.valid)
			}
		})
	}
	token := signed(t, jwt.SigningMethodHS256, []byte("k"), `{"alg":"HS256"}`, `{"id":12345678901234567890123,"n":1.5}`)
	if got, _ := claimsOf(t, token, "k", time.Unix(now, 0)); got != `{"id":12345678901234567890123,"n":1.5}` {
		t.Errorf("a large number is %s", got)
	}
	for _, v := range []any{nil, int64(1), true, []any{}, map[string]any{}} {
		if got, code := claimsOf(t, v, "k", time.Unix(now, 0)); got != "null" || code != "" {
			t.Errorf("of %v: got %s %s, want nil", v, got, code)
		}
	}
}

// FuzzToken: nothing but a token that is signed with the key has claims.
func FuzzToken(f *testing.F) {
	good := signed(f, jwt.SigningMethodHS256, []byte("k"), `{"alg":"HS256"}`, `{"a":1}`)
	for _, seed := range []string{good, good + ".", "..", "a.b.c", "eyJhbGciOiJub25lIn0." + rfcClaims + ".", strings.ToUpper(good)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		got, code := claimsOf(t, token, "k", time.Unix(0, 0))
		if code != "" && !strings.HasPrefix(code, "budget-") {
			t.Fatalf("code %s", code)
		}
		text, signature, _ := cutLast(token, ".")
		proof, err := jwt.SigningMethodHS256.Sign(text, []byte("k"))
		genuine := err == nil && signature == base64.RawURLEncoding.EncodeToString(proof)
		if code == "" && got != "null" && !genuine && !strings.Contains(headerOf(token), "384") && !strings.Contains(headerOf(token), "512") {
			t.Errorf("%q has claims: %s", token, got)
		}
	})
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func headerOf(token string) string {
	head, _, _ := strings.Cut(token, ".")
	b, _ := base64.RawURLEncoding.DecodeString(head)
	return string(b)
}
