import { formatJSON } from '../api/json'
import { PlainText } from './text'

/** A value of a run, as text: an object by its keys, everything else as JSON. */
export function Value(props: { value: unknown }) {
  const { value } = props
  if (isObject(value) && Object.keys(value).length > 0) {
    return (
      <dl class="pairs">
        {Object.entries(value).map(([key, v]) => (
          <div key={key}>
            <dt>
              <PlainText text={key} />
            </dt>
            <dd>
              <PlainText text={plain(v)} />
            </dd>
          </div>
        ))}
      </dl>
    )
  }
  return (
    <code>
      <PlainText text={plain(value)} />
    </code>
  )
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : formatJSON(value, isObject(value) ? 2 : undefined)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
