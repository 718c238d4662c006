import type { Behavior, Listener } from '../../src/api/schema'
import { expect, expectAccessible, test } from './test'

const source = `behavior: 1
name: Orders
steps:
  - log: {level: warn, text: "an order of \${{ payload.who }}"}
  - choose:
      - when: payload.kind == "order"
        steps:
          - respond: {status: 201}
      - steps:
          - fail: "no idea what \${{ payload.kind }} is"
  - log: never reached
`

test('a run says which way it went, in lines of its own', async ({ admin: page, host }) => {
  await host.enable(true)
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await host.api('POST', `/api/webhooks/v1/behaviors/${behavior.id}/publish`, { note: '' })
  const listener = await host.api<Listener>('POST', '/api/webhooks/v1/listeners', {
    name: 'Orders',
    behavior_id: behavior.id,
  })
  const answer = await fetch(listener.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ who: '<b>Ann</b>', kind: 'complaint' }),
  })
  expect(answer.status).toBe(500)
  const { items } = await host.api<{ items: { id: string }[] }>(
    'GET',
    `/api/webhooks/v1/deliveries?listener=${listener.id}`,
  )

  const wanted = [
    /log.*warning an order of <b>Ann<\/b>/,
    /choose.*Branch 2 was taken\./,
    /fail.*The run failed here: no idea what complaint is/,
  ]
  await page.goto(`${host.url}/admin/webhooks/deliveries/${items[0]?.id}`)
  await expect(page.getByRole('listitem').filter({ hasText: 'steps[' })).toHaveText(wanted)
  await expect(page.getByText('fail (line 10): no idea what complaint is')).toBeVisible()
  await expectAccessible(page)

  await page.getByRole('link', { name: 'Open the behavior' }).click()
  const panel = page.getByRole('tabpanel', { name: 'Test' })
  await expect(panel.getByRole('listitem')).toHaveText(wanted)
})
