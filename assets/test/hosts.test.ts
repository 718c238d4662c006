import { expect, it } from 'vitest'
import { hostOf, isURL } from '../src/inputs/hosts'

it.each([
  ['hooks.example.com', 'hooks.example.com'],
  [' Hooks.Example.COM. ', 'hooks.example.com'],
  ['https://hooks.example.com:8443/services/T0?x#y', 'hooks.example.com'],
  ['hooks.example.com:443', 'hooks.example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['192.0.2.1', '192.0.2.1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['*.example.com', undefined],
  ['12', undefined],
  ['user@example.com', undefined],
  ['', undefined],
  ['a b', undefined],
  ['ftp://example.com', undefined],
])('%j is the host %j', (text, want) => {
  expect(hostOf(text)).toBe(want)
})

it('knows a secret that is a URL', () => {
  expect(['https://a/b', ' HTTP://a', 'key', 'https'].map(isURL)).toEqual([true, true, false, false])
})
