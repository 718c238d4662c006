import type { Page } from '@playwright/test'
import type { Host } from './host'
import { bounce, expect, expectAccessible, installRecipe, key, test } from './test'

const password = 'password-of-the-worker'

/** Makes a worker of a role, and logs in as that one. */
async function logInAs(page: Page, host: Host, login: string, role: string): Promise<void> {
  await page.goto(`${host.url}/setup/workers/new`)
  await page.getByLabel('Log-in').fill(login)
  await page.getByLabel('Name', { exact: true }).fill(login)
  await page.getByLabel('Role').selectOption(role)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByLabel('Name').fill(login)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('heading', { name: 'Tickets' })).toBeVisible()
}

/** Nothing that the page shows may be refused. */
function refusals(page: Page): string[] {
  const refused: string[] = []
  page.on('response', (r) => {
    if (r.status() === 403) refused.push(`${r.request().method()} ${r.url()}`)
  })
  return refused
}

test('an agent sees what there is, and no control', async ({ admin: page, host, slack }) => {
  const listener = await installRecipe(host, slack.url)
  await host.send(listener.url, key, bounce)
  const { items } = await host.api<{ items: { id: string }[] }>('GET', '/api/webhooks/v1/deliveries')
  await logInAs(page, host, 'anna', 'Agent')
  const refused = refusals(page)
  const pages: [path: string, ready: string][] = [
    ['', 'Listeners'],
    [`/listeners/${listener.id}`, 'Inputs'],
    ['/behaviors', 'Behaviors'],
    [`/behaviors/${listener.behavior_id}`, 'Versions'],
    ['/deliveries', 'Deliveries'],
    [`/deliveries/${items[0]?.id}`, 'Steps'],
    ['/recipes/mailgun-bounces', 'What it does'],
    ['/simulate', 'You may not see this page'],
    ['/secrets', 'You may not see this page'],
    ['/audit', 'You may not see this page'],
    ['/listeners/new', 'You may not see this page'],
  ]
  for (const [path, ready] of pages) {
    await test.step(path || '/', async () => {
      await page.goto(`${host.url}/admin/webhooks${path}`)
      await expect(page.getByRole('heading', { name: ready }).first()).toBeVisible()
      await expect(page.getByText('Loading…')).toHaveCount(0)
      const app = page.locator('deskhook-app')
      await expect(
        app.getByRole('button', { name: /Save|Delete|Publish|New|Store|Enabled|Simulate/ }),
      ).toHaveCount(0)
      await expect(
        app.getByRole('link', { name: /New listener|Simulate|Secrets|Audit|Use this/ }),
      ).toHaveCount(0)
      await expect(app.getByRole('switch', { name: /Enabled|Paused/ })).toHaveCount(0)
      if (/listeners|behaviors\/|secrets/.test(path)) await expectAccessible(page)
    })
  }
  await page.goto(`${host.url}/admin/webhooks/listeners/${listener.id}`)
  await expect(page.getByText('The URL is a credential.')).toBeVisible()
  expect(await page.locator('.app').textContent()).not.toContain(listener.guid)
  await page.goto(`${host.url}/admin/webhooks/secrets`)
  await expect(page.getByText('It needs the permission “manage”')).toBeVisible()
  expect(refused).toEqual([])
})

test('who edits writes behaviors and simulates them, and manages nothing', async ({
  admin: page,
  host,
  slack,
}) => {
  const listener = await installRecipe(host, slack.url)
  await host.send(listener.url, key, bounce)
  const { items } = await host.api<{ items: { id: string }[] }>('GET', '/api/webhooks/v1/deliveries')
  await page.goto(`${host.url}/setup/roles/new`)
  await page.getByLabel('Name').fill('Editor')
  await page.getByLabel('Write drafts of behaviors').check()
  await page.getByRole('button', { name: 'Create' }).click()
  await logInAs(page, host, 'emil', 'Editor')
  const refused = refusals(page)

  await page.goto(`${host.url}/admin/webhooks/behaviors/${listener.behavior_id}`)
  await expect(page.getByText('No problems.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save draft' })).toBeVisible()
  await expect(page.getByLabel('Request', { exact: true })).not.toContainText('Delivery')
  await page.locator('deskhook-app').getByRole('link', { name: 'Simulate' }).last().click()
  await expect(page.getByLabel('Version')).toHaveValue('draft')
  await page.getByLabel('Text of the request').fill('POST / HTTP/1.1\nContent-Type: application/json\n\n{}')
  await expect(page.getByText('The secret that the signature is checked with')).toBeVisible()

  await page.goto(`${host.url}/admin/webhooks/deliveries/${items[0]?.id}`)
  await expect(page.getByRole('link', { name: 'Open the behavior' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Simulate this' })).toHaveCount(0)
  await page.goto(`${host.url}/admin/webhooks/listeners/${listener.id}`)
  await expect(page.getByLabel('URL to give to the service', { exact: true })).toHaveValue(listener.url)
  await expect(page.getByText('A value is set. It is never shown.').first()).toBeVisible()
  await expect(page.getByRole('switch', { name: 'Enabled' })).toHaveCount(0)
  expect(refused).toEqual([])
})
