import { useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import type { Behavior, Input, Recipe } from '../api/schema'
import { useApp } from '../app-context'
import { declaredInputs } from '../inputs/declared'
import { InputFields } from '../inputs/form'
import { useInputsForm } from '../inputs/use-form'
import { Failure, Heading, Link, Loading } from '../ui/basics'
import { Field } from '../ui/field'
import { useLoad } from '../ui/load'
import { all } from './listeners'

type Choice = { kind: 'recipe'; recipe: Recipe } | { kind: 'behavior'; behavior: Behavior }

/** Choose what it should do, then fill the form in. The choice stands in the URL. */
export function NewListener() {
  const { client, router, t } = useApp()
  const { query } = router.place.value
  const options = useLoad(async (signal) => {
    const [recipes, behaviors] = await Promise.all([
      client.recipes(signal),
      all((cursor) => client.behaviors(cursor, signal)),
    ])
    return [
      ...recipes.items.map((recipe): Choice => ({ kind: 'recipe', recipe })),
      ...behaviors.map((behavior): Choice => ({ kind: 'behavior', behavior })),
    ]
  }, [])
  const chosen = options.value?.find((c) =>
    c.kind === 'recipe' ? c.recipe.id === query.get('recipe') : c.behavior.id === query.get('behavior'),
  )

  function choose(choice: Choice) {
    const id = choice.kind === 'recipe' ? choice.recipe.id : choice.behavior.id
    router.go(router.href('/listeners/new', { [choice.kind]: id }), { replace: true })
  }

  return (
    <>
      <Heading title={t('new.title')} />
      {options.error !== undefined && <Failure error={options.error} retry={options.reload} />}
      {!options.value && options.error === undefined && <Loading />}
      {options.value?.length === 0 && <p>{t('new.none')}</p>}
      {options.value && options.value.length > 0 && (
        <fieldset class="choices">
          <legend>{t('new.what')}</legend>
          {options.value.map((choice) => (
            <ChoiceRow
              key={keyOf(choice)}
              choice={choice}
              checked={choice === chosen}
              onChoose={() => choose(choice)}
            />
          ))}
        </fieldset>
      )}
      {chosen && <SetUp key={keyOf(chosen)} choice={chosen} />}
    </>
  )
}

function keyOf(choice: Choice): string {
  return choice.kind === 'recipe' ? `recipe ${choice.recipe.id}` : `behavior ${choice.behavior.id}`
}

function nameOf(choice: Choice): string {
  return choice.kind === 'recipe' ? choice.recipe.name : choice.behavior.name
}

function ChoiceRow(props: { choice: Choice; checked: boolean; onChoose: () => void }) {
  const { t } = useApp()
  const { choice } = props
  let what: string
  if (choice.kind === 'recipe') what = t('new.recipe', { provider: choice.recipe.provider })
  else if (choice.behavior.published_version === null) what = t('new.behavior.draft')
  else what = t('new.behavior', { version: choice.behavior.published_version })
  return (
    <label class="choice">
      <input type="radio" name="what" checked={props.checked} onChange={props.onChoose} />
      <span>
        <strong>{nameOf(choice)}</strong> <span class="muted">{what}</span>
        {choice.kind === 'recipe' && <span class="about">{choice.recipe.description}</span>}
      </span>
    </label>
  )
}

function SetUp(props: { choice: Choice }) {
  const { client, t } = useApp()
  const { choice } = props
  const inputs = useLoad<Input[] | null>(
    async (signal) =>
      choice.kind === 'recipe' ? choice.recipe.inputs : declaredInputs(client, choice.behavior, signal),
    [choice],
  )
  if (inputs.error !== undefined) return <Failure error={inputs.error} retry={inputs.reload} />
  if (inputs.value === undefined) return <Loading />
  if (inputs.value === null && choice.kind === 'behavior') {
    return (
      <p class="failure">
        {t('new.compile')} <Link to={`/behaviors/${choice.behavior.id}`}>{t('new.edit')}</Link>
      </p>
    )
  }
  return <SetUpForm choice={choice} inputs={inputs.value ?? []} />
}

function SetUpForm(props: { choice: Choice; inputs: Input[] }) {
  const { client, router, t } = useApp()
  const { choice } = props
  const [name, setName] = useState(nameOf(choice))
  const form = useInputsForm(props.inputs)

  const create = () =>
    form.submit(async (inputs) => {
      const listener =
        choice.kind === 'recipe'
          ? (await client.install(choice.recipe.id, { name, inputs })).listener
          : await client.createListener({ name, behavior_id: choice.behavior.id, inputs })
      router.go(router.href(`/listeners/${listener.id}`))
    })

  return (
    <form
      class="form"
      noValidate
      aria-label={t('new.setUp')}
      onSubmit={(e) => {
        e.preventDefault()
        void create()
      }}
    >
      <h2>{t('new.setUp')}</h2>
      <Field
        label={t('new.name')}
        required
        error={form.error instanceof ApiError ? form.error.field('name') : undefined}
      >
        {(tied) => (
          <input {...tied} value={name} autocomplete="off" onInput={(e) => setName(e.currentTarget.value)} />
        )}
      </Field>
      <InputFields {...form.fields} />
      {form.error !== undefined && <Failure error={form.error} shown={['name', ...form.shown]} />}
      <div class="actions">
        <button type="submit" class="primary" disabled={form.busy}>
          {t('new.create')}
        </button>
      </div>
    </form>
  )
}
