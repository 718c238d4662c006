// The part of Markdown that guides are written in: headings, lists with nested
// paragraphs, fenced code, bold, italics, code and links. Anything else is the
// text that it is. It gives a tree, and no markup ever comes from it.

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'em'; parts: Inline[] }
  | { kind: 'link'; href: string; parts: Inline[] }

export type Block =
  | { kind: 'heading'; level: number; parts: Inline[] }
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }

const item = /^( {0,3})([-*]|\d{1,9}\.) +(.*)$/

/** parseMarkdown reads a text as blocks. */
export function parseMarkdown(text: string): Block[] {
  return blocks(text.replaceAll('\r\n', '\n').split('\n'))
}

function blocks(lines: readonly string[]): Block[] {
  const found: Block[] = []
  let paragraph: string[] = []
  const flush = () => {
    if (paragraph.length > 0) found.push({ kind: 'paragraph', parts: inline(paragraph.join(' ')) })
    paragraph = []
  }
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] ?? ''
    const heading = /^(#{1,6}) +(.*?) *#*$/.exec(line)
    const fence = /^ {0,3}(```+|~~~+)/.exec(line)?.[1]
    if (fence) {
      flush()
      const code: string[] = []
      for (i++; i < lines.length && !lines[i]?.trim().startsWith(fence); i++) code.push(lines[i] ?? '')
      found.push({ kind: 'code', text: code.join('\n') })
      i++
    } else if (heading) {
      flush()
      found.push({ kind: 'heading', level: heading[1]?.length ?? 1, parts: inline(heading[2] ?? '') })
      i++
    } else if (item.test(line)) {
      flush()
      const read = list(lines, i)
      found.push(read.list)
      i = read.next
    } else {
      if (line.trim() === '') flush()
      else paragraph.push(line.trim())
      i++
    }
  }
  flush()
  return found
}

/** list reads the items from a line on; what is indented under one belongs to it. */
function list(lines: readonly string[], from: number): { list: Block; next: number } {
  const ordered = /\d/.test(item.exec(lines[from] ?? '')?.[2] ?? '')
  const start = ordered ? Number.parseInt(item.exec(lines[from] ?? '')?.[2] ?? '1', 10) : 1
  const items: Block[][] = []
  let i = from
  while (i < lines.length) {
    const [, indent = '', mark = '', text = ''] = item.exec(lines[i] ?? '') ?? []
    if (mark === '' || /\d/.test(mark) !== ordered) break
    const width = indent.length + mark.length + 1
    const own = [text]
    for (i++; i < lines.length; i++) {
      const line = lines[i] ?? ''
      if (line.trim() === '') {
        if (/^\s/.test(lines[i + 1] ?? '')) own.push('')
        else break
      } else if (line.startsWith(' '.repeat(Math.min(width, 2)))) own.push(line.slice(spaces(line, width)))
      else break
    }
    items.push(blocks(own))
    // A blank line between two items keeps the list.
    if (lines[i]?.trim() === '' && item.test(lines[i + 1] ?? '')) i++
  }
  return { list: { kind: 'list', ordered, start, items }, next: i }
}

function spaces(line: string, most: number): number {
  return Math.min(/^ */.exec(line)?.[0].length ?? 0, most)
}

const tokens =
  /(?<code>`+)(?<verbatim>.+?)\k<code>(?!`)|\[(?<label>[^\]]+)\]\((?<href>[^\s()]+)\)|<(?<auto>https?:\/\/[^\s<>]+)>|\*\*(?<strong>\S(?:.*?\S)?)\*\*|\*(?<em>[^\s*](?:[^*]*?[^\s*])?)\*(?!\*)/

/** inline reads what stands within a paragraph. */
export function inline(text: string): Inline[] {
  const parts: Inline[] = []
  let rest = text
  for (let match = tokens.exec(rest); match; match = tokens.exec(rest)) {
    if (match.index > 0) parts.push({ kind: 'text', text: rest.slice(0, match.index) })
    parts.push(partOf(match[0], match.groups ?? {}))
    rest = rest.slice(match.index + match[0].length)
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest })
  return parts
}

function partOf(whole: string, found: Record<string, string | undefined>): Inline {
  const { verbatim, label, href, auto, strong, em } = found
  if (verbatim !== undefined) return { kind: 'code', text: verbatim.trim() }
  if (auto !== undefined) return { kind: 'link', href: auto, parts: [{ kind: 'text', text: auto }] }
  if (strong !== undefined) return { kind: 'strong', parts: inline(strong) }
  if (em !== undefined) return { kind: 'em', parts: inline(em) }
  // A link goes to the web only; any other scheme stays text.
  if (href !== undefined && label !== undefined && /^https?:\/\/[^\s]+$/i.test(href)) {
    return { kind: 'link', href, parts: inline(label) }
  }
  return { kind: 'text', text: whole }
}
