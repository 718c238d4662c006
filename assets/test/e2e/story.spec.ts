import { bounce, expect, key, replaceSource, stepCard, test } from './test'

const messageId = '20260301.anna@example.com'
const customer = 'anna@example.com'

/** A bounce of that mail, with a token of its own each time. */
const flags = [
  '-set',
  `event-data.message.headers.message-id=${messageId}`,
  '-set',
  `event-data.recipient=${customer}`,
]

test('a Mailgun bounce becomes a sticky note, a defunct address and a Slack message', async ({
  admin: page,
  context,
  host,
  slack,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const ticket = await host.api<{ mask: string; url: string }>('POST', '/api/mail', {
    from: customer,
    to: 'support@example.com',
    subject: 'Invoice question',
    text: 'Where is my invoice?',
    message_id: messageId,
    in_reply_to: '',
  })
  let url = ''

  await test.step('the plugin is listed, and switched on', async () => {
    await page.getByRole('link', { name: 'Plugins' }).click()
    await page.getByRole('button', { name: 'Enable Webhooks' }).click()
    await expect(page.getByRole('button', { name: 'Disable Webhooks' })).toBeVisible()
  })

  await test.step('a listener is made of the recipe, and its URL copied', async () => {
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Nothing listens yet' })).toBeVisible()
    await page.getByRole('link', { name: 'New listener' }).click()
    await page.getByRole('radio', { name: /^Bounced and dropped mail/ }).check()
    const form = page.getByRole('form', { name: 'Set it up' })
    await form.getByLabel('Name').fill('Mailgun')
    await form.getByRole('button', { name: 'Create listener' }).click()
    await expect(form.getByLabel('Mailgun HTTP webhook signing key')).toHaveAttribute('aria-invalid', 'true')
    await form.getByLabel('Mailgun HTTP webhook signing key').fill(key)
    await form.getByLabel('Slack webhook URL').fill(slack.url)
    await form.getByLabel('Slack channel').fill('#bounces')
    await form.getByRole('button', { name: 'Create listener' }).click()
    await expect(page.getByRole('heading', { name: 'Mailgun', level: 1 })).toBeFocused()
    await expect(page.getByText('Waiting for the first request')).toBeVisible()
    await page.getByRole('button', { name: 'Copy: URL to give to the service' }).click()
    url = await page.evaluate(() => navigator.clipboard.readText())
    await expect(page.getByLabel('URL to give to the service', { exact: true })).toHaveValue(url)
    expect(url.startsWith(`${host.url}/webhooks/`)).toBe(true)
  })

  await test.step('Mailgun posts the bounce twice, and is answered the same', async () => {
    expect(await host.send(url, key, bounce, ...flags, '-times', '2')).toBe('200 OK\n200 OK\n')
    await expect(page.getByRole('row', { name: /accepted 200 done/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /duplicate 200/ })).toBeVisible()
    await expect(page.getByText('Waiting for the first request')).toBeHidden()
  })

  const permalink = `${host.url}/tickets/${ticket.mask}`
  await test.step('the ticket has one sticky note, the address is defunct, Slack heard once', async () => {
    await page.goto(permalink)
    await expect(page.getByRole('complementary', { name: 'Sticky note' })).toHaveCount(1)
    await expect(page.getByRole('complementary', { name: 'Sticky note' })).toContainText(
      `Delivery to ${customer} failed`,
    )
    await expect(page.getByText('defunct', { exact: true })).toBeVisible()
    expect(await host.api('GET', `/api/addresses/${customer}`)).toEqual({ email: customer, defunct: true })
    expect(slack.received).toEqual([
      {
        path: '/services/T0/B0/secret',
        body: expect.objectContaining({
          channel: '#bounces',
          text: expect.stringContaining(`<${permalink}|${ticket.mask}>`),
        }),
      },
    ])
  })

  await test.step('the log shows the request, the response, the steps and their attempts', async () => {
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
    await page.getByRole('link', { name: 'Deliveries' }).click()
    await page
      .getByRole('row', { name: /accepted 200 done/ })
      .getByRole('link')
      .first()
      .click()
    await expect(page.getByRole('heading', { name: /^Delivery / })).toBeFocused()
    await expect(page.getByRole('region', { name: 'Request: Body' })).toContainText(`"message-id":`)
    await expect(page.getByRole('region', { name: 'Request: Body' })).toContainText(messageId)
    await expect(stepCard(page, 'message.find')).toContainText('done')
    await expect(stepCard(page, 'message.note')).toContainText('done')
    await expect(stepCard(page, 'address.defunct')).toContainText('done')
    await expect(stepCard(page, 'slack.post')).toContainText('1 attempt')
    // The Slack URL is a secret: no page shows it.
    const shown = await page.locator('.app').textContent()
    expect(shown).toContain('slack.post')
    expect(shown).not.toContain('/services/T0')
  })

  await test.step('a wrong signature is refused, and the log says why', async () => {
    expect(await host.send(url, 'another key', bounce, ...flags)).toMatch(/^406 /)
    await page.getByRole('link', { name: 'Deliveries' }).click()
    await page
      .getByRole('row', { name: /refused/ })
      .getByRole('link')
      .first()
      .click()
    await expect(page.getByRole('heading', { name: 'Why it was refused' })).toBeVisible()
    await expect(
      page.getByText('The signature does not prove that the expected sender sent it.'),
    ).toBeVisible()
    expect(slack.received).toHaveLength(1)
  })

  await test.step('the behavior is edited and published, and the next delivery follows it', async () => {
    await page.getByRole('link', { name: 'Open the behavior' }).click()
    await expect(page.getByRole('textbox', { name: 'Source of the behavior' })).toContainText('slack.post')
    const [behavior] = (await host.api<{ items: { source: string }[] }>('GET', '/api/webhooks/v1/behaviors'))
      .items
    const source = behavior?.source ?? ''
    expect(source).toContain('text: "Mail to ')
    await replaceSource(page, source.replace('text: "Mail to ', 'text: "Undeliverable: '))
    await expect(page.getByText('Not saved')).toBeVisible()
    await page.keyboard.press('ControlOrMeta+s')
    await expect(page.getByText('Saved', { exact: true })).toBeVisible()
    await expect(page.getByText('No problems.')).toBeVisible()
    await page.getByRole('button', { name: 'Publish…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Publish this behavior' })
    await dialog.getByLabel('Note').fill('says it in other words')
    await dialog.getByRole('button', { name: 'Publish to 1 listener' }).click()
    await expect(page.getByText('Published as version 2.')).toBeVisible()
    await expect(page.getByText('published v2')).toBeVisible()

    expect(await host.send(url, key, bounce, ...flags)).toBe('200 OK\n')
    await expect.poll(() => slack.received).toHaveLength(2)
    expect(slack.received[1]?.body).toEqual(
      expect.objectContaining({ text: expect.stringMatching(/^Undeliverable: anna@example\.com bounced/) }),
    )
  })

  await test.step('the listener is switched off and on again', async () => {
    await page.getByRole('link', { name: 'Listeners' }).click()
    await page.getByRole('link', { name: 'Mailgun', exact: true }).click()
    const enabled = page.getByRole('switch', { name: 'Enabled' })
    const ask = page.getByRole('dialog', { name: 'Disable this listener?' })
    await enabled.click()
    await expect(ask).toContainText('some senders take as final')
    await ask.getByRole('button', { name: 'Pause instead' }).click()
    await expect(page.getByRole('switch', { name: 'Paused' })).toBeChecked()
    await expect(enabled).toBeChecked()
    await page.getByRole('switch', { name: 'Paused' }).click()
    await enabled.click()
    await ask.getByRole('button', { name: 'Disable', exact: true }).click()
    await expect(enabled).not.toBeChecked()
    expect(await host.send(url, key, bounce, ...flags)).toMatch(/^404 /)
    await enabled.click()
    await expect(enabled).toBeChecked()
    expect(await host.send(url, key, bounce, ...flags)).toBe('200 OK\n')
  })

  await test.step('the plugin is switched off: 404; and on: everything is there again', async () => {
    await page.getByRole('link', { name: 'Plugins' }).click()
    await page.getByRole('button', { name: 'Disable Webhooks' }).click()
    await expect(page.getByRole('button', { name: 'Enable Webhooks' })).toBeVisible()
    expect(await host.send(url, key, bounce, ...flags)).toMatch(/^404 /)
    expect((await page.request.get(`${host.url}/admin/webhooks`)).status()).toBe(404)
    await page.getByRole('button', { name: 'Enable Webhooks' }).click()
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
    await expect(
      page.getByRole('row', { name: /Mailgun on .* 3 accepted, 1 refused, 1 duplicate/ }),
    ).toBeVisible()
    expect(await host.send(url, key, bounce, ...flags)).toBe('200 OK\n')
  })
})
