package models

import (
	"crypto/cipher"
	"crypto/rand"
	"fmt"

	"github.com/klauspost/compress/s2"
	"golang.org/x/crypto/chacha20poly1305"
)

// Keys are the host's keys for encrypting secrets and bodies: 32 bytes each, by
// an id of one byte. Current encrypts; all decrypt.
type Keys struct {
	Current byte
	ByID    map[byte][]byte
}

// compressAbove is the size from which a value is compressed before it is sealed.
const compressAbove = 1 << 10

// First byte of what is sealed: how the rest is written.
const (
	plainRaw byte = 0
	plainS2  byte = 1
)

// keyring seals and opens values. A sealed value is the key's id, a nonce of 24
// bytes, and XChaCha20-Poly1305 over the value; the identity of its row and
// column is authenticated with it, so a value moved to another row does not open.
type keyring struct {
	current byte
	byID    map[byte]cipher.AEAD
}

func newKeyring(k Keys) (*keyring, error) {
	ring := &keyring{current: k.Current, byID: make(map[byte]cipher.AEAD, len(k.ByID))}
	for id, key := range k.ByID {
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return nil, fmt.Errorf("models: key %d must be %d bytes long, it has %d", id, chacha20poly1305.KeySize, len(key))
		}
		ring.byID[id] = aead
	}
	if ring.byID[k.Current] == nil {
		return nil, fmt.Errorf("models: the current key %d is not among the keys", k.Current)
	}
	return ring, nil
}

// seal encrypts a value for the place that identity names; nil stays nil.
func (k *keyring) seal(identity string, value []byte) []byte {
	if value == nil {
		return nil
	}
	var plain []byte
	if len(value) > compressAbove {
		plain = make([]byte, 1+s2.MaxEncodedLen(len(value)))
		plain[0] = plainS2
		plain = plain[:1+len(s2.Encode(plain[1:], value))]
	} else {
		plain = append(make([]byte, 0, 1+len(value)), plainRaw)
		plain = append(plain, value...)
	}
	aead := k.byID[k.current]
	head := 1 + chacha20poly1305.NonceSizeX
	sealed := make([]byte, head, head+len(plain)+aead.Overhead())
	sealed[0] = k.current
	rand.Read(sealed[1:head]) // never fails
	return aead.Seal(sealed, sealed[1:head], plain, []byte(identity))
}

// isCurrent tells whether a value was sealed with the current key, or is none.
func (k *keyring) isCurrent(sealed []byte) bool { return len(sealed) == 0 || sealed[0] == k.current }

// open reverses seal. ErrUnreadable, which never tells anything of the value.
func (k *keyring) open(identity string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	aead := k.byID[sealed[0]]
	if aead == nil {
		return nil, fmt.Errorf("%w: %s was encrypted with key %d, which the host does not have", ErrUnreadable, identity, sealed[0])
	}
	head := 1 + chacha20poly1305.NonceSizeX
	if len(sealed) < head {
		return nil, fmt.Errorf("%w: %s is cut short", ErrUnreadable, identity)
	}
	plain, err := aead.Open(nil, sealed[1:head], sealed[head:], []byte(identity))
	if err != nil || len(plain) == 0 {
		return nil, fmt.Errorf("%w: %s does not open with key %d, which may have changed", ErrUnreadable, identity, sealed[0])
	}
	switch plain[0] {
	case plainRaw:
		return plain[1:], nil
	case plainS2:
		value, err := s2.Decode(nil, plain[1:])
		if err != nil {
			return nil, fmt.Errorf("%w: %s does not decompress", ErrUnreadable, identity)
		}
		return value, nil
	default:
		return nil, fmt.Errorf("%w: %s is written in a form of a newer version", ErrUnreadable, identity)
	}
}
