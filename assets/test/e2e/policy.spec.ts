import type { Behavior } from '../../src/api/schema'
import { expect, lookedAt, replaceSource, test } from './test'

const source = `behavior: 1
name: Posts
inputs:
  system: {type: url}
steps:
  - http.request: {url: "https://api.example.com/\${{ payload.id }}"}
`

test('a policy is shown, written, refused by its places, and taken back', async ({ admin: page, host }) => {
  await host.enable(true)
  const path = '/api/webhooks/v1/behaviors'
  const behavior = await host.api<Behavior>('POST', path, { source })
  await host.api('POST', `${path}/${behavior.id}/publish`, { note: '' })
  await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
  await page.getByRole('tab', { name: 'Policy' }).click()
  const panel = page.getByRole('tabpanel', { name: 'Policy' })
  await expect(panel.getByRole('listitem')).toHaveText([
    'http.request',
    'api.example.com:443',
    'the host in the input system: url',
  ])

  await replaceSource(page, `${source}  - log: a\n  - worker.notify: {worker: "1", text: "b"}\n`)
  await expect(panel.getByText('The draft names more.')).toBeVisible()
  await expect(panel.getByRole('listitem').last()).toHaveText('worker.notify')
  await lookedAt(page, 'granted')

  await panel.getByRole('button', { name: 'Write rules instead…' }).click()
  const rules = panel.getByRole('textbox', { name: 'Rules of the policy' })
  await expect(rules).toHaveValue('[\n  {\n    "allow": "http.request"\n  }\n]')
  await rules.fill('[{"allow": ')
  await panel.getByRole('button', { name: 'Save the policy' }).click()
  await expect(panel.getByText('This is no JSON')).toBeVisible()
  await rules.fill(
    '[{"allow": "http.requst"}, {"deny": "http.request", "where": {"url": {"host": "https://x"}}}]',
  )
  await panel.getByRole('button', { name: 'Save the policy' }).click()
  const wrong = panel.getByRole('list', { name: 'What is wrong with the rules' })
  await expect(wrong.getByRole('button')).toHaveCount(2)
  await wrong.getByRole('button', { name: '[1].where.url.host' }).click()
  await expect(rules).toBeFocused()
  const selected = () =>
    rules.evaluate((e: HTMLTextAreaElement) => e.value.slice(e.selectionStart, e.selectionEnd))
  expect(await selected()).toBe('"https://x"')
  await lookedAt(page, 'wrong')

  await rules.fill('[{"deny": "http.request", "where": {"url": {"host": "api.example.com"}}}]')
  await panel.getByRole('button', { name: 'Save the policy' }).click()
  await expect(panel.getByText('It may use what these rules allow.')).toBeVisible()
  const denied = panel.getByRole('button', { name: /error Line 6: .*denied by rule 1/ })
  await expect(denied).toBeVisible()
  await lookedAt(page, 'denied')
  await denied.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Line 6, column')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Source of the behavior' })).toBeFocused()
  await expect(page.getByText('Not saved')).toBeVisible()
  expect((await host.api<Behavior>('GET', `${path}/${behavior.id}`)).policy).toHaveLength(1)

  await panel.getByRole('button', { name: 'Change the rules…' }).click()
  await panel.getByRole('button', { name: 'Back to what the source names' }).click()
  await expect(panel.getByText('No policy is written')).toBeVisible()
  expect((await host.api<Behavior>('GET', `${path}/${behavior.id}`)).policy).toBeNull()
})

for (const permissions of ['view payloads edit', 'view']) {
  test(`a policy is only read by who may ${permissions}`, async ({ admin: page, host }) => {
    await host.enable(true)
    const path = '/api/webhooks/v1/behaviors'
    const behavior = await host.api<Behavior>('POST', path, { source })
    await host.api('PATCH', `${path}/${behavior.id}`, { policy: [{ allow: 'http.request' }] })
    await page.route('**/admin/webhooks/**', async (route) => {
      if (route.request().resourceType() !== 'document') return route.continue()
      const response = await route.fetch()
      const body = (await response.text()).replace(
        /data-permissions="[^"]*"/,
        `data-permissions="${permissions}"`,
      )
      return route.fulfill({ response, body })
    })
    await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
    const tab = page.getByRole('tab', { name: 'Policy' })
    if (permissions !== 'view') await tab.click()
    await expect(page.getByRole('region', { name: 'Rules of the policy' })).toHaveText(
      /"allow": "http.request"/,
    )
    await expect(page.getByRole('button', { name: 'Change the rules…' })).toHaveCount(0)
    await expect(page.getByRole('button', { name: 'Save the policy' })).toHaveCount(0)
  })
}
