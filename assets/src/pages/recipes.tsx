import type { Recipe } from '../api/schema'
import { useApp } from '../app-context'
import { FailedPage, Failure, Heading, Link, Loading } from '../ui/basics'
import { useLoad } from '../ui/load'
import { Markdown } from '../ui/markdown'
import { Source } from '../ui/source'

export function Recipes() {
  const { client, t } = useApp()
  const list = useLoad((signal) => client.recipes(signal), [])
  return (
    <>
      <Heading title={t('recipes.title')} />
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.value && list.error === undefined && <Loading />}
      {list.value?.items.length === 0 && <p>{t('recipes.empty')}</p>}
      {list.value && <RecipeCards recipes={list.value.items} heading="h2" />}
    </>
  )
}

/** Recipes as cards; each leads to its page. */
export function RecipeCards(props: { recipes: readonly Recipe[]; heading: 'h2' | 'h3' }) {
  const { t } = useApp()
  const Title = props.heading
  return (
    <ul class="cards">
      {props.recipes.map((recipe) => (
        <li key={recipe.id} class="card">
          <Title>
            <Link to={`/recipes/${recipe.id}`}>{recipe.name}</Link>
          </Title>
          <p class="muted">{t('recipes.provider', { provider: recipe.provider })}</p>
          <p>{recipe.description}</p>
        </li>
      ))}
    </ul>
  )
}

export function RecipePage(props: { id: string }) {
  const { client, may, t } = useApp()
  const list = useLoad((signal) => client.recipes(signal), [])
  const recipe = list.value?.items.find((r) => r.id === props.id)
  if (list.error !== undefined) return <FailedPage error={list.error} retry={list.reload} />
  if (!list.value) return <Loading />
  if (!recipe) return <Heading title={t('recipe.unknown')} />
  return (
    <>
      <Heading title={recipe.name}>
        {may('manage') && (
          <Link to="/listeners/new" query={{ recipe: recipe.id }} class="button primary">
            {t('recipe.use')}
          </Link>
        )}
      </Heading>
      <p class="muted">{t('recipes.provider', { provider: recipe.provider })}</p>
      <p>{recipe.description}</p>
      {recipe.guide && (
        <section>
          <h2>{t('recipe.guide')}</h2>
          <div class="prose">
            <Markdown text={recipe.guide} />
          </div>
        </section>
      )}
      <section>
        <h2>{t('recipe.source')}</h2>
        <Source text={recipe.source} label={t('recipe.source')} />
      </section>
    </>
  )
}
