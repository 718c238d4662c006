import { useMemo, useState } from 'preact/hooks'
import { bodyText } from '../api/client'
import { indentJSON } from '../api/json'
import type { HTTPResponse } from '../api/schema'
import { useApp } from '../app-context'
import { PlainText, Pre } from './text'

/** Headers and body of a request or a response. All of it is shown as text. */
export function HTTPMessage(props: {
  message: Pick<HTTPResponse, 'headers' | 'body' | 'body_base64'>
  label: string
}) {
  const { t } = useApp()
  const { message, label } = props
  // What the caller may not see is absent; an empty list of headers may be, too.
  if (message.body === undefined && message.body_base64 === undefined) {
    return <p class="muted">{t('delivery.hidden')}</p>
  }
  const headers = message.headers ?? []
  const body = bodyText(message)
  return (
    <>
      <h3>{t('delivery.headers')}</h3>
      {headers.length === 0 ? (
        <p class="muted">{t('delivery.headers.none')}</p>
      ) : (
        <dl class="pairs">
          {headers.map(([name, value], i) => (
            <div key={i}>
              <dt>{name}</dt>
              <dd>
                <PlainText text={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <h3>{t('delivery.body')}</h3>
      {message.body_base64 !== undefined && <p class="muted">{t('delivery.body.base64')}</p>}
      {body === '' ? (
        <p class="muted">{t('delivery.body.none')}</p>
      ) : (
        <Body label={`${label}: ${t('delivery.body')}`} text={body} />
      )}
    </>
  )
}

/** A body with JSON laid out to be read, or as it was sent. */
function Body(props: { label: string; text: string }) {
  const { t } = useApp()
  const [raw, setRaw] = useState(false)
  const { label, text } = props
  const indented = useMemo(() => indentJSON(text), [text])
  if (indented === null || indented === text) return <Pre label={label} text={text} />
  return (
    <>
      <Pre label={label} text={raw ? text : indented} />
      <button type="button" onClick={() => setRaw(!raw)}>
        {t(raw ? 'delivery.body.indented' : 'delivery.body.raw')}
      </button>
    </>
  )
}
