import { readFileSync } from 'node:fs'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import type { Listener } from '../../src/api/schema'
import { Host, SlackStandIn } from './host'

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Signing key of the listeners that the tests make. */
export const key = 'key-of-the-browser-tests'

/** A permanent failure as Mailgun posts it. */
export const bounce = new URL(
  '../../../behaviors/signatures/testdata/mailgun-permanent-fail.json',
  import.meta.url,
).pathname

interface Fixtures {
  /** A reference host of the test's own, empty, with the plugin off. */
  host: Host
  /** The page, logged in. What the browser reports of the CSP fails the test. */
  admin: Page
  slack: SlackStandIn
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures destructured
  host: async ({}, use) => {
    const host = await Host.start()
    await use(host)
    await host.stop()
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures destructured
  slack: async ({}, use) => {
    const slack = await SlackStandIn.start()
    await use(slack)
    await slack.stop()
  },
  admin: async ({ page, host }, use) => {
    const reports: string[] = []
    page.on('pageerror', (error) => reports.push(`uncaught: ${error.message}`))
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) reports.push(message.text())
    })
    await page.goto(`${host.url}/`)
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password').fill(host.password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await expect(page.getByRole('heading', { name: 'Tickets' })).toBeVisible()
    await use(page)
    expect(reports).toEqual([])
  },
})

export { expect }

/** The card of the step with that action; not the list item, which holds the steps within it too. */
export function stepCard(within: Page | Locator, action: string): Locator {
  return within.locator('.steps .card').filter({ hasText: action })
}

/** A listener of the Mailgun recipe, made by the API. */
export async function installRecipe(host: Host, slack: string, name = 'Bounces'): Promise<Listener> {
  await host.enable(true)
  const { listener } = await host.api<{ listener: Listener }>(
    'POST',
    '/api/webhooks/v1/recipes/mailgun-bounces/install',
    { name, inputs: { signing_key: key, slack } },
  )
  return listener
}

/** Fails where axe finds anything on the page, or where it scrolls sideways. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe)
  const found = await page.evaluate(async (runOnly) => {
    const engine = (window as unknown as { axe: { run(c: Document, o: object): Promise<AxeResult> } }).axe
    interface AxeResult {
      violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[]
    }
    const { violations } = await engine.run(document, { runOnly })
    return violations.flatMap((v) =>
      v.nodes.map((n) => `${v.id} at ${JSON.stringify(n.target)}: ${n.failureSummary}`),
    )
  }, rules)
  expect(found).toEqual([])
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(tooWide, 'pixels that the page scrolls sideways').toBeLessThanOrEqual(0)
}

/** Has axe look at the page, wide and light, narrow and dark, and leaves pictures for a person. */
export async function lookedAt(page: Page, name: string): Promise<void> {
  const before = page.viewportSize()
  for (const [width, height, colorScheme] of [
    [1280, 900, 'light'],
    [390, 844, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
    await page.screenshot({
      path: base.info().outputPath(`${name}-${width}-${colorScheme}.png`),
      fullPage: true,
    })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (before) await page.setViewportSize(before)
}

/** Puts another text into the behavior editor, as a person pasting it would. */
export async function replaceSource(page: Page, source: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Source of the behavior' }).focus()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(source)
}
