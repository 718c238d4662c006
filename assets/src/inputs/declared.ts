import type { Client } from '../api/client'
import type { Behavior, Input } from '../api/schema'

/**
 * declaredInputs gives the inputs that a behavior's listeners fill in: those of
 * the published version, or while there is none of the draft. null: the source
 * does not compile, so they are not known.
 */
export async function declaredInputs(
  client: Client,
  behavior: Behavior,
  signal?: AbortSignal,
): Promise<Input[] | null> {
  const published = behavior.published_version
  const source =
    published !== null && behavior.draft
      ? (await client.version(behavior.id, published, signal)).source
      : behavior.source
  const check = await client.check(source, {}, signal)
  return check.diagnostics.some((d) => d.severity === 'error') ? null : check.inputs
}
