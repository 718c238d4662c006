import { useMemo, useState } from 'preact/hooks'
import { bodyText } from '../api/client'
import { parseJSON } from '../api/json'
import type { Delivery, Listener, Recipe } from '../api/schema'
import { useApp } from '../app-context'
import type { Known } from '../editor/scope'
import { shapeOf } from '../editor/shape'
import { type Loaded, useLoad } from '../ui/load'
import { all } from './listeners'
import { requestParts } from './request-text'

// Requests that a behavior can be tried out on and that its draft is checked
// against: what its listeners received, what its provider sends by the recipes,
// and what a person writes.

const latest = 3 // deliveries that a draft is checked against by itself
/** What a check takes: so many samples, and texts of so many UTF-16 units in all. */
export const maxSamples = 20
const maxText = 512 * 1024

export interface Samples {
  listeners: Listener[]
  /** The last ones of the behavior's listeners. */
  deliveries: Delivery[]
  recipes: Recipe[]
}

/** A request by its text, or by the id of the delivery that has it. */
export interface Sample {
  key: string
  name: { delivery: Delivery } | { recipe: string; sample: string } | { text: number }
  request: string
  /** A draft is checked against it unless a person says otherwise. */
  fits: boolean
}

/** useSamples loads what a behavior can be tried out on. */
export function useSamples(behavior: string): Loaded<Samples> {
  const { client, may } = useApp()
  return useLoad<Samples>(
    async (signal) => {
      const [listeners, recipes] = await Promise.all([
        all((cursor) => client.listeners(cursor, signal)),
        client.recipes(signal),
      ])
      const own = listeners.filter((l) => l.behavior_id === behavior)
      const logs = await Promise.all(
        (may('payloads') ? own.slice(0, 3) : []).map((l) =>
          client.deliveries({ listener: l.id, limit: '10' }, signal),
        ),
      )
      return { listeners: own, deliveries: logs.flatMap((log) => log.items), recipes: recipes.items }
    },
    [behavior],
  )
}

/** What a draft is checked against, and what the payloads of that have. */
export interface Checked {
  samples: Sample[]
  chosen: Sample[]
  choose: (key: string, is: boolean) => void
  /** Takes the text of a request as one more. */
  add: (text: string) => void
  /** The chosen ones are sent with each check. */
  on: boolean
  setOn: (on: boolean) => void
  /** What is sent. */
  requests: string[]
  payload: Known | undefined
}

/** useChecked gives the samples of a source: those that fit it, until a person chooses others. */
export function useChecked(source: string, loaded: Samples | undefined): Checked {
  const { client } = useApp()
  const [on, setOn] = useState(true)
  const [texts, setTexts] = useState<readonly string[]>([])
  const [said, setSaid] = useState<ReadonlyMap<string, boolean>>(new Map())
  const samples = loaded ? samplesOf(source, loaded, texts) : []
  const chosen = chosenOf(samples, said)
  const bodies = useLoad(
    (signal) =>
      Promise.all(
        chosen.map(async ({ name, request }) => {
          if (!('delivery' in name)) return bodyOfText(request)
          const delivery = await client.delivery(request, signal).catch(() => undefined)
          return delivery && decoded(delivery.request.content_type, bodyText(delivery.request))
        }),
      ),
    [chosen.map(({ request }) => request).join('\0')],
  )
  const payload = useMemo(() => bodies.value && shapeOf(bodies.value), [bodies.value])
  return {
    samples,
    chosen,
    choose: (key, is) => setSaid(new Map(said).set(key, is)),
    add: (text) => setTexts([...texts, text]),
    on,
    setOn,
    requests: on ? chosen.map(({ request }) => request) : [],
    payload,
  }
}

/**
 * samplesOf lists what a source can be checked against. Of what was refused
 * nobody knows that it is what the provider sends.
 */
export function samplesOf(source: string, samples: Samples, texts: readonly string[]): Sample[] {
  const provider = providerOf(source)
  const accepted = samples.deliveries.filter((d) => d.outcome === 'accepted')
  const ofRecipes = samples.recipes
    .filter((recipe) => recipe.provider === provider)
    .concat(samples.recipes.filter((recipe) => recipe.provider !== provider))
    .flatMap((recipe) =>
      recipe.samples.map(({ name, request }) => ({
        key: `recipe ${recipe.id} ${name}`,
        name: { recipe: recipe.name, sample: name },
        request,
        fits: recipe.provider === provider,
      })),
    )
  return [
    ...accepted.map((delivery, i) => ({
      key: `delivery ${delivery.id}`,
      name: { delivery },
      request: delivery.id,
      fits: i < latest,
    })),
    ...texts.map((request, i) => ({ key: `text ${i}`, name: { text: i + 1 }, request, fits: true })),
    ...ofRecipes,
  ]
}

/** chosenOf gives those that fit or that a person took, as many as a check takes. */
export function chosenOf(samples: readonly Sample[], said: ReadonlyMap<string, boolean>): Sample[] {
  let size = 0
  return samples
    .filter(({ key, fits }) => said.get(key) ?? fits)
    .slice(0, maxSamples)
    .filter(({ request }) => {
      size += request.length
      return size <= maxText
    })
}

/** The provider whose signature a source verifies, by its text: it need not compile. */
function providerOf(source: string): string | undefined {
  return /^verify:[^\n]*(?:\n[ \t][^\n]*)*/m.exec(source)?.[0].match(/\b([a-z]\w*)\.signed\(/)?.[1]
}

/** bodyOfText decodes the body of a request that is given as text. */
export function bodyOfText(request: string): unknown {
  const { headers, body } = requestParts(request)
  return decoded(/^content-type:\s*(.*)$/im.exec(headers)?.[1] ?? '', body)
}

/** A body as its type says, or undefined where the browser cannot decode it. */
function decoded(type: string, body: string): unknown {
  if (/[/+]json\b/.test(type)) {
    try {
      return parseJSON(body)
    } catch {
      return undefined
    }
  }
  return /x-www-form-urlencoded/.test(type) ? Object.fromEntries(new URLSearchParams(body)) : undefined
}
