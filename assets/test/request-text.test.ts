import { describe, expect, it } from 'vitest'
import { CurlError, requestOfCurl, requestParts, requestText } from '../src/pages/request-text'

describe('the text of a request', () => {
  it('is written without what would go stale', () => {
    const parts = {
      method: 'POST',
      path: 'events?a=1',
      headers: ' X-A: 1 \r\n\r\nContent-Length: 9\ncontent-type: text/plain',
      body: 'a\n\nb',
    }
    expect(requestText(parts)).toBe('POST /events?a=1 HTTP/1.1\nX-A: 1\ncontent-type: text/plain\n\na\n\nb')
  })

  it.each([
    [
      'POST /x?y HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\nbody\r\n\r\nmore',
      { method: 'POST', path: '/x?y', headers: 'A: 1\nB: 2', body: 'body\r\n\r\nmore' },
    ],
    ['GET / HTTP/1.1\n\n', { method: 'GET', path: '/', headers: '', body: '' }],
    ['', { method: 'POST', path: '/', headers: '', body: '' }],
  ])('%j is taken apart', (text, want) => {
    expect(requestParts(text)).toEqual(want)
  })
})

describe('a curl command', () => {
  it.each([
    [
      "curl -X PUT https://a.example/hook?x=1#f -H 'X-A: it'\\''s' --data-raw '{\"a\": \"@b\"}' --compressed",
      {
        method: 'PUT',
        path: '/?x=1',
        headers: "X-A: it's\nContent-Type: application/x-www-form-urlencoded",
        body: '{"a": "@b"}',
      },
    ],
    [
      `curl https://a.example \\\n  --json '{"a":1}' -u me:pä -o out.txt`,
      {
        method: 'POST',
        path: '/',
        headers: 'Content-Type: application/json\nAccept: application/json\nAuthorization: Basic bWU6cMOk',
        body: '{"a":1}',
      },
    ],
    [
      'curl -d a=1 --data-urlencode "b=x &y" -H "content-type: text/x" "https://a.example"',
      { method: 'POST', path: '/', headers: 'content-type: text/x', body: 'a=1&b=x%20%26y' },
    ],
    [
      "curl -G 'https://a.example/?z' -d a=1 -A me",
      { method: 'GET', path: '/?z&a=1', headers: 'User-Agent: me', body: '' },
    ],
    [
      "curl --url https://a.example -XPATCH --header=X:1 -d $'a\\n\\'b'",
      {
        method: 'PATCH',
        path: '/',
        headers: 'X:1\nContent-Type: application/x-www-form-urlencoded',
        body: "a\n'b",
      },
    ],
  ])('%s', (command, want) => {
    expect(requestOfCurl(command)).toEqual(want)
  })

  it.each([
    ['wget x', 'start'],
    ['', 'start'],
    ['curl -d @file https://a.example', 'file'],
    ['curl -F a=@b https://a.example', 'file'],
    ["curl -d 'a", 'quote'],
  ])('%j cannot be read', (command, why) => {
    expect(() => requestOfCurl(command)).toThrow(new CurlError(why))
  })
})
