package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/deskhook/deskhook/plugin"
)

const (
	drainTimeout = 20 * time.Second
	startTimeout = 2 * time.Minute
)

// server is a helpdesk that serves.
type server struct {
	helpdesk *helpdesk
	http     *http.Server
	localURL string // where it listens, for calls from this machine
	password string // of the admin, where it was made up just now

	wg     sync.WaitGroup
	cancel context.CancelFunc
	failed chan error // that the server ended by itself
}

// start opens the database and serves. Where it fails, nothing is left running.
func start(ctx context.Context, c config, logs io.Writer) (_ *server, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var undo []func() error
	defer func() {
		for i := len(undo) - 1; i >= 0 && err != nil; i-- {
			err = errors.Join(err, undo[i]())
		}
	}()
	if err := makeFolder(c.data); err != nil {
		return nil, err
	}
	keys := func() (plugin.Keys, error) { return loadKeys(c.data) }
	if _, err := keys(); err != nil {
		return nil, err
	}
	// Listening first means that a taken port is the first thing one hears of.
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.addr)
	if err != nil {
		return nil, fmt.Errorf("listen on -addr: %w", err)
	}
	undo = append(undo, listener.Close)
	db, err := openDatabase(ctx, c.dsn, c.data)
	if err != nil {
		return nil, err
	}
	undo = append(undo, db.close)
	local := localAddr(listener.Addr())
	s := &server{localURL: "http://" + local.String(), failed: make(chan error, 1)}
	if c.demo { // its behavior posts to the stand-in, and may reach just that
		c.allowOutbound = append(slices.Clone(c.allowOutbound), netip.PrefixFrom(local.Addr(), local.Addr().BitLen()))
	}
	if c.baseURL == "" {
		c.baseURL = s.localURL
	}
	if s.password, err = ensureWorkers(ctx, db.DB, c.adminPassword, c.passwordCost); err != nil {
		return nil, err
	}
	m, err := newMetrics()
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(logs, nil))
	if s.helpdesk, err = newHelpdesk(db, keys, m, log, c); err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           s.helpdesk.echo,
		ReadHeaderTimeout: 10 * time.Second, // Echo's own servers have none
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	// Ready means that plugins are as they were when the process ended.
	for _, p := range s.helpdesk.registry.plugins {
		s.helpdesk.followPlugin(ctx, p)
	}
	var running context.Context
	running, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.wg.Go(func() { s.helpdesk.followPlugins(running) })
	s.wg.Go(func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve: %w", err)
		}
	})
	return s, nil
}

// stop lets requests and runs under way finish, until ctx ends.
func (s *server) stop(ctx context.Context) error {
	var errs []error
	if err := s.http.Shutdown(ctx); err != nil {
		errs = append(errs, fmt.Errorf("wait for requests under way: %w", err), s.http.Close())
	}
	s.cancel()
	s.wg.Wait()
	return errors.Join(append(errs, s.helpdesk.close(ctx))...)
}

// localAddr is an address that is listened on as this machine reaches it.
func localAddr(addr net.Addr) netip.AddrPort {
	at := addr.(*net.TCPAddr).AddrPort() // of a TCP listener
	ip := at.Addr().Unmap()
	if ip.IsUnspecified() {
		ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.AddrPortFrom(ip, at.Port())
}

// panicked is a panic as an error, with its stack for the log.
func panicked(v any) error { return fmt.Errorf("panic: %v\n%s", v, debug.Stack()) }
