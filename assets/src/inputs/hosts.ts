/**
 * hostOf gives a host as the server has it (lower case, without scheme, port
 * and path, which come along when a URL is pasted), or undefined.
 */
export function hostOf(text: string): string | undefined {
  const typed = text.trim().replace(/\.$/, '')
  const url = isURL(typed) ? typed : `https://${typed}`
  if (/[\s@]/.test(typed) || /:\/\//.test(url.slice('https://'.length)) || !URL.canParse(url))
    return undefined
  const { hostname } = new URL(url)
  // A number alone is read as an address, and a blank is escaped: neither is meant.
  if (/[%*]/.test(hostname) || (/^\d+$/.test(typed) && hostname !== typed)) return undefined
  return hostname.replace(/^\[|\]$/g, '')
}

/** isURL tells whether a secret's value is a URL, which belongs to its own host. */
export function isURL(value: string): boolean {
  return /^https?:\/\//i.test(value.trim())
}
