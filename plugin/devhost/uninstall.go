package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

// A node that was told to disable the plugin does so within a second; one that
// has crashed counts as working for half a minute.
const goneWithin = 40 * time.Second

// uninstall drops what the plugin keeps in the database. Without -yes it only
// says what that is.
func uninstall(ctx context.Context, args []string, stdout, stderr console) error {
	flags := newFlags("uninstall", "[-dsn DSN | -data FOLDER] [-yes]", stderr)
	c := config{}
	flags.StringVar(&c.dsn, "dsn", "", "`DSN` of the helpdesk's MySQL or MariaDB database; empty: the SQLite file under -data")
	flags.StringVar(&c.data, "data", "./data", "`folder` of the database and the key file")
	yes := flags.Bool("yes", false, "do it; else only say what would be dropped")
	if err := flags.Parse(args); err != nil {
		return &usageError{err}
	}
	if flags.NArg() > 0 {
		return &usageError{errors.New("uninstall: takes only flags")}
	}
	err := uninstallFrom(ctx, c, *yes, stdout, stderr)
	if err != nil {
		return fmt.Errorf("uninstall: %w", err)
	}
	return nil
}

func uninstallFrom(ctx context.Context, c config, yes bool, stdout, stderr console) (err error) {
	if file := filepath.Join(c.data, "helpdesk.db"); c.dsn == "" {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no helpdesk: %s does not exist", file)
		}
	}
	db, err := openDatabase(ctx, c.dsn, c.data)
	if err != nil {
		return err
	}
	m, err := newMetrics()
	if err != nil {
		return errors.Join(err, db.close())
	}
	keys := func() (plugin.Keys, error) { return plugin.Keys{}, errors.New("nothing is read here") }
	h, err := newHelpdesk(db, keys, m, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), c)
	if err != nil {
		return errors.Join(err, m.close(ctx), db.close())
	}
	defer func() { err = errors.Join(err, h.close(context.WithoutCancel(ctx))) }()

	p := h.registry.plugins[0] // the only one
	tables, err := h.tablesOf(ctx, p)
	if err != nil {
		return err
	}
	if len(tables) == 0 {
		stdout.printf("The plugin %s keeps nothing in this database.\n", p.manifest.Name)
	}
	if !yes && len(tables) > 0 {
		for _, t := range tables {
			stdout.printf("%8d rows in %s\n", t.rows, t.name)
		}
		stdout.printf("To disable the plugin on every node and drop these tables for good: the same command with -yes\n" +
			"Tickets, notes and what else behaviors made stay. There is no way back but a backup.\n")
	}
	if !yes {
		return nil
	}
	if err := h.switchPlugin(ctx, p, false); err != nil {
		return err
	}
	gone, err := h.uninstallOnceGone(ctx, stdout)
	if err != nil {
		return err
	}
	stdout.printf("Dropped %d tables: %d listeners, %d behaviors, %d stored secrets, %d deliveries (%d of their runs were open).\n",
		len(gone.Tables), gone.Listeners, gone.Behaviors, gone.Secrets, gone.Deliveries, gone.OpenRuns)
	return nil
}

// uninstallOnceGone waits for the nodes that are still at work.
func (h *helpdesk) uninstallOnceGone(ctx context.Context, stdout console) (*plugin.Uninstalled, error) {
	ctx, cancel := context.WithTimeout(ctx, goneWithin)
	defer cancel()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for waiting := false; ; waiting = true {
		gone, err := h.plugin.Uninstall(ctx)
		if !errors.Is(err, plugin.ErrEnabled) {
			return gone, err
		}
		if !waiting {
			stdout.printf("The plugin is disabled now. Waiting for the nodes that work.\n")
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-ticker.C:
		}
	}
}

type tableSize struct {
	name string
	rows int64
}

// tablesOf gives a plugin's tables: they begin with its id.
func (h *helpdesk) tablesOf(ctx context.Context, p *registered) ([]tableSize, error) {
	db := h.db.WithContext(ctx)
	names, err := db.Migrator().GetTables()
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	var tables []tableSize
	for _, name := range names {
		if !strings.HasPrefix(name, p.manifest.ID+"_") {
			continue
		}
		t := tableSize{name: name}
		if err := db.Table(name).Count(&t.rows).Error; err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", name, err)
		}
		tables = append(tables, t)
	}
	return tables, nil
}
