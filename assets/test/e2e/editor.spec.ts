import type { Behavior, Diagnostic } from '../../src/api/schema'
import { bounce, expect, expectAccessible, installRecipe, key, replaceSource, stepCard, test } from './test'

const broken = `behavior: 1
name: 🚀 Broken
steps:
  - message.nte: {message: "1", text: "😀 hi"}
  - stop: done
    when: request.methd == "POST"
`

async function open(page: import('@playwright/test').Page, url: string, id: string): Promise<void> {
  await page.goto(`${url}/admin/webhooks/behaviors/${id}`)
  await expect(page.getByRole('textbox', { name: 'Source of the behavior' })).toBeVisible()
}

test('problems are listed, gone to, mended, and block publishing', async ({ admin: page, host }) => {
  await host.enable(true)
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source: broken })
  const errors = (behavior.diagnostics ?? []).filter((d) => d.severity === 'error')
  expect(errors.length).toBeGreaterThanOrEqual(1)
  await open(page, host.url, behavior.id)

  for (const error of errors) {
    await expect(
      page.getByRole('button', { name: new RegExp(`error Line ${error.line}:`) }).first(),
    ).toBeVisible()
  }
  const first = errors[0] as Diagnostic
  await page
    .getByRole('button', { name: new RegExp(`error Line ${first.line}:`) })
    .first()
    .click()
  await expect(page.getByText(`Line ${first.end_line}, column ${first.end_column}.`)).toBeVisible()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.press('F8')
  await expect(page.getByText(`Line ${first.line},`, { exact: false }).first()).toBeVisible()

  await page.getByRole('button', { name: 'Publish…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Publish this behavior' })
  await expect(dialog).toContainText('cannot be published')
  await expect(dialog.getByRole('button', { name: /^Publish/ })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  const [fix] = errors.find((d) => d.line === 6)?.fixes ?? []
  if (!fix) throw new Error('the misspelled field has no fix')
  await page.getByRole('button', { name: fix.title, exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Source of the behavior' })).toContainText(
    'when: request.method ==',
  )
  await expect(page.getByText('Not saved')).toBeVisible()
  await expect(page.getByRole('button', { name: fix.title, exact: true })).toBeHidden()
})

test('two who save the same draft are told', async ({ admin: page, host }) => {
  await host.enable(true)
  const source = 'behavior: 1\nname: Shared\nsteps:\n  - stop: mine\n'
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  const path = `/api/webhooks/v1/behaviors/${behavior.id}`
  await open(page, host.url, behavior.id)
  await host.api('PATCH', path, { source: source.replace('mine', 'theirs') })
  await replaceSource(page, source.replace('mine', 'ours'))
  await page.keyboard.press('ControlOrMeta+s')
  const dialog = page.getByRole('dialog', { name: 'Somebody else changed this draft' })
  await expect(dialog).toBeVisible()
  expect((await host.api<Behavior>('GET', path)).source).toContain('theirs')

  await dialog.getByRole('button', { name: 'Take theirs' }).click()
  await expect(page.getByRole('textbox', { name: 'Source of the behavior' })).toContainText('stop: theirs')
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()

  await host.api('PATCH', path, { source })
  await replaceSource(page, source.replace('mine', 'ours'))
  await page.keyboard.press('ControlOrMeta+s')
  await dialog.getByRole('button', { name: 'Save mine over it' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  expect((await host.api<Behavior>('GET', path)).source).toContain('ours')
})

test('a page with an unsaved draft asks before it is left', async ({ admin: page, host }) => {
  await host.enable(true)
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', {
    source: 'behavior: 1\nname: Kept\nsteps:\n  - stop: here\n',
  })
  await open(page, host.url, behavior.id)
  await replaceSource(page, 'behavior: 1\nname: Kept\nsteps:\n  - stop: there\n')
  await expect(page.getByText('Not saved')).toBeVisible()
  page.once('dialog', (dialog) => dialog.dismiss())
  await page.getByRole('link', { name: 'Recipes' }).click()
  await expect(page).toHaveURL(new RegExp(`/behaviors/${behavior.id}$`))
  page.once('dialog', (dialog) => dialog.accept())
  await page.getByRole('link', { name: 'Recipes' }).click()
  await expect(page.getByRole('heading', { name: 'Recipes' })).toBeFocused()
})

test('a draft is simulated with a delivery, and sends nothing', async ({ admin: page, host, slack }) => {
  const listener = await installRecipe(host, slack.url)
  await host.send(listener.url, key, bounce)
  const [delivery] = (
    await host.api<{ items: { id: string }[] }>('GET', `/api/webhooks/v1/deliveries?listener=${listener.id}`)
  ).items
  await page.goto(`${host.url}/admin/webhooks/deliveries/${delivery?.id}`)
  await page.getByRole('link', { name: 'Open the behavior' }).click()
  const panel = page.getByRole('tabpanel', { name: 'Test' })
  await expect(panel.getByLabel('Request')).toHaveValue(`delivery ${delivery?.id}`)
  await expect(stepCard(panel, 'message.find')).toContainText('assumed')
  await expect(stepCard(panel, 'slack.post')).toContainText('webhook')
  await expect(panel).toContainText('Nothing was sent, and nothing was changed.')

  await replaceSource(page, 'behavior: 1\nname: Answers\nsteps:\n  - respond: {status: 202, text: "ok"}\n')
  await expect(panel.getByText('202').first()).toBeVisible()
  await panel.getByLabel('Request').selectOption({ label: 'Paste or write one' })
  await panel.getByLabel('Text of the request').fill('GET / HTTP/1.1\n\n')
  await expect(panel.getByText('The behavior does not accept this method.')).toBeVisible()
  expect(slack.received).toEqual([])
})

test('what the helpdesk adds is completed and told of like the rest', async ({ admin: page, host }) => {
  await host.enable(true)
  const source = 'behavior: 1\nname: Completed\nsteps:\n'
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await open(page, host.url, behavior.id)
  await page.waitForLoadState('networkidle')
  await page.getByRole('textbox', { name: 'Source of the behavior' }).focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('  - worker.no')
  await expect(page.getByRole('option', { name: /worker\.notify/ })).toBeVisible()
  await expect(page.getByText('worker (text, required)')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Source of the behavior' })).toContainText(
    'worker.notify: {worker: "", text: ""}',
  )
})
