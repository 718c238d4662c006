import { styleTags, tags as t } from '@lezer/highlight'
import { parser } from './expr.parser.js'

const highlighting = styleTags({
  'in matches contains startsWith endsWith not and or': t.operatorKeyword,
  'let if else': t.controlKeyword,
  'ArithmeticOperator LogicOperator CompareOperator "?" "|"': t.operator,
  'Boolean Nil': t.atom,
  Number: t.number,
  'String Bytes': t.string,
  VariableName: t.variableName,
  'VariableDefinition Key': t.definition(t.variableName),
  'PropertyName!': t.propertyName,
  'Call/VariableName': t.function(t.variableName),
  'Call/Member/PropertyName!': t.function(t.propertyName),
  Pointer: t.self,
  'LineComment BlockComment': t.comment,
  'InterpolationStart InterpolationEnd': t.special(t.bracket),
  'TemplateText Escaped': t.string,
})

/** Parser of a bare expression. */
export const expressionParser = parser.configure({ top: 'Expression', props: [highlighting] })

/** Parser of a text with ${{ expressions }} in it. */
export const templateParser = parser.configure({ top: 'Template', props: [highlighting] })
