// The text of a request file: an HTTP/1.1 message as sent on the wire. The path
// "/" in it is the listener's own URL.

/** What a request is built of. `headers` has one a line. */
export interface RequestParts {
  method: string
  path: string
  headers: string
  body: string
}

/** requestText writes a request down; a Content-Length would only go stale. */
export function requestText(parts: RequestParts): string {
  const headers = parts.headers
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^content-length\s*:/i.test(line))
  const path = parts.path.startsWith('/') ? parts.path : `/${parts.path}`
  return [`${parts.method} ${path} HTTP/1.1`, ...headers, '', parts.body].join('\n')
}

/** requestParts takes a request's text apart, as far as it is one. */
export function requestParts(text: string): RequestParts {
  const end = /\r?\n\r?\n/.exec(text)
  const head = end ? text.slice(0, end.index) : text
  const [line = '', ...headers] = head.split(/\r?\n/)
  const [method = '', path = ''] = line.split(' ')
  const body = end ? text.slice(end.index + end[0].length) : ''
  return { method: method || 'POST', path: path || '/', headers: headers.join('\n'), body }
}

/** Why a curl command cannot be read. */
export class CurlError extends Error {}

// Options whose value is read; of all others that take one, the value is dropped.
const takesValue =
  /^(-[XHdubAeomkxTFwKEcDrytYzC]|--(request|header|data(-raw|-binary|-ascii|-urlencode)?|json|user|cookie|user-agent|referer|output|max-time|connect-timeout|proxy|upload-file|form|form-string|write-out|config|cert|url|retry|resolve))$/

/** requestOfCurl reads the command that a service's page, or a browser, gives to copy. */
export function requestOfCurl(command: string): RequestParts {
  const words = shellWords(command)
  if (words[0] !== 'curl') throw new CurlError('start')
  let method = ''
  let url = ''
  let query = false
  const headers: string[] = []
  const data: string[] = []
  const named = (name: string) => headers.some((h) => h.toLowerCase().startsWith(`${name}:`))

  for (let i = 1; i < words.length; i++) {
    let option = words[i] ?? ''
    let value = ''
    const joined = /^(--[a-z-]+)=(.*)$/s.exec(option) ?? /^(-[XHdubAe])(.+)$/s.exec(option)
    if (joined) {
      option = joined[1] ?? ''
      value = joined[2] ?? ''
    } else if (takesValue.test(option)) value = words[++i] ?? ''
    switch (option) {
      case '-X':
      case '--request':
        method = value.toUpperCase()
        break
      case '-H':
      case '--header':
        headers.push(value)
        break
      case '-A':
      case '--user-agent':
        headers.push(`User-Agent: ${value}`)
        break
      case '-e':
      case '--referer':
        headers.push(`Referer: ${value}`)
        break
      case '-b':
      case '--cookie':
        headers.push(`Cookie: ${value}`)
        break
      case '-u':
      case '--user':
        headers.push(`Authorization: Basic ${base64(value)}`)
        break
      case '--json':
        data.push(fileless(value))
        if (!named('content-type')) headers.push('Content-Type: application/json')
        if (!named('accept')) headers.push('Accept: application/json')
        break
      case '-d':
      case '--data':
      case '--data-ascii':
      case '--data-binary':
        data.push(fileless(value))
        break
      case '--data-raw':
        data.push(value)
        break
      case '--data-urlencode': {
        const [name, content] = value.includes('=') ? value.split(/=(.*)/s) : ['', value]
        data.push((name ? `${name}=` : '') + encodeURIComponent(content ?? ''))
        break
      }
      case '-F':
      case '--form':
      case '--form-string':
      case '-T':
      case '--upload-file':
        throw new CurlError('file')
      case '-G':
      case '--get':
        query = true
        break
      case '-I':
      case '--head':
        method ||= 'HEAD'
        break
      case '--url':
        url = value
        break
      default:
        if (!option.startsWith('-')) url ||= option
    }
  }
  const text = data.join('&')
  const added = query && text ? `?${text}` : ''
  const body = query ? '' : text
  if (body && !named('content-type')) headers.push('Content-Type: application/x-www-form-urlencoded')
  const own = /\?[^#]*/.exec(url)?.[0] ?? ''
  return {
    method: method || (body ? 'POST' : 'GET'),
    path: `/${own && added ? `${own}&${added.slice(1)}` : own || added}`,
    headers: headers.join('\n'),
    body,
  }
}

/** A value that names a file cannot be read here. */
function fileless(value: string): string {
  if (value.startsWith('@')) throw new CurlError('file')
  return value
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0' }

/** shellWords splits a command as a shell does, without expanding anything. */
function shellWords(command: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < command.length; i++) {
    const c = command[i] ?? ''
    const next = command[i + 1]
    if (quote === '') {
      if (c === '$' && next === "'") {
        quote = '$'
        i++
        word ??= ''
      } else if (c === "'" || c === '"') {
        quote = c
        word ??= ''
      } else if (c === '\\' && next !== undefined) {
        i++
        // a line that goes on, also one that was copied from Windows
        if (next === '\r' && command[i + 1] === '\n') i++
        else if (next !== '\n') word = (word ?? '') + next
      } else if (/\s/.test(c)) {
        if (word !== undefined) words.push(word)
        word = undefined
      } else word = (word ?? '') + c
    } else if (c === (quote === '$' ? "'" : quote)) quote = ''
    else if (c === '\\' && quote === '$' && next !== undefined) {
      i++
      word += escapes[next] ?? next
    } else if (c === '\\' && quote === '"' && next !== undefined && '"\\$`\n'.includes(next)) {
      i++
      if (next !== '\n') word += next
    } else word += c
  }
  if (quote !== '') throw new CurlError('quote')
  if (word !== undefined) words.push(word)
  return words
}
