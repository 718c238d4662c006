import { readFileSync } from 'node:fs'
import { buildParserFile } from '@lezer/generator'
import { fileTests } from '@lezer/generator/test'
import { describe, expect, it } from 'vitest'
import { expressionParser, templateParser } from '../src/lang/highlight'

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

for (const [file, parser] of [
  ['expressions.txt', expressionParser],
  ['templates.txt', templateParser],
] as const) {
  describe(file, () => {
    for (const { name, run } of fileTests(read(`grammar/${file}`), file)) it(name, () => run(parser))
  })
}

// Building the tables takes seconds where the machine is busy.
it('expr.parser.js is what the grammar gives', { timeout: 60_000 }, () => {
  const { parser } = buildParserFile(read('../src/lang/expr.grammar'), {
    fileName: 'src/lang/expr.grammar',
    moduleStyle: 'es',
  })
  expect(read('../src/lang/expr.parser.js')).toBe(parser)
})
