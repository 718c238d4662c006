import type { Behavior, Listener } from '../../src/api/schema'
import { expect, lookedAt, test } from './test'

const source = `behavior: 1
name: Sampled
inputs:
  secret: {type: secret, required: true}
verify: github.signed(request, inputs.secret)
steps:
  - log: "\${{ payload.actoin }}"
`

test('a field that no sample has is told, and mended by its fix', async ({ admin: page, host }) => {
  await host.enable(true)
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
  const warning = page.getByRole('button', { name: /warning Line 7: no sample has/ })
  await expect(warning).toBeVisible()

  await page.getByText(/^Checked against \d+ samples$/).click()
  await expect(page.getByRole('group', { name: /^Recipe: / }).first()).toContainText('issue opened')
  await lookedAt(page, 'samples')
  await page.getByRole('switch', { name: 'Check against samples' }).click()
  await expect(warning).toHaveCount(0)
  await expect(page.getByText('Checked without samples', { exact: true })).toBeVisible()
  await page.getByRole('switch', { name: 'Check against samples' }).click()
  await expect(warning).toBeVisible()

  // By the key, without a pointer: the problem, then its fix.
  const item = page.getByRole('listitem').filter({ has: warning })
  await expect(item).toContainText('did you mean `action`?')
  await item.getByRole('button').last().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Source of the behavior' })).toContainText('payload.action')
  await expect(page.getByText('No problems.')).toBeVisible()
})

test('a behavior is checked against what its listeners received, and completed from it', async ({
  admin: page,
  host,
}) => {
  await host.enable(true)
  const open =
    'behavior: 1\nname: Open\nlet:\n  a: payload.order\nsteps:\n  - log: "${{ a.customer.email }}"\n'
  const path = '/api/webhooks/v1/behaviors'
  const behavior = await host.api<Behavior>('POST', path, { source: open })
  await host.api('POST', `${path}/${behavior.id}/publish`, { note: '' })
  const listener = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: 'Orders',
    behavior_id: behavior.id,
  })
  await fetch(listener.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ order: { 'order-id': 7, customer: { email: 'a@example.com' } } }),
  })
  await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
  await expect(page.getByText('Checked against 1 sample')).toBeVisible()
  await expect(page.getByText('No problems.')).toBeVisible()
  const editor = page.getByRole('textbox', { name: 'Source of the behavior' })
  await editor.focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('  - log: "${{ payload.order.cust')
  const option = page.getByRole('option', { name: /customer/ })
  await option.click()
  await page.keyboard.type('.em')
  await expect(page.getByText('In the samples: "a@example.com"')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Backspace')
  await page.keyboard.type('nam }}"')
  await expect(page.getByRole('button', { name: /warning Line 7: no sample has/ })).toBeVisible()

  await page.keyboard.press('Enter')
  await page.keyboard.press('Home')
  await page.keyboard.type('  - log: "${{ payload.order.')
  await page.getByRole('option', { name: /order-id/ }).click()
  await expect(editor).toContainText("payload.order['order-id']")
})

test('a person chooses what it is checked against, by the keyboard, and adds a text', async ({
  admin: page,
  host,
}) => {
  await host.enable(true)
  const open = 'behavior: 1\nname: Open\nsteps:\n  - log: "${{ payload.totl }}"\n'
  const path = '/api/webhooks/v1/behaviors'
  const behavior = await host.api<Behavior>('POST', path, { source: open })
  await host.api('POST', `${path}/${behavior.id}/publish`, { note: '' })
  const listener = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: 'Orders',
    behavior_id: behavior.id,
  })
  for (const body of [{ totl: 1 }, { total: 2 }]) {
    await fetch(listener.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  }
  await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
  await expect(page.getByText('No problems.')).toBeVisible()
  await page.getByText('Checked against 2 samples').focus()
  await page.keyboard.press('Enter')
  const first = page.getByRole('checkbox', { name: /^Delivery / }).last()
  await first.focus()
  await page.keyboard.press('Space')
  const warning = page.getByRole('button', { name: /warning Line 4: no sample has .*did you mean `total`/ })
  await expect(warning).toBeVisible()
  await expect(page.getByText('Checked against 1 sample', { exact: true })).toBeVisible()

  const text = page.getByRole('textbox', { name: 'Text of one more' })
  const add = page.getByRole('button', { name: 'Add it' })
  await text.fill('no request')
  await add.focus()
  await page.keyboard.press('Enter')
  await expect(text).toHaveAttribute('aria-invalid', 'true')
  await lookedAt(page, 'refused')
  await text.fill('POST / HTTP/1.1\nContent-Type: application/json\n\n{"totl": 3}')
  await add.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('checkbox', { name: 'Text 1' })).toBeChecked()
  await expect(text).toHaveValue('')
  await expect(page.getByText('No problems.')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Text 1' }).focus()
  await page.keyboard.press('Space')
  await expect(warning).toBeVisible()
})
