import type { Behavior, Listener } from '../../src/api/schema'
import { bounce, expect, expectAccessible, installRecipe, key, stepCard, test } from './test'

interface Deliveries {
  items: { id: string }[]
}

test('a delivery is simulated with its outputs, and others', async ({ admin: page, host, slack }) => {
  const listener = await installRecipe(host, slack.url)
  await host.send(listener.url, key, bounce)
  const path = `/api/webhooks/v1/deliveries?listener=${listener.id}`
  const [delivery] = (await host.api<Deliveries>('GET', path)).items
  await page.goto(`${host.url}/admin/webhooks/deliveries/${delivery?.id}`)
  await page.getByRole('link', { name: 'Simulate this' }).click()
  await expect(page).toHaveURL(new RegExp(`/simulate\\?delivery=${delivery?.id}$`))
  const step = (action: string) => stepCard(page, action)
  await expect(page.getByText('Nothing was sent, and nothing was changed.')).toBeVisible()
  await expect(page.getByLabel('Listener or behavior')).toHaveValue(`listener ${listener.id}`)

  await test.step('its run found no message, and so is what is assumed', async () => {
    await expect(step('message.note')).toHaveCount(0)
    await expect(step('message.find')).toContainText('done')
  })

  await test.step('an output is replaced by a value, and by an error', async () => {
    await step('message.find').getByText('Its output is').click()
    await expect(page.getByLabel('Value of steps[1], as JSON')).toHaveValue('null')
    await page.getByLabel('Output of steps[1]').selectOption('the example of the action')
    await expect(step('message.note')).toContainText('done')
    await expect(step('slack.post')).toContainText('webhook')
    await page.getByLabel('Output of steps[1]').selectOption('another value')
    await page.getByLabel('Value of steps[1], as JSON').fill('{')
    await expect(page.getByText('This is no JSON')).toBeVisible()
    await page.getByLabel('Output of steps[1]').selectOption('an error')
    await page.getByLabel('Error of steps[1]').fill('the index is broken')
    await expect(step('message.find')).toContainText('failed')
  })

  await test.step('an input and the moment are changed; what does not fit is said there', async () => {
    await page.getByLabel('Received at').fill('yesterday')
    await expect(page.getByLabel('Received at')).toHaveAttribute('aria-invalid', 'true')
    await page.getByLabel('Received at').fill('2036-03-01T09:00:00Z')
    await expect(page).toHaveURL(/at=2036/)
    await expect(page.getByText('The signature does not prove')).toBeVisible()
    await page.getByLabel('Received at').fill('')
    await expect(page.getByText('The signature does not prove')).toBeHidden()
  })

  await test.step('values stand by the line, with their expression', async () => {
    await page.getByText('Trace', { exact: true }).click()
    const trace = page.getByRole('list', { name: 'Source, with the values of the simulation' })
    await trace.getByRole('listitem').filter({ hasText: 'mailgun.signed' }).getByRole('button').click()
    await expect(trace).toContainText('mailgun.signed(request, inputs.signing_key) = true')
    await expectAccessible(page)
  })

  expect((await host.api<Deliveries>('GET', path)).items).toHaveLength(1)
  expect(slack.received).toEqual([])
})

test('a request is built of a curl command, by the keyboard', async ({ admin: page, host }) => {
  await host.enable(true)
  const source =
    'behavior: 1\nname: Echo\ninputs:\n  word: {type: text, required: true}\nsteps:\n' +
    '  - respond: {status: 201, text: "${{ inputs.word }} ${{ payload.a }}"}\n'
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await page.goto(`${host.url}/admin/webhooks/simulate?behavior=${behavior.id}`)
  await page.getByRole('button', { name: 'Build a request…' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Build a request' })
  await dialog.getByLabel('From a curl command').fill('curl -F a=@b https://a.example')
  await dialog.getByRole('button', { name: 'Take it over' }).click()
  await expect(dialog.getByText('It sends a file')).toBeVisible()
  await dialog.getByLabel('From a curl command').fill(`curl https://a.example --json '{"a": 1}'`)
  await dialog.getByRole('button', { name: 'Take it over' }).click()
  await expect(dialog.getByLabel('Body')).toHaveValue('{"a": 1}')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Use this request' }).click()
  await expect(page.getByLabel('word')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('word').fill('said')
  await expect(page.getByLabel('word')).toHaveAttribute('aria-invalid', 'false')
  await page.getByText('Headers and body').click()
  await expect(page.getByRole('region', { name: 'Response: Body' })).toHaveText('said 1')

  await page.getByLabel('Text of the request').fill('no request')
  await expect(page.getByText(/^request file: line 1/)).toBeVisible()
  const listeners = await host.api<{ items: Listener[] }>('GET', '/api/webhooks/v1/listeners')
  expect(listeners.items).toEqual([])
})
