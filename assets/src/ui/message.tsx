import { bodyText } from '../api/client'
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
  if (!message.headers) return <p class="muted">{t('delivery.hidden')}</p>
  const body = bodyText(message)
  return (
    <>
      <h3>{t('delivery.headers')}</h3>
      {message.headers.length === 0 ? (
        <p class="muted">{t('delivery.headers.none')}</p>
      ) : (
        <dl class="pairs">
          {message.headers.map(([name, value], i) => (
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
        <Pre label={`${label}: ${t('delivery.body')}`} text={body} />
      )}
    </>
  )
}
