import type { Behavior, Listener } from '../../src/api/schema'
import { bounce, expect, expectAccessible, installRecipe, key, test } from './test'

const hostile =
  '<img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>\u202e evil'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible, and fits 320 pixels: ${colorScheme}`, async ({
    admin: page,
    host,
    slack,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const listener = await installRecipe(host, slack.url)
    await host.send(listener.url, key, bounce)
    await host.send(listener.url, 'another key', bounce)
    const { items } = await host.api<{ items: { id: string; outcome: string }[] }>(
      'GET',
      `/api/webhooks/v1/deliveries?listener=${listener.id}`,
    )
    const fresh = await installRecipe(host, slack.url, 'Still waiting')
    const pages: [path: string, ready: string | RegExp][] = [
      ['', 'Listeners'],
      ['/listeners/new?recipe=mailgun-bounces', 'Set it up'],
      [`/listeners/${listener.id}`, 'Inputs'],
      [`/listeners/${fresh.id}`, /Waiting for the first request/],
      ['/behaviors', 'Behaviors'],
      [`/behaviors/${listener.behavior_id}`, 'Steps'],
      ['/deliveries', 'Deliveries'],
      ['/deliveries?outcome=handshake', 'Deliveries'],
      ...items.map((d): [string, string] => [
        `/deliveries/${d.id}`,
        d.outcome === 'refused' ? 'Why it was refused' : 'Steps',
      ]),
      ['/recipes', 'Recipes'],
      ['/recipes/mailgun-bounces', 'What it does'],
      [`/simulate?delivery=${items[0]?.id}`, 'Steps'],
      ['/simulate', 'Simulate'],
      ['/secrets', 'Store a secret'],
      ['/audit', 'Audit'],
      ['/nowhere', 'There is no such page'],
      ['/deliveries/999999', 'This page cannot be shown'],
    ]
    for (const [path, ready] of pages) {
      await test.step(path || '/', async () => {
        await page.setViewportSize({ width: 1280, height: 900 })
        await page.goto(`${host.url}/admin/webhooks${path}`)
        await expect(page.getByRole('heading', { name: ready }).first()).toBeVisible()
        await expect(page.getByText('Loading…')).toHaveCount(0)
        await expectAccessible(page)
        await page.setViewportSize({ width: 320, height: 800 })
        await expectAccessible(page)
      })
    }
  })
}

test('a listener can be made by the keyboard alone', async ({ admin: page, host, slack }) => {
  await host.enable(true)
  await page.goto(`${host.url}/admin/webhooks`)
  await page.getByRole('link', { name: 'New listener' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'New listener' })).toBeFocused()
  await expect(page.getByRole('radio').first()).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await expect(page.getByRole('heading', { name: 'Set it up' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Name')).toBeFocused()
  for (const text of ['By keyboard', key, slack.url]) {
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.insertText(text)
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'By keyboard' })).toBeFocused()
  await expect(page.getByText('Waiting for the first request')).toBeVisible()
})

test('secrets are never read back, and stay when other inputs change', async ({
  admin: page,
  host,
  slack,
}) => {
  const listener = await installRecipe(host, slack.url, 'Secrets')
  await page.goto(`${host.url}/admin/webhooks/listeners/${listener.id}`)
  const form = page.getByRole('form', { name: 'Inputs' })
  await expect(form.getByLabel('Mailgun HTTP webhook signing key: which value')).toHaveValue('keep')
  await form.getByLabel('Slack channel').fill('#elsewhere')
  await form.getByRole('button', { name: 'Save inputs' }).click()
  await expect(page.getByText('Inputs saved.')).toBeVisible()
  expect(await host.send(listener.url, key, bounce)).toBe('200 OK\n')
  const values = await page.evaluate(() =>
    [...(document.querySelector('deskhook-app')?.shadowRoot?.querySelectorAll('input') ?? [])].map(
      (i) => i.value,
    ),
  )
  expect(values).toContain('#elsewhere')
  expect(values.join(' ')).not.toContain(key)
  expect(values.join(' ')).not.toContain('/services/')

  await form.getByLabel('Mailgun HTTP webhook signing key: which value').selectOption('set')
  await form.getByLabel('Mailgun HTTP webhook signing key', { exact: false }).last().fill('a new key')
  await form.getByRole('button', { name: 'Save inputs' }).click()
  await expect(form.getByLabel('Mailgun HTTP webhook signing key: which value')).toHaveValue('keep')
  expect(await host.send(listener.url, 'a new key', bounce)).toBe('200 OK\n')
  expect(await host.send(listener.url, key, bounce)).toMatch(/^406 /)
})

test('a stored secret is used by name', async ({ admin: page, host, slack }) => {
  await host.enable(true)
  await page.goto(`${host.url}/admin/webhooks/secrets`)
  await page.getByLabel('Name').fill('mailgun-key')
  await page.getByLabel('Value').fill(key)
  await page.getByRole('button', { name: 'Store' }).click()
  await expect(page.getByRole('row', { name: /mailgun-key/ })).toBeVisible()

  await page.goto(`${host.url}/admin/webhooks/listeners/new?recipe=mailgun-bounces`)
  const form = page.getByRole('form', { name: 'Set it up' })
  await form.getByLabel('Mailgun HTTP webhook signing key: which value').selectOption('use mailgun-key')
  await form
    .getByRole('textbox', { name: 'Slack webhook URL' })
    .or(form.getByLabel('Slack webhook URL (required)'))
    .last()
    .fill(slack.url)
  await form.getByRole('button', { name: 'Create listener' }).click()
  await page.waitForURL(/\/listeners\/\d+$/)
  const url = await page.getByLabel('URL to give to the service', { exact: true }).inputValue()
  expect(await host.send(url, key, bounce)).toBe('200 OK\n')
})

test('a payload is text, whatever is in it', async ({ admin: page, host, slack }) => {
  await installRecipe(host, slack.url)
  const source =
    'behavior: 1\nname: Takes anything\nsteps:\n  - message.find: {message_id: "${{ payload.evil }}"}\n'
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await host.api('POST', `/api/webhooks/v1/behaviors/${behavior.id}/publish`, { note: hostile })
  const listener = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: hostile,
    behavior_id: behavior.id,
  })
  await fetch(listener.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Evil': '<b>bold</b>' },
    body: JSON.stringify({ evil: hostile, long: 'x'.repeat(200_000), deep: '['.repeat(50) }),
  })
  const { items } = await host.api<{ items: { id: string }[] }>(
    'GET',
    `/api/webhooks/v1/deliveries?listener=${listener.id}`,
  )
  for (const path of ['', '/deliveries', `/listeners/${listener.id}`, `/deliveries/${items[0]?.id}`]) {
    await page.goto(`${host.url}/admin/webhooks${path}`)
    await expect(page.getByText('<img src=x').filter({ visible: true }).first()).toBeVisible()
    await expect(page).not.toHaveTitle('owned')
  }
  await expect(page.getByText('<b>bold</b>')).toBeVisible()
  await expect(page.getByText('U+202E').first()).toBeVisible()
  const app = page.locator('deskhook-app')
  await expect(app.locator('img, script, b')).toHaveCount(0)
  await page.getByRole('button', { name: /^Show all/ }).click()
  await expect(page.getByRole('region', { name: 'Request: Body' })).toContainText('x'.repeat(100_000))
})

test('the filter of the log stands in the address', async ({ admin: page, host, slack }) => {
  const listener = await installRecipe(host, slack.url, 'Filtered')
  await host.send(listener.url, key, bounce)
  await host.send(listener.url, 'another key', bounce)
  await page.goto(`${host.url}/admin/webhooks/deliveries?listener=${listener.id}`)
  const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row')
  await expect(rows).toHaveCount(3)
  await page.getByLabel('Outcome').selectOption('refused')
  await expect(page).toHaveURL(new RegExp(`\\?listener=${listener.id}&outcome=refused$`))
  await expect(rows).toHaveCount(2)
  await page.getByRole('switch', { name: 'Live' }).click()
  await host.send(listener.url, 'another key', bounce)
  await page.getByRole('switch', { name: 'Live' }).click()
  await expect(rows).toHaveCount(3)
  await page.reload()
  await expect(page.getByLabel('Outcome')).toHaveValue('refused')
  await expect(rows).toHaveCount(3)
})

test('the host hears where its reader is', async ({ admin: page, host }) => {
  await host.enable(true)
  await page.goto(`${host.url}/admin/webhooks`)
  await expect(page).toHaveTitle('Listeners · Webhooks')
  const heard = page.evaluate(
    () =>
      new Promise((done) =>
        addEventListener('deskhook:navigate', (e) => done((e as CustomEvent).detail), { once: true }),
      ),
  )
  await page.getByRole('link', { name: 'Recipes' }).click()
  expect(await heard).toEqual({ title: 'Recipes', path: '/recipes' })
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Listeners' })).toBeFocused()
})

test('a recipe is installed by its page, and sent a sample', async ({ admin: page, host, slack }) => {
  await host.enable(true)
  await page.goto(`${host.url}/admin/webhooks/listeners/new?recipe=github-slack`)
  const setUp = page.getByRole('form', { name: 'Set it up' })
  await setUp.getByLabel('Name').fill('GitHub')
  await setUp.getByLabel('Webhook secret').fill(key)
  await setUp.getByLabel('Slack webhook URL').fill(slack.url)
  await setUp.getByRole('button', { name: 'Create listener' }).click()
  await expect(page.getByRole('heading', { name: 'GitHub', level: 1 })).toBeFocused()

  const form = page.getByRole('form', { name: 'Send a sample' })
  const samples = form.getByLabel('Sample')
  await expect(samples.getByRole('option')).toHaveText(['issue opened', 'ping', 'push'])
  await samples.selectOption('push')
  await form.getByRole('button', { name: 'Send sample' }).click()
  await expect(form.getByRole('status')).toContainText('Answer: 200')
  await expect
    .poll(() => slack.received.map((post) => post.body))
    .toEqual([expect.objectContaining({ text: expect.stringContaining('2 commits> to main') })])
  await expectAccessible(page)
  await form.getByRole('link', { name: /^Delivery \d+$/ }).click()
  await expect(page.getByRole('heading', { name: /^Delivery / })).toBeFocused()

  await page.goBack()
  const id = /\d+$/.exec(page.url())?.[0]
  await host.api('PATCH', `/api/webhooks/v1/listeners/${id}`, { enabled: false })
  await form.getByRole('button', { name: 'Send sample' }).click()
  await expect(form.getByRole('alert')).toContainText('The listener is disabled')
})

test('no sample is offered to who may not send it, or where nothing is verified', async ({
  admin: page,
  host,
  slack,
}) => {
  const listener = await installRecipe(host, slack.url)
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', {
    source: 'behavior: 1\nname: Open\nsteps:\n  - stop: here\n',
  })
  const open = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: 'Open',
    behavior_id: behavior.id,
  })
  await page.goto(`${host.url}/admin/webhooks/listeners/${open.id}`)
  await expect(page.getByRole('heading', { name: 'Inputs' })).toBeVisible()
  await expect(page.getByText('Loading…')).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Send a sample' })).toHaveCount(0)

  await page.route('**/admin/webhooks/**', async (route) => {
    if (route.request().resourceType() !== 'document') return route.continue()
    const response = await route.fetch()
    const body = (await response.text()).replace(/data-permissions="[^"]*"/, 'data-permissions="view edit"')
    return route.fulfill({ response, body })
  })
  await page.goto(`${host.url}/admin/webhooks/listeners/${listener.id}`)
  await expect(page.getByRole('heading', { name: 'Inputs' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Send a sample' })).toHaveCount(0)
})
