import { en } from './en'

export type Key = keyof typeof en
export type Values = Record<string, string | number>

/** Texts and times in one language. */
export interface Messages {
  t(key: Key, values?: Values): string
  /** The message of a key that is put together, or undefined. */
  lookup(key: string, values?: Values): string | undefined
  /** "5 minutes ago"; now is passed so that a list agrees with itself. */
  relative(time: Date, now: Date): string
  exact(time: Date): string
}

export function createMessages(locale: string | undefined): Messages {
  const language = supported(locale)
  const plural = new Intl.PluralRules(language)
  const number = new Intl.NumberFormat(language)
  const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' })

  function t(key: Key, values: Values = {}): string {
    const message = en[key]
    const text = typeof message === 'string' ? message : message[chosen(Number(values.n))]
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      return typeof value === 'number' ? number.format(value) : (value ?? whole)
    })
  }

  function chosen(n: number): 'one' | 'other' {
    return plural.select(n) === 'one' ? 'one' : 'other'
  }

  return {
    t,
    lookup: (key, values) => (Object.hasOwn(en, key) ? t(key as Key, values) : undefined),
    relative(time, now) {
      const seconds = (time.getTime() - now.getTime()) / 1000
      for (const [unit, length] of units) {
        if (Math.abs(seconds) >= length) return ago.format(Math.trunc(seconds / length), unit)
      }
      return ago.format(Math.trunc(seconds), 'second')
    },
    exact: (time) => date.format(time),
  }
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** The host's locale for numbers and times, where it is of the texts' language. */
function supported(locale: string | undefined): string {
  try {
    const [canonical = 'en'] = Intl.getCanonicalLocales(locale)
    return /^en\b/.test(canonical) ? canonical : 'en'
  } catch {
    return 'en'
  }
}
