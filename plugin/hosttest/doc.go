// Package hosttest is the conformance suite of package plugin: whoever
// implements [plugin.Host] runs it in a test of their own.
//
//	func TestWebhooks(t *testing.T) {
//		hosttest.Run(t, func(t testing.TB) *hosttest.Host {
//			desk := openDesk(t) // a fresh one, over an empty database
//			hooks, err := plugin.Register(desk.registry, desk, plugin.WithSessionCookie("session"))
//			if err != nil {
//				t.Fatal(err)
//			}
//			t.Cleanup(func() { … hooks.Close … desk.close … })
//			return &hosttest.Host{
//				Host: desk, Plugin: hooks, Handler: desk.router,
//				PublicPath: "/webhooks", PagesPath: "/admin/webhooks", APIPath: "/api/webhooks/v1",
//				LogIn: …, LogOut: …, SetKeys: …, Mail: …,
//			}
//		})
//	}
//
// Each case is a subtest with a host of its own. It says what was wrong, the
// rule that this breaks, why the rule is there, and where it is documented. A
// case is left out where one that it builds on has failed.
//
//	start/       the base URL, the keys, switching on
//	records/     each method of each ability, for each rule: on the given
//	             transaction alone, rolled back with nothing changed and nothing
//	             sent, committed once, naming its delivery, …
//	permalinks/  absolute, answering, following the base URL
//	identity/    nobody, each permission, CSRF, tokens, through the host's handler
//	pages/       the element inside the shell, its script, the headers, the menu
//	public/      odd signed bytes and an escaped path through the host's handler
//	switch/      off and on, also under load
//	settings/    changed, in effect, refused
//	keys/        rotated, and lost
//	runs/        a delivery that changes records, from the request to the end
//
// What a host lacks (an ability, tokens) is not asked for. plugin/example_test.go
// is a small host with its test.
package hosttest
