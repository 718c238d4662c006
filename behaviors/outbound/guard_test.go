package outbound

import (
	"net/netip"
	"testing"
)

func verdict(g *guard, address string) string {
	if err := g.control("tcp4", address, nil); err != nil {
		return err.Error()
	}
	return ""
}

// last is the highest address of a network.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}

func TestPrivateNetworksAreRefused(t *testing.T) {
	g := &guard{ports: webPorts}
	for _, network := range prefixes(
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8", "100.64.0.0/10",
		"100.100.100.200/32", "192.0.0.0/24", "192.0.0.192/32", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "168.63.129.16/32",
		"::1/128", "::/128", "::/96", "::ffff:0:0/96", "::ffff:8.8.8.8/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
		"2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fd00:ec2::254/128", "fe80::/10",
		"fec0::/10", "ff00::/8", "4000::/3",
	) {
		for _, addr := range []netip.Addr{network.Addr(), last(network)} {
			for _, port := range webPorts {
				if err := g.check(netip.AddrPortFrom(addr, port)); err == nil {
					t.Errorf("%s, %s: port %d may be dialled", network, addr, port)
				}
			}
		}
	}
	for _, address := range []string{"[fe80::1%lo]:80", "[::1%lo]:80", "[::ffff:127.0.0.1%lo]:80"} {
		if verdict(g, address) == "" {
			t.Errorf("%s may be dialled", address)
		}
	}
}

func TestPublicAddressesAreDialled(t *testing.T) {
	g := &guard{ports: webPorts}
	for _, addr := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255",
		"192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15",
		"2000::1", "2001:200::1", "2001:db9::1", "2003::1", "2606:4700:4700::1111", "2a00:1450:4001::1", "3ffe::1",
	} {
		if err := g.check(netip.AddrPortFrom(netip.MustParseAddr(addr), 443)); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestGuardSaysWhy(t *testing.T) {
	everything := prefixes("0.0.0.0/0", "::/0")
	for _, c := range []struct {
		name    string
		allow   []netip.Prefix
		address string
		want    string
	}{
		{"public", nil, "8.8.8.8:443", ""},
		{"other port", nil, "8.8.8.8:6379", "port 6379 is not allowed, only [80 443 8080 8443] are"},
		{"port 0", nil, "8.8.8.8:0", "port 0 is not allowed, only [80 443 8080 8443] are"},
		{"private", nil, "10.1.2.3:443", "address 10.1.2.3 is not public"},
		{"allowed, any port", prefixes("10.0.0.0/8"), "10.1.2.3:6379", ""},
		{"allowed, host bits set", prefixes("10.9.9.9/8"), "10.1.2.3:80", ""},
		{"allowed, mapped", prefixes("10.0.0.0/8"), "[::ffff:10.1.2.3]:80", ""},
		{"allowed, IPv6 with a zone", prefixes("fe80::/10"), "[fe80::1%eth0]:9", ""},
		{"beside the allowed one", prefixes("10.0.0.0/16"), "10.1.2.3:80", "address 10.1.2.3 is not public"},
		{"metadata", nil, "169.254.169.254:80", "address 169.254.169.254 is a cloud's metadata service, which is never allowed"},
		{"name instead of an address", nil, "localhost:80", "the address to dial is malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := verdict(&guard{allow: c.allow, ports: webPorts}, c.address); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, addr := range []string{
		"169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254",
		"::169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b:1::169.254.169.254",
		"2002:a9fe:a9fe::1", "2001:0:1:2:3:4:5601:5601",
	} {
		g := &guard{allow: append(everything, netip.PrefixFrom(netip.MustParseAddr(addr), netip.MustParseAddr(addr).BitLen()))}
		if g.check(netip.AddrPortFrom(netip.MustParseAddr(addr), 80)) == nil {
			t.Errorf("%s: allowed, though it is a metadata service", addr)
		}
	}
	if err := (&guard{allow: everything}).control("udp4", "8.8.8.8:443", nil); err == nil {
		t.Error("UDP may be dialled")
	}
}
