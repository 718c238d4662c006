import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Block, type Inline, inline, parseMarkdown } from '../src/ui/markdown-tree'

const text = (text: string): Inline => ({ kind: 'text', text })

describe('inline', () => {
  it.each<[string, Inline[]]>([
    ['plain <b>x</b>', [text('plain <b>x</b>')]],
    [
      '**a *b* `c`**',
      [
        {
          kind: 'strong',
          parts: [text('a '), { kind: 'em', parts: [text('b')] }, text(' '), { kind: 'code', text: 'c' }],
        },
      ],
    ],
    ['`a **b** <c>`', [{ kind: 'code', text: 'a **b** <c>' }]],
    ['2 * 3 * 4 ** 5', [text('2 * 3 * 4 ** 5')]],
    ['[x](https://a.example/b?c)', [{ kind: 'link', href: 'https://a.example/b?c', parts: [text('x')] }]],
    [
      '<https://a.example>',
      [{ kind: 'link', href: 'https://a.example', parts: [text('https://a.example')] }],
    ],
    ['[x](javascript:alert(1))', [text('[x](javascript:alert(1))')]],
    ['[x](data:text/html,y)', [text('[x](data:text/html,y)')]],
    ['[x](//a.example)', [text('[x](//a.example)')]],
  ])('%s', (source, want) => {
    expect(inline(source)).toEqual(want)
  })
})

describe('blocks', () => {
  it.each<[string, string, Block[]]>([
    [
      'headings and paragraphs',
      '# A\n\none\ntwo\n## B ##\nthree\r\n\r\nfour',
      [
        { kind: 'heading', level: 1, parts: [text('A')] },
        { kind: 'paragraph', parts: [text('one two')] },
        { kind: 'heading', level: 2, parts: [text('B')] },
        { kind: 'paragraph', parts: [text('three')] },
        { kind: 'paragraph', parts: [text('four')] },
      ],
    ],
    [
      'a list whose items go on, and one within',
      '2. one\n   more\n\n   own\n3. two\n   - deep\n\nafter',
      [
        {
          kind: 'list',
          ordered: true,
          start: 2,
          items: [
            [
              { kind: 'paragraph', parts: [text('one more')] },
              { kind: 'paragraph', parts: [text('own')] },
            ],
            [
              { kind: 'paragraph', parts: [text('two')] },
              {
                kind: 'list',
                ordered: false,
                start: 1,
                items: [[{ kind: 'paragraph', parts: [text('deep')] }]],
              },
            ],
          ],
        },
        { kind: 'paragraph', parts: [text('after')] },
      ],
    ],
    ['code, also one that is not closed', '```yaml\n# a\n\n**b**', [{ kind: 'code', text: '# a\n\n**b**' }]],
  ])('%s', (_, source, want) => {
    expect(parseMarkdown(source)).toEqual(want)
  })

  it.each(['*'.repeat(2000), '['.repeat(2000), '- '.repeat(200), '**a '.repeat(500)])(
    'reads what is hostile as it is: %.10s',
    (source) => {
      expect(parseMarkdown(source).length).toBeGreaterThan(0)
    },
  )
})

// Of what the guides are written in, nothing is left as it was typed.
const recipes = new URL('../../behaviors/recipes/', import.meta.url).pathname
const guides = readdirSync(recipes, { recursive: true, encoding: 'utf8' }).filter((f) =>
  f.endsWith('guide.md'),
)

it.each(guides)('%s has nothing that is not understood', (file) => {
  const plain: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { kind, text } = value as { kind?: string; text?: string }
    if (kind === 'text' && text) plain.push(text)
    for (const child of Object.values(value)) collect(child)
  }
  collect(parseMarkdown(readFileSync(recipes + file, 'utf8')))
  expect(plain.length).toBeGreaterThan(5)
  expect(plain.filter((t) => /\*\*|`|^#|\]\(|^\d+\. |^- /.test(t))).toEqual([])
})
