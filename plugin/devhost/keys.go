package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/deskhook/deskhook/plugin"
)

// keyFile is keys.json of the data folder: keys of 32 bytes by their id, and
// the one that encrypts. It is read whenever the plugin is enabled. A real
// helpdesk keeps them where it keeps its others.
type keyFile struct {
	Current byte              `json:"current"`
	Keys    map[string][]byte `json:"keys"` // base64
}

// loadKeys reads the key file of a folder, or makes one at the first start.
func loadKeys(folder string) (plugin.Keys, error) {
	path := keyPath(folder)
	text, err := os.ReadFile(path) //nolint:gosec // of the folder that the flag names
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = createKeyFile(path); err != nil {
			return plugin.Keys{}, fmt.Errorf("create the key file: %w", err)
		}
	} else if err != nil {
		return plugin.Keys{}, fmt.Errorf("read the key file: %w", err)
	}
	keys, err := parseKeyFile(text)
	if err != nil {
		return plugin.Keys{}, fmt.Errorf("read %s: %w", path, err)
	}
	return keys, nil
}

func keyPath(folder string) string { return filepath.Join(folder, "keys.json") }

func parseKeyFile(text []byte) (plugin.Keys, error) {
	var f keyFile
	if err := json.Unmarshal(text, &f); err != nil {
		return plugin.Keys{}, errors.New("it is no JSON of a key file") // the cause might quote a key
	}
	keys := plugin.Keys{Current: f.Current, ByID: map[byte][]byte{}}
	for name, key := range f.Keys {
		id, err := strconv.ParseUint(name, 10, 8)
		if err != nil {
			return plugin.Keys{}, fmt.Errorf("a key's id must be a number from 0 to 255, got %q", name)
		}
		if len(key) != 32 {
			return plugin.Keys{}, fmt.Errorf("key %d must have 32 bytes, got %d", id, len(key))
		}
		keys.ByID[byte(id)] = key
	}
	if keys.ByID[keys.Current] == nil {
		return plugin.Keys{}, fmt.Errorf("the current key %d is not among the keys", keys.Current)
	}
	return keys, nil
}

// createKeyFile never writes over another one's.
func createKeyFile(path string) ([]byte, error) {
	text, err := formatKeyFile(plugin.Keys{Current: 1, ByID: map[byte][]byte{1: newKey()}})
	if err != nil {
		return nil, err
	}
	return text, writeNew(path, text)
}

func formatKeyFile(keys plugin.Keys) ([]byte, error) {
	f := keyFile{Current: keys.Current, Keys: map[string][]byte{}}
	for id, key := range keys.ByID {
		f.Keys[strconv.Itoa(int(id))] = key
	}
	text, err := json.MarshalIndent(f, "", "  ")
	return append(text, '\n'), err
}

func newKey() []byte {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return key
}

// writeNew writes a file whole or not at all.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // of the folder that the flag names
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
