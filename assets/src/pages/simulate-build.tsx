import { useState } from 'preact/hooks'
import { useApp } from '../app-context'
import { Dialog } from '../ui/dialog'
import { Field } from '../ui/field'
import { CurlError, type RequestParts, requestOfCurl } from './request-text'

const methods = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD']

/** Helps to write a request: from its parts, or from a curl command. */
export function BuildDialog(props: {
  start: RequestParts
  onUse: (parts: RequestParts) => void
  onClose: () => void
}) {
  const { t, lookup } = useApp()
  const [parts, setParts] = useState(props.start)
  const [curl, setCurl] = useState('')
  const [problem, setProblem] = useState<string>()
  const put = (name: keyof RequestParts) => (e: { currentTarget: { value: string } }) =>
    setParts({ ...parts, [name]: e.currentTarget.value })

  function read() {
    try {
      setParts(requestOfCurl(curl))
      setProblem(undefined)
    } catch (e) {
      if (!(e instanceof CurlError)) throw e
      setProblem(lookup(`build.curl.${e.message}`))
    }
  }

  return (
    <Dialog title={t('build.title')} onClose={props.onClose}>
      <Field label={t('build.curl')} help={t('build.curl.help')} error={problem}>
        {(tied) => (
          <textarea
            {...tied}
            class="mono"
            rows={3}
            spellcheck={false}
            value={curl}
            onInput={(e) => setCurl(e.currentTarget.value)}
          />
        )}
      </Field>
      <div class="actions">
        <button type="button" onClick={read} disabled={curl.trim() === ''}>
          {t('build.curl.read')}
        </button>
      </div>
      <Field label={t('build.method')}>
        {(tied) => (
          <select {...tied} value={parts.method} onChange={put('method')}>
            {[...new Set([parts.method, ...methods])].map((method) => (
              <option key={method}>{method}</option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t('build.path')} help={t('build.path.help')}>
        {(tied) => (
          <input {...tied} class="mono" spellcheck={false} value={parts.path} onInput={put('path')} />
        )}
      </Field>
      <Field label={t('delivery.headers')} help={t('build.headers.help')}>
        {(tied) => (
          <textarea
            {...tied}
            class="mono"
            rows={4}
            spellcheck={false}
            value={parts.headers}
            onInput={put('headers')}
          />
        )}
      </Field>
      <Field label={t('delivery.body')}>
        {(tied) => (
          <textarea
            {...tied}
            class="mono"
            rows={6}
            spellcheck={false}
            value={parts.body}
            onInput={put('body')}
          />
        )}
      </Field>
      <div class="actions">
        <button type="button" onClick={props.onClose}>
          {t('action.cancel')}
        </button>
        <button type="button" class="primary" onClick={() => props.onUse(parts)}>
          {t('build.use')}
        </button>
      </div>
    </Dialog>
  )
}
