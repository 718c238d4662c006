import { useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import { useApp } from '../app-context'
import { Failure, Link, Time } from '../ui/basics'
import { Field } from '../ui/field'
import { Switch } from '../ui/switch'
import { PlainText } from '../ui/text'
import { type Checked, maxSamples, type Sample } from './use-samples'

/** Which requests the draft is checked against, to choose from. */
export function CheckedSamples(props: { checked: Checked }) {
  const { t } = useApp()
  const { checked } = props
  const { chosen, on, samples, requests } = checked
  const groups = [...new Set(samples.map(groupOf))]
  return (
    <details class="small">
      <summary>
        {requests.length > 0 ? t('samples.checked', { n: requests.length }) : t('samples.off')}
      </summary>
      <Switch
        label={t('samples.switch')}
        on={on}
        hint={t(on ? 'samples.on.hint' : 'samples.off.hint')}
        onChange={checked.setOn}
      />
      {chosen.length >= maxSamples && <p class="warning">{t('samples.most', { n: maxSamples })}</p>}
      {groups.map((recipe) => (
        <fieldset key={recipe} class="choices">
          <legend>{recipe ? t('samples.recipe', { recipe }) : t('samples.own')}</legend>
          {samples
            .filter((sample) => groupOf(sample) === recipe)
            .map((sample) => (
              <Choice
                key={sample.key}
                sample={sample}
                chosen={chosen.includes(sample)}
                disabled={!on || (chosen.length >= maxSamples && !chosen.includes(sample))}
                onChoose={(is) => checked.choose(sample.key, is)}
              />
            ))}
        </fieldset>
      ))}
      <AddText onAdd={checked.add} />
    </details>
  )
}

/** The recipe that a sample is of, or '' for what is the behavior's own. */
function groupOf({ name }: Sample): string {
  return 'recipe' in name ? name.recipe : ''
}

function Choice(props: {
  sample: Sample
  chosen: boolean
  disabled: boolean
  onChoose: (is: boolean) => void
}) {
  const { name } = props.sample
  return (
    <div class="choice sample">
      <label>
        <input
          type="checkbox"
          checked={props.chosen}
          disabled={props.disabled}
          onChange={(e) => props.onChoose(e.currentTarget.checked)}
        />{' '}
        <Named name={name} />
      </label>
      {'delivery' in name && (
        <Link to={`/deliveries/${name.delivery.id}`}>
          <Time value={name.delivery.received_at} />
        </Link>
      )}
    </div>
  )
}

function Named({ name }: { name: Sample['name'] }) {
  const { t } = useApp()
  if ('delivery' in name) return <>{t('deliveries.id', { id: name.delivery.id })}</>
  if ('text' in name) return <>{t('samples.text', { n: name.text })}</>
  return <PlainText text={name.sample} />
}

/** One more sample, by its text. The server says whether it is a request. */
function AddText(props: { onAdd: (text: string) => void }) {
  const { client, t } = useApp()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const wrong = error instanceof ApiError ? error.field('samples[0]') : undefined

  async function add() {
    setBusy(true)
    setError(undefined)
    try {
      await client.check('', { samples: [text] })
      props.onAdd(text)
      setText('')
    } catch (e) {
      setError(e)
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      <Field label={t('samples.add.text')} help={t('test.text.help')} error={wrong}>
        {(tied) => (
          <textarea
            {...tied}
            class="mono"
            rows={5}
            spellcheck={false}
            value={text}
            onInput={(e) => setText(e.currentTarget.value)}
          />
        )}
      </Field>
      {error !== undefined && !wrong && <Failure error={error} />}
      <button type="button" onClick={add} disabled={busy}>
        {t('samples.add')}
      </button>
    </>
  )
}
