import type { Answer, AnswerValue } from './failure.ts'

/** Lists that stand under their name directly, without a name for each element (openapi.md §8.1): their elements are `<e>`. */
const bare: ReadonlySet<string> = new Set(['Data', 'ModelVersions', 'MultiFiles', 'TopicList', 'ConsumerGroupIds'])

const HEAD = "<?xml version='1.0' encoding='UTF-8'?>"

/** An answer as XML (openapi.md §2): a list is its element repeated, an empty one is nothing. */
export function toXml(root: string, answer: Answer): string {
  return `${HEAD}<${root}>${members(answer)}</${root}>`
}

function members(answer: Answer): string {
  let out = ''
  for (const [name, value] of Object.entries(answer)) {
    if (Array.isArray(value)) out += list(name, value)
    else out += `<${name}>${content(value)}</${name}>`
  }
  return out
}

function list(name: string, values: readonly AnswerValue[]): string {
  const element = bare.has(name) ? 'e' : name
  const elements = values.map((value) => `<${element}>${content(value)}</${element}>`).join('')
  return bare.has(name) ? `<${name}>${elements}</${name}>` : elements
}

function content(value: AnswerValue): string {
  if (value === null) return ''
  return typeof value === 'object' ? members(value as Answer) : escapeXml(String(value))
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML 1.0 has no way to write become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (char) => entities[char] as string)
}
