package models_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/deskhook/deskhook/models/modelstest"
)

// nodeDSN in the environment makes the test binary a node that opens a store
// there once its standard input ends, and prints the migrations that it made.
const nodeDSN = "DESKHOOK_TEST_NODE_DSN"

func beNode(dsn string) error {
	db, err := gorm.Open(mysql.Open(dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return openCounting(context.Background(), db, func(id string) { fmt.Println(id) })
}

// startNodes lets processes open the database at the same moment, and gives the
// migrations that they made.
func startNodes(t *testing.T, d *modelstest.Database, n int) (made []string) {
	t.Helper()
	type process struct {
		*exec.Cmd
		in  io.WriteCloser
		out io.ReadCloser
	}
	var all []process
	for range n {
		p := process{Cmd: exec.CommandContext(t.Context(), os.Args[0])}
		p.Env = append(os.Environ(), nodeDSN+"="+d.DSN())
		p.Stderr = os.Stderr
		var err error
		p.in, err = p.StdinPipe()
		must(t, err)
		p.out, err = p.StdoutPipe()
		must(t, err)
		must(t, p.Start())
		all = append(all, p)
	}
	for _, p := range all {
		_, err := io.ReadFull(p.out, make([]byte, len("ready\n")))
		must(t, err)
	}
	for _, p := range all {
		must(t, p.in.Close())
	}
	for _, p := range all {
		out, err := io.ReadAll(p.out)
		must(t, err)
		must(t, p.Wait())
		made = append(made, strings.Fields(string(out))...)
	}
	return made
}
