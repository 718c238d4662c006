import type { Behavior } from '../../src/api/schema'
import { expect, expectAccessible, lookedAt, replaceSource, test } from './test'

const untidy = `behavior:   1
name: "Untidy"
inputs:
    key: {type: secret}
# why 🚀
steps:
- stop: done   # because
  when: payload.end
- choose:
  - when: payload.a
    steps:
    - log:   one
  - steps:
    - log: two
`

const tidy = `behavior: 1
name: Untidy
inputs:
  key: {type: secret}
# why 🚀
steps:
  - stop: done   # because
    when: payload.end
  - choose:
      - when: payload.a
        steps:
          - log: one
      - steps:
          - log: two
`

test('a document is formatted by its button and by the key, with cursor and undo kept', async ({
  admin: page,
  host,
}) => {
  await host.enable(true)
  const path = '/api/webhooks/v1/behaviors'
  const behavior = await host.api<Behavior>('POST', path, { source: untidy })
  await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
  const editor = page.getByRole('textbox', { name: 'Source of the behavior' })
  const lines = () => editor.evaluate((e) => [...e.children].map((line) => line.textContent).join('\n'))
  await expect(editor).toContainText('Untidy')

  // Between `payload.e` and `nd`, where it stays.
  await editor.focus()
  await page.keyboard.press('ControlOrMeta+Home')
  for (let n = 1; n < 8; n++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByText('Line 8, column 18')).toBeVisible()
  await page.keyboard.press('Shift+Alt+KeyF')
  await expect(page.getByText('Formatted: the layout changed')).toBeVisible()
  expect(await lines()).toBe(tidy)
  await expect(page.getByText('Line 8, column 20')).toBeVisible()
  await expect(editor).toBeFocused()

  await page.keyboard.press('ControlOrMeta+z')
  expect(await lines()).toBe(untidy)
  await expect(page.getByText('Line 8, column 18')).toBeVisible()

  await page.getByRole('button', { name: 'Format' }).click()
  expect(await lines()).toBe(tidy)
  await expect(editor).toBeFocused()
  await page.getByRole('button', { name: 'Format' }).click()
  await expect(page.getByText('Nothing to format.')).toBeVisible()

  await replaceSource(page, 'behavior: 1\nname: [\n')
  await page.keyboard.press('Shift+Alt+KeyF')
  await expect(page.getByText('The source cannot be formatted. line ')).toBeVisible()
  expect(await lines()).toBe('behavior: 1\nname: [\n')
})

test('the outline shows where one is and what is wrong, and leads there by the keyboard', async ({
  admin: page,
  host,
}) => {
  await host.enable(true)
  const source = tidy.replace('log: two', 'lg: two')
  const path = '/api/webhooks/v1/behaviors'
  const behavior = await host.api<Behavior>('POST', path, { source })
  await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
  await page.locator('summary', { hasText: 'Outline' }).focus()
  await page.keyboard.press('Enter')
  const outline = page.getByRole('navigation', { name: 'Outline' })
  const step = outline.getByRole('button', { name: /^stop/ })
  await expect(outline.getByRole('button', { name: /1 error/ })).toHaveCount(1)
  await lookedAt(page, 'outline')
  await step.focus()
  await page.keyboard.press('Enter')
  const editor = page.getByRole('textbox', { name: 'Source of the behavior' })
  await expect(editor).toBeFocused()
  await expect(page.getByText('Line 7, column 5')).toBeVisible()
  await expect(step).toHaveAttribute('aria-current', 'location')
  await expect(outline.locator('[aria-current]')).toHaveCount(1)
  await page.keyboard.press('ControlOrMeta+Home')
  await expect(step).not.toHaveAttribute('aria-current')

  await replaceSource(page, 'behavior: 1\nname: Other\nsteps:\n  - fail: no\n')
  await expect(step).toHaveCount(0)
  await expect(outline.getByRole('button', { name: /^fail/ })).toBeVisible()

  await page.setViewportSize({ width: 1500, height: 900 })
  await page.reload()
  await expect(outline.getByRole('button', { name: /^stop/ })).toBeVisible()
  await expectAccessible(page)
  await page.screenshot({ path: test.info().outputPath('outline-beside.png'), fullPage: true })
})
