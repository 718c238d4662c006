package outbound

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
)

// guard decides which addresses may be dialled: public ones on the ports of the
// web, and private networks that the operator allows, on any port.
type guard struct {
	allow []netip.Prefix
	ports []uint16
}

// webPorts are open on public addresses.
var webPorts = []uint16{80, 443, 8080, 8443}

// refusal is an address that may not be dialled.
type refusal struct{ reason string }

func (e *refusal) Error() string { return e.reason }

// control is a net.Dialer's: it sees each address right before it is dialled,
// after every look-up.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return &refusal{fmt.Sprintf("network %s is not allowed", network)}
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return &refusal{"the address to dial is malformed"}
	}
	return g.check(to)
}

func (g *guard) check(to netip.AddrPort) error {
	addr := to.Addr().WithZone("")
	if within(metadata, addr) || within(metadata, embedded(addr)) {
		return &refusal{fmt.Sprintf("address %s is a cloud's metadata service, which is never allowed", addr)}
	}
	if within(g.allow, addr) || within(g.allow, addr.Unmap()) {
		return nil
	}
	if !public(addr) {
		return &refusal{fmt.Sprintf("address %s is not public", addr)}
	}
	if !slices.Contains(g.ports, to.Port()) {
		return &refusal{fmt.Sprintf("port %d is not allowed, only %v are", to.Port(), g.ports)}
	}
	return nil
}

// public tells whether an address is assigned to the public internet. What the
// registries of special addresses list is not, nor is IPv6 outside 2000::/3,
// which is all that was ever given out.
func public(addr netip.Addr) bool {
	if addr.Is4() {
		return !within(special4, addr)
	}
	return global6.Contains(addr) && !within(special6, addr)
}

func within(networks []netip.Prefix, addr netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// embedded returns the IPv4 address that an IPv6 address leads to through a
// translator or tunnel, or the zero Addr.
func embedded(addr netip.Addr) netip.Addr {
	b := addr.As16()
	switch {
	case addr.Is4():
		return netip.Addr{}
	case within(translated, addr):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case teredo.Contains(addr):
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
	}
	return netip.Addr{}
}

var (
	global6   = netip.MustParsePrefix("2000::/3")
	sixToFour = netip.MustParsePrefix("2002::/16")
	teredo    = netip.MustParsePrefix("2001::/32")

	// translated networks end in an IPv4 address: compatible, mapped, NAT64.
	translated = prefixes("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")

	// metadata services hand out the credentials of the machine.
	metadata = prefixes(
		"169.254.169.254/32", // most clouds
		"169.254.170.2/32",   // AWS ECS tasks
		"169.254.170.23/32",  // AWS EKS pods
		"168.63.129.16/32",   // Azure
		"100.100.100.200/32", // Alibaba
		"192.0.0.192/32",     // Oracle
		"fd00:ec2::254/128",  // AWS
		"fd00:ec2::23/128",   // AWS EKS pods
		"fd20:ce::254/128",   // Google
	)

	// special4 follows the IANA IPv4 Special-Purpose Address Registry, and adds
	// multicast.
	special4 = prefixes(
		"0.0.0.0/8",       // this network
		"10.0.0.0/8",      // private
		"100.64.0.0/10",   // carrier-grade NAT
		"127.0.0.0/8",     // loopback
		"169.254.0.0/16",  // link-local
		"172.16.0.0/12",   // private
		"192.0.0.0/24",    // protocol assignments
		"192.0.2.0/24",    // documentation
		"192.88.99.0/24",  // 6to4 relays, ended
		"192.168.0.0/16",  // private
		"198.18.0.0/15",   // benchmarks
		"198.51.100.0/24", // documentation
		"203.0.113.0/24",  // documentation
		"224.0.0.0/4",     // multicast
		"240.0.0.0/4",     // reserved, and broadcast
	)

	// special6 is what lies within 2000::/3 and is not public.
	special6 = prefixes(
		"2001::/23",     // protocol assignments: Teredo, benchmarks, ORCHID
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4: leads to any IPv4 address
		"3fff::/20",     // documentation
	)
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		all[i] = netip.MustParsePrefix(t)
	}
	return all
}
