// Package outbound is the only way out. Whatever a behavior, an action or a
// signature needs from elsewhere is fetched by a [Client], which
//
//   - checks the address when it is dialled, so that no spelling of a host, no
//     name that changes its mind between look-up and call, and no redirect
//     reaches a private network;
//   - follows no redirect, uses no proxy of the environment, speaks TLS 1.2 or
//     better, and keeps no cookies;
//   - reads an answer up to a limit, within one time-out for the whole call;
//   - tells of a failure only operation, host and cause, since a URL may be a
//     secret.
package outbound
