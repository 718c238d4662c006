import type { Page } from '@playwright/test'
import type { Behavior } from '../../src/api/schema'
import { expect, expectAccessible, test } from './test'

/** The middle of a word in the editor, where a pointer rests on it. */
async function hover(page: Page, word: string): Promise<void> {
  // What is told of another word may lie above this one.
  await page.mouse.move(0, 0)
  await expect(page.locator('.about-word')).toHaveCount(0)
  const at = await page.evaluate((word) => {
    const root = document.querySelector('deskhook-app')?.shadowRoot
    const walker = document.createTreeWalker(root?.querySelector('.cm-content') as Node, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = node.textContent?.indexOf(word) ?? -1
      if (start < 0) continue
      const range = document.createRange()
      range.setStart(node, start)
      range.setEnd(node, start + word.length)
      const { left, top, width, height } = range.getBoundingClientRect()
      return { x: left + width / 2, y: top + height / 2 }
    }
    throw new Error(`the editor shows no ${word}`)
  }, word)
  await page.mouse.move(at.x - 3, at.y)
  await page.mouse.move(at.x, at.y)
}

test('what a word means is told where the pointer rests on it', async ({ admin: page, host }) => {
  await host.enable(true)
  const source =
    'behavior: 1\nname: Hovered\nlet:\n  mask: helpdesk.mask_in(payload.subject)\n' +
    'steps:\n  - ticket.find: {mask: "${{ mask }}"}\n    when: mask != nil\n    as: found\n' +
    '  - stop: "${{ found.status }}"\n'
  const behavior = await host.api<Behavior>('POST', '/api/webhooks/v1/behaviors', { source })
  await page.goto(`${host.url}/admin/webhooks/behaviors/${behavior.id}`)
  await expect(page.getByText('No problems.')).toBeVisible()
  const tip = page.locator('.about-word')

  await hover(page, 'ticket.find')
  await expect(tip).toContainText('ticket.find')
  await expect(tip).toContainText('Gives map of')
  await expectAccessible(page)
  await hover(page, 'when')
  await expect(tip).toContainText('An expression: the step is skipped unless it is true.')
  await hover(page, 'mask_in')
  await expect(tip).toContainText('helpdesk.mask_in (')
  await hover(page, 'status')
  await expect(tip).toContainText('found.status text')
})
