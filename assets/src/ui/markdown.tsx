import { type Block, type Inline, parseMarkdown } from './markdown-tree'
import { PlainText } from './text'

/** A text in Markdown as elements, under the page's headings; its own title is left out. */
export function Markdown(props: { text: string }) {
  const blocks = parseMarkdown(props.text)
  const [first] = blocks
  const hasTitle = first?.kind === 'heading' && first.level === 1
  return <Blocks blocks={hasTitle ? blocks.slice(1) : blocks} />
}

function Blocks(props: { blocks: readonly Block[] }) {
  return (
    <>
      {props.blocks.map((block, i) => (
        <BlockOf key={i} block={block} />
      ))}
    </>
  )
}

function BlockOf(props: { block: Block }) {
  const { block } = props
  switch (block.kind) {
    case 'heading': {
      // The page's own are h1 and h2.
      const Title = `h${Math.min(Math.max(block.level, 2) + 1, 6)}` as 'h3'
      return (
        <Title>
          <Parts parts={block.parts} />
        </Title>
      )
    }
    case 'paragraph':
      return (
        <p>
          <Parts parts={block.parts} />
        </p>
      )
    case 'code':
      return (
        <pre>
          <PlainText text={block.text} />
        </pre>
      )
    case 'list': {
      const items = block.items.map((blocks, i) => (
        <li key={i}>
          <Item blocks={blocks} />
        </li>
      ))
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>
    }
  }
}

/** An item of one paragraph is that paragraph's text. */
function Item(props: { blocks: readonly Block[] }) {
  const [first, ...rest] = props.blocks
  if (first?.kind !== 'paragraph') return <Blocks blocks={props.blocks} />
  return (
    <>
      <Parts parts={first.parts} />
      <Blocks blocks={rest} />
    </>
  )
}

function Parts(props: { parts: readonly Inline[] }) {
  return (
    <>
      {props.parts.map((part, i) => (
        <PartOf key={i} part={part} />
      ))}
    </>
  )
}

function PartOf(props: { part: Inline }) {
  const { part } = props
  switch (part.kind) {
    case 'text':
      return <PlainText text={part.text} />
    case 'code':
      return (
        <code>
          <PlainText text={part.text} />
        </code>
      )
    case 'strong':
      return (
        <strong>
          <Parts parts={part.parts} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Parts parts={part.parts} />
        </em>
      )
    case 'link':
      return (
        <a href={part.href} rel="noreferrer" target="_blank">
          <Parts parts={part.parts} />
        </a>
      )
  }
}
