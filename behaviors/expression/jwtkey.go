package expression

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
)

// tokenKey is what tokens are checked with, and the algorithms that it is for
// (RFC 7518, 3.1). value nil: there is none.
type tokenKey struct {
	value   any
	public  bool
	methods []string
}

var (
	errKeyPrivate = errors.New("the key of `jwt` is a private key; store the public one, which begins with -----BEGIN PUBLIC KEY-----")
	errKeyForm    = errors.New("the key of `jwt` is a public key in a form that is not read; store it in PEM, which begins with -----BEGIN PUBLIC KEY-----")
	errKeyKind    = errors.New("the key of `jwt` is of a kind that tokens are not signed with")
	errKeySmall   = errors.New("the RSA key of `jwt` has less than 2048 bits")
)

// smallestRSA is the least that RFC 7518 (3.3) allows, in bits.
const smallestRSA = 2048

// readTokenKey takes a text for a shared secret, unless it is anything like a
// public key: whoever has that could sign with it as a secret.
func readTokenKey(text string) (tokenKey, error) {
	block, _ := pem.Decode([]byte(text))
	switch {
	case text == "":
		return tokenKey{}, nil
	case block == nil && likePublicKey(text):
		return tokenKey{}, errKeyForm
	case block == nil:
		return tokenKey{value: []byte(text), methods: []string{"HS256", "HS384", "HS512"}}, nil
	case strings.Contains(block.Type, "PRIVATE"):
		return tokenKey{}, errKeyPrivate
	}
	key, err := publicKey(block)
	if err != nil {
		return tokenKey{}, errKeyForm
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < smallestRSA {
			return tokenKey{}, errKeySmall
		}
		return tokenKey{key, true, []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}}, nil
	case *ecdsa.PublicKey:
		if method := curveMethods[key.Params().BitSize]; method != "" {
			return tokenKey{key, true, []string{method}}, nil
		}
	case ed25519.PublicKey:
		return tokenKey{key, true, []string{"EdDSA"}}, nil
	}
	return tokenKey{}, errKeyKind
}

// curveMethods are the algorithms of curves by their size: each has its one.
var curveMethods = map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}

// publicKey reads a key by itself, or that of a certificate; its dates do not
// count, as it was chosen by whoever stored it.
func publicKey(block *pem.Block) (any, error) {
	switch block.Type {
	case "PUBLIC KEY":
		return x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return certificate.PublicKey, nil
	}
	return nil, errKeyForm
}

// likePublicKey tells whether a text that is no PEM is a public key all the
// same: one that lost its first line, a JSON Web Key, one of SSH.
func likePublicKey(text string) bool {
	text = strings.TrimSpace(text)
	for _, beginning := range []string{"{", "ssh-", "ecdsa-"} {
		if strings.HasPrefix(text, beginning) {
			return true
		}
	}
	if strings.Contains(text, "-----BEGIN") {
		return true
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return false
	}
	_, err = x509.ParsePKIXPublicKey(der)
	if err != nil {
		_, err = x509.ParseCertificate(der)
	}
	if err != nil {
		_, err = x509.ParsePKCS1PublicKey(der)
	}
	return err == nil
}
