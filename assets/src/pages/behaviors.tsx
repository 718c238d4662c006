import { useState } from 'preact/hooks'
import { useApp } from '../app-context'
import { Badge, Failure, Heading, Link, Loading, Time } from '../ui/basics'
import { useLoad } from '../ui/load'
import { all } from './listeners'

/** What a new behavior starts with: it compiles, and says what to change. */
const starter = `behavior: 1
name: New behavior
description: Says what it does, for whoever chooses it.

inputs:
  key: {type: secret, label: Signing key, required: true}

accept: {methods: [POST], types: [json]}
# Who may call; see the recipes for how your provider signs.
verify: github.signed(request, inputs.key)

steps:
  - stop: not written yet
`

export function Behaviors() {
  const { client, may, router, t } = useApp()
  const list = useLoad((signal) => all((cursor) => client.behaviors(cursor, signal)), [])
  const [error, setError] = useState<unknown>()

  async function create() {
    setError(undefined)
    try {
      const behavior = await client.createBehavior(starter)
      router.go(router.href(`/behaviors/${behavior.id}`))
    } catch (e) {
      setError(e)
    }
  }

  return (
    <>
      <Heading title={t('behaviors.title')}>
        {may('edit') && (
          <button type="button" class="primary" onClick={create}>
            {t('behaviors.new')}
          </button>
        )}
      </Heading>
      {error !== undefined && <Failure error={error} />}
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.value && list.error === undefined && <Loading />}
      {list.value?.length === 0 && (
        <section class="empty">
          <h2>{t('behaviors.empty.title')}</h2>
          <p>{t('behaviors.empty.text')}</p>
          <p>
            <Link to="/recipes">{t('nav.recipes')}</Link>
          </p>
        </section>
      )}
      {list.value && list.value.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('behaviors.name')}</th>
              <th scope="col">{t('behaviors.version')}</th>
              <th scope="col">{t('behaviors.listeners')}</th>
              <th scope="col">{t('behaviors.updated')}</th>
            </tr>
          </thead>
          <tbody>
            {list.value.map((b) => (
              <tr key={b.id}>
                <th scope="row" data-label={t('behaviors.name')}>
                  <Link to={`/behaviors/${b.id}`}>{b.name}</Link>
                </th>
                <td data-label={t('behaviors.version')}>
                  {b.published_version === null ? (
                    <Badge tone="warn">{t('behavior.unpublished')}</Badge>
                  ) : (
                    <>
                      <Badge tone="good">{t('behavior.published', { version: b.published_version })}</Badge>{' '}
                      {b.draft && <Badge tone="warn">{t('behavior.draft')}</Badge>}
                    </>
                  )}
                </td>
                <td data-label={t('behaviors.listeners')}>{b.listeners}</td>
                <td data-label={t('behaviors.updated')}>
                  <Time value={b.updated_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
