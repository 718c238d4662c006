package main

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// config is what the flags of the server say.
type config struct {
	addr          string
	dsn           string // empty: SQLite
	data          string
	baseURL       string // empty: follows the address that the server listens on
	token         string
	adminPassword string
	demo          bool
	allowOutbound prefixes
	passwordCost  int              // 0: bcrypt's default
	now           func() time.Time // nil: the time
}

func parseConfig(args []string, stderr console) (config, error) {
	var c config
	fs := flag.NewFlagSet("devhost", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		stderr.printf("%s", usage)
		fs.PrintDefaults()
	}
	fs.StringVar(&c.addr, "addr", "127.0.0.1:8025", "`address` to listen on")
	fs.StringVar(&c.dsn, "dsn", "", "`DSN` of a MySQL or MariaDB database; empty: an SQLite file under -data")
	fs.StringVar(&c.data, "data", "./data", "`folder` of the database and the key file")
	fs.StringVar(&c.baseURL, "base-url", "", "public `URL` of this helpdesk; empty: where it listens")
	fs.StringVar(&c.token, "token", "", "a bearer `token` with every permission; empty: none")
	fs.StringVar(&c.adminPassword, "admin-password", "", "`password` of the worker admin; empty: random, printed once")
	fs.BoolVar(&c.demo, "demo", true, "on an empty database: fill in tickets, enable the plugin and play a bounce")
	fs.Var(&c.allowOutbound, "allow-outbound", "private networks that behaviors may reach, as `CIDR,…`; empty: none")
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	if fs.NArg() > 0 {
		return c, fmt.Errorf("unknown command %q: devhost, devhost check, devhost simulate or devhost send", fs.Arg(0))
	}
	if c.baseURL != "" {
		u, err := url.Parse(c.baseURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return c, fmt.Errorf("-base-url must be an http or https URL such as https://help.example.com, got %q", c.baseURL)
		}
		c.baseURL = strings.TrimRight(c.baseURL, "/")
	}
	return c, nil
}

// prefixes is a flag of networks, separated by commas.
type prefixes []netip.Prefix

func (p *prefixes) String() string {
	var texts []string
	for _, prefix := range *p {
		texts = append(texts, prefix.String())
	}
	return strings.Join(texts, ",")
}

func (p *prefixes) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			return errors.New("must be networks such as 10.0.0.0/8,fd00::/8")
		}
		*p = append(*p, prefix.Masked())
	}
	return nil
}
