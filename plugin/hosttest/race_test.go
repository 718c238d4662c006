//go:build race

package hosttest

// raced tells whether this is a build for the race detector.
const raced = true
