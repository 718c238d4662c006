import type { Behavior, Listener } from '../../src/api/schema'
import { expect, expectAccessible, installRecipe, test } from './test'

test('a secret is stored with its hosts, replaced, used and deleted', async ({
  admin: page,
  host,
  slack,
}) => {
  await host.enable(true)
  await page.goto(`${host.url}/admin/webhooks/secrets`)
  const form = page.getByRole('form', { name: 'Store a secret' })
  await form.getByLabel('Name').fill('slack-url')
  await form.getByLabel('Value').fill('not-a-url-yet')
  await form.getByLabel('Hosts that it may be sent to').fill('*.example.com')
  await form.getByRole('button', { name: 'Add' }).click()
  await expect(form.getByText('“*.example.com” is no host name.')).toBeVisible()
  await form.getByLabel('Hosts that it may be sent to').fill('https://Hooks.example.com/x, b.example')
  await page.keyboard.press('Enter')
  await expect(form.getByRole('listitem')).toHaveText([/^hooks\.example\.com/, /^b\.example/])
  await form.getByRole('button', { name: 'Remove b.example' }).click()
  await form.getByRole('button', { name: 'Store' }).click()
  const row = page.getByRole('row', { name: /slack-url/ })
  await expect(row).toContainText('hooks.example.com')
  await expect(row).toContainText('nothing')

  await row.getByRole('button', { name: 'Replace the value' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replace the value of “slack-url”' })
  await expectAccessible(page)
  await dialog.getByLabel('New value').fill(slack.url)
  await expect(dialog.getByText('It is a URL, so it may be sent')).toBeVisible()
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(row).toContainText('127.0.0.1')

  const { listener } = await host.api<{ listener: Listener }>(
    'POST',
    '/api/webhooks/v1/recipes/mailgun-bounces/install',
    { name: 'Its only user', inputs: { signing_key: 'k', slack: { secret: 'slack-url' } } },
  )
  await page.reload()
  await expect(row).toContainText('1 listener')
  await row.getByRole('button', { name: 'Delete “slack-url”' }).click()
  const asked = page.getByRole('dialog', { name: 'Delete “slack-url”' })
  await asked.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(asked.getByRole('alert')).toContainText('Its only user')
  await host.api('DELETE', `/api/webhooks/v1/listeners/${listener.id}`)
  await asked.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(row).toHaveCount(0)

  await page.getByRole('link', { name: 'Audit' }).click()
  const trail = page.getByRole('table', { name: 'Audit' })
  await expect(trail.getByRole('row', { name: /Admin secret slack-url DELETE/ })).toBeVisible()
  await expect(trail.getByRole('row', { name: /PUT \/secrets\/\{name\}/ })).toHaveCount(2)
  expect(await trail.textContent()).not.toContain(slack.url)
})

test('a listener is renamed, given a time zone, and a choice of the host', async ({ admin: page, host }) => {
  await host.enable(true)
  const source =
    'behavior: 1\nname: Tells somebody\ninputs:\n  who: {type: worker, label: Who is told}\n' +
    'steps:\n  - stop: "${{ inputs.who }}"\n'
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await host.api('POST', `/api/webhooks/v1/behaviors/${behavior.id}/publish`, { note: '' })
  const listener = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: 'Old name',
    behavior_id: behavior.id,
  })
  const path = `/api/webhooks/v1/listeners/${listener.id}`
  await page.goto(`${host.url}/admin/webhooks/listeners/${listener.id}`)
  const settings = page.getByRole('form', { name: 'Settings' })
  await settings.getByLabel('Name').fill('New name')
  await settings.getByLabel('Time zone').fill('Mars/Olympus')
  await settings.getByRole('button', { name: 'Save settings' }).click()
  await expect(settings.getByLabel('Time zone')).toHaveAttribute('aria-invalid', 'true')
  await settings.getByLabel('Time zone').fill('Europe/Berlin')
  await settings.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByRole('heading', { name: 'New name', level: 1 })).toBeVisible()
  expect(await host.api(`GET`, path)).toMatchObject({ name: 'New name', timezone: 'Europe/Berlin' })

  const form = page.getByRole('form', { name: 'Inputs' })
  const who = form.getByRole('combobox', { name: 'Who is told' })
  await who.focus()
  await page.keyboard.press('ArrowDown')
  await expect(form.getByRole('option')).not.toHaveCount(0)
  await expectAccessible(page)
  await who.fill('nobody at all')
  await expect(form.getByText('0 choices')).toBeVisible()
  await who.fill('adm')
  await expect(form.getByRole('option', { name: 'Admin (admin)' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(who).toHaveValue('Admin (admin)')
  await form.getByRole('button', { name: 'Save inputs' }).click()
  await expect(page.getByText('Inputs saved.')).toBeVisible()
  const saved = await host.api<Listener>('GET', path)
  expect(saved.inputs.who).toMatch(/^\d+$/)
  await page.reload()
  await expect(who).toHaveValue('Admin (admin)')

  // What is no longer there is said, and can be cleared.
  await page.route('**/pickers/worker?value=*', (route) => route.fulfill({ json: { items: [], next: null } }))
  await page.reload()
  await expect(form.getByText(/is no longer there\. Choose another\./)).toBeVisible()
  await form.getByRole('button', { name: 'Clear Who is told' }).click()
  await form.getByRole('button', { name: 'Save inputs' }).click()
  await expect.poll(async () => (await host.api<Listener>('GET', path)).inputs.who ?? null).toBeNull()
})

test('a warning of the status is shown to who manages', async ({ admin: page, host, slack }) => {
  await installRecipe(host, slack.url)
  const message = 'fsync is off: a crash of the server loses deliveries; set it to on'
  await page.route('**/api/webhooks/v1/status', (route) =>
    route.fulfill({
      json: { version: '1', database: { reachable: true }, warnings: [{ code: 'flush-log', message }] },
    }),
  )
  await page.goto(`${host.url}/admin/webhooks`)
  await expect(page.getByRole('region', { name: 'This needs attention' })).toContainText(message)
  await expectAccessible(page)
})

test('a guide is laid out, and its links lead to the web only', async ({ admin: page, host }) => {
  await host.enable(true)
  await page.goto(`${host.url}/admin/webhooks/recipes/mailgun-bounces`)
  await expect(page.getByRole('heading', { name: 'At Mailgun', level: 3 })).toBeVisible()
  await expect(page.locator('.prose ol > li')).not.toHaveCount(0)
  expect(await page.locator('.prose').textContent()).not.toContain('**')
})
