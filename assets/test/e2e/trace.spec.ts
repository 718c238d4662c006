import type { Behavior, Delivery, Listener } from '../../src/api/schema'
import { expect, expectAccessible, lookedAt, test } from './test'

const source = `behavior: 1
name: Traced
accept: {methods: [POST]}
verify: payload.from == "alerts@example.com" and len(payload.items) > 1
let:
  total: sum(payload.items, .price)
steps:
  - log: "from \${{ payload.from }}, \${{ total }} in all"
    when: total > 3
  - respond: {status: 202, json: {total: "\${{ total }}"}}
`

test('a trace says which part of a verify was false', async ({ admin: page, host }) => {
  await host.enable(true)
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await host.api('POST', `/api/webhooks/v1/behaviors/${behavior.id}/publish`, { note: '' })
  const listener = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: 'Alerts',
    behavior_id: behavior.id,
  })
  const send = async (from: string) => {
    const answer = await fetch(listener.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ from, items: [{ price: 3 }, { price: 4.5 }] }),
    })
    return answer.status
  }
  expect(await send('<b>somebody@example.org</b>')).toBe(401)
  expect(await send('alerts@example.com')).toBe(202)
  const path = `/api/webhooks/v1/deliveries?listener=${listener.id}`
  let items: Delivery[] = []
  await expect
    .poll(async () => {
      items = (await host.api<{ items: Delivery[] }>('GET', path)).items
      return items.length
    })
    .toBe(2)
  // What was published changes nothing of the version that ran.
  await host.api('PATCH', `/api/webhooks/v1/behaviors/${behavior.id}`, {
    source: 'behavior: 1\nname: Other\n',
  })

  await test.step('of the refused one', async () => {
    const refused = items.find((d) => d.outcome === 'refused')
    const asked: string[] = []
    page.on('request', (request) => request.url().includes('trace=1') && asked.push(request.url()))
    await page.goto(`${host.url}/admin/webhooks/deliveries/${refused?.id}`)
    await expect(page.getByRole('heading', { name: 'Trace' })).toBeVisible()
    expect(asked).toEqual([])
    await page.getByText('Every expression with its value').click()
    const trace = page.getByRole('list', { name: 'Source of version 1, with values' })
    const line = trace.getByRole('listitem').filter({ hasText: 'verify:' }).first()
    await expect(line).toContainText('payload.from = "<b>somebody@example.org</b>"')
    const cause = line.getByRole('listitem').filter({ hasText: 'this made it false' })
    await expect(cause.last()).toContainText('payload.from == "alerts@example.com" = false')
    await expectAccessible(page)
    await page.screenshot({ path: test.info().outputPath('refused.png'), fullPage: true })
  })

  await test.step('of the accepted one, by the keyboard', async () => {
    const accepted = items.find((d) => d.outcome === 'accepted')
    await page.goto(`${host.url}/admin/webhooks/deliveries/${accepted?.id}`)
    await page.getByText('Every expression with its value').focus()
    await page.keyboard.press('Enter')
    const trace = page.getByRole('list', { name: 'Source of version 1, with values' })
    const value = trace.getByRole('button', { name: '7.5' }).first()
    await value.focus()
    await expect(value).toHaveAttribute('aria-expanded', 'false')
    await page.keyboard.press('Enter')
    await expect(value).toHaveAttribute('aria-expanded', 'true')
    await expect(trace).toContainText('sum(payload.items, .price) = 7.5')
    await expect(trace).toContainText('.price = 3, 4.5')
    await expect(trace).not.toContainText('Pointer')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectAccessible(page)
    await page.screenshot({ path: test.info().outputPath('narrow.png'), fullPage: true })
  })
})

const guarded = `behavior: 1
name: Guarded
steps:
  - ticket.create: {subject: "\${{ payload.order.subject }}", text: new, from: shop@example.com}
    when: payload.order.total * 2 > 6 and payload.order.total + 1 < 100
`

test('the trace of a draft stands in its panel, and on the page that simulates, with what a policy denies', async ({
  admin: page,
  host,
}) => {
  await host.enable(true)
  const path = '/api/webhooks/v1/behaviors'
  const behavior = await host.api<Behavior>('POST', path, { source: guarded })
  const rules = [
    { deny: 'ticket.create', where: { subject: { prefix: 'Spam' } } },
    { allow: 'ticket.create' },
  ]
  await host.api('PATCH', `${path}/${behavior.id}`, { policy: rules })
  await host.api('POST', `${path}/${behavior.id}/publish`, { note: '' })
  const listener = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: 'Shop',
    behavior_id: behavior.id,
  })
  await fetch(listener.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ order: { subject: 'Spam for you', total: 4 } }),
  })
  const { items } = await host.api<{ items: Delivery[] }>('GET', '/api/webhooks/v1/deliveries')

  for (const [name, at] of [
    ['editor', `/behaviors/${behavior.id}`],
    ['simulate', `/simulate?delivery=${items[0]?.id}`],
  ]) {
    await page.goto(`${host.url}/admin/webhooks${at}`)
    await page.locator('summary', { hasText: 'Trace' }).focus()
    await page.keyboard.press('Enter')
    const trace = page.getByRole('list', { name: 'Source, with the values of the simulation' })
    await expect(trace.getByText('denied by rule 1')).toBeVisible()
    await expect(page.locator('.step-failed').getByText('denied by rule 1')).toBeVisible()
    await trace.getByRole('button', { name: 'true' }).focus()
    await page.keyboard.press('Enter')
    for (const part of [
      'payload.order.total * 2 > 6 and payload.order.total + 1 < 100 = true',
      'payload.order.total * 2 > 6 = true',
      'payload.order.total * 2 = 8',
      'payload.order.total = 4',
      'payload.order.total + 1 = 5',
    ]) {
      await expect(trace.getByRole('listitem').filter({ hasText: part }).first()).toBeVisible()
    }
    await lookedAt(page, name ?? '')
  }
})
