package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/deskhook/deskhook/plugin"
)

// rotateKey adds a key to the ring of the key file. The old ones stay: they read
// what was encrypted with them.
func rotateKey(_ context.Context, args []string, stdout, stderr console) error {
	fs := newFlags("rotate-key", "[-data FOLDER] [-add | -use ID]", stderr)
	data := fs.String("data", "./data", "`folder` of the key file")
	add := fs.Bool("add", false, "only add a key, and go on to encrypt with the old one: where several nodes must know it first")
	use := fs.Uint("use", 0, "`id` of a key of the file to encrypt with from now on; adds none")
	if err := fs.Parse(args); err != nil {
		return &usageError{err}
	}
	if fs.NArg() > 0 || *add && *use > 0 {
		return &usageError{errors.New("rotate-key: takes -data, and -add or -use")}
	}
	path := keyPath(*data)
	text, err := readFile(path)
	if err != nil {
		return fmt.Errorf("rotate-key: %w", err)
	}
	keys, err := parseKeyFile(text)
	if err != nil {
		return fmt.Errorf("rotate-key: read %s: %w", path, err)
	}
	said := ""
	if *use > 0 {
		if *use > 255 || keys.ByID[byte(*use)] == nil {
			return fmt.Errorf("rotate-key: %s has no key %d: it has %v", path, *use, slices.Sorted(maps.Keys(keys.ByID)))
		}
		keys.Current = byte(*use)
	} else {
		id, ok := freeID(keys)
		if !ok {
			return fmt.Errorf("rotate-key: %s has a key 255 already, which is the last id: write the file anew by hand", path)
		}
		keys.ByID[id] = newKey()
		said = fmt.Sprintf("Key %d is added.\n", id)
		if !*add {
			keys.Current = id
		} else {
			said += fmt.Sprintf("Copy %s to every other node, and then on each: devhost rotate-key -use %d\n", path, id)
		}
	}
	if text, err = formatKeyFile(keys); err != nil {
		return fmt.Errorf("rotate-key: %w", err)
	}
	if err := replaceFile(path, text); err != nil {
		return fmt.Errorf("rotate-key: %w", err)
	}
	stdout.printf(`%sKey %d encrypts, from when the plugin is next enabled (Setup > Plugins, or a restart).
The other keys stay until nothing needs them: GET %s/status says what does.
To drop one then, remove its line from the file.
`, said, keys.Current, apiPath)
	return nil
}

// freeID is behind the highest one, so that no id means two keys in turn.
func freeID(keys plugin.Keys) (byte, bool) {
	highest := slices.Max(slices.Collect(maps.Keys(keys.ByID)))
	return highest + 1, highest < 255
}

// replaceFile leaves the old one where it fails.
func replaceFile(path string, text []byte) error {
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) { // of one that was cut short
		return err
	}
	if err := writeNew(next, text); err != nil {
		return err
	}
	return os.Rename(next, path)
}
