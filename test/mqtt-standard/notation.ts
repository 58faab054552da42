/**
 * How rows spell packets: `publish T/x hello q1 #5 retain {mei=10 user=a:b}`. Words stand in the order of each packet's own syntax
 * (encode.ts, expect.ts); `%XX` is a byte, `-` an empty text, `{…}` the properties.
 */
import type { PropertyList } from './properties.ts'

export interface Phrase {
  readonly words: readonly string[]
  readonly properties: PropertyList
  /** `will{…}` of a CONNECT. */
  readonly will: PropertyList
  /** Whether `{…}` was written at all. */
  readonly braces: boolean
}

function list(text: string): PropertyList {
  return text
    .split(' ')
    .filter((it) => it !== '')
    .map((it) => {
      const at = it.indexOf('=')
      return at < 0 ? ([it, ''] as const) : ([it.slice(0, at), bytes(it.slice(at + 1))] as const)
    })
}

export function phrase(text: string): Phrase {
  let will: PropertyList = []
  let properties: PropertyList = []
  let braces = false
  const rest = text.replaceAll(/(will)?\{([^}]*)\}/g, (_, of, inner) => {
    if (of === 'will') will = list(inner)
    else {
      properties = list(inner)
      braces = true
    }
    return ''
  })
  return { words: rest.split(/\s+/).filter((it) => it !== ''), properties, will, braces }
}

/** `%XX` and `-` resolved; one character a byte. */
export function bytes(word: string): string {
  if (word === '-') return ''
  return word.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** The other way, for messages. */
export function shown(text: string): string {
  if (text === '') return '-'
  const short = text.length > 60 ? `${text.slice(0, 50)}…(${text.length})` : text
  return short.replaceAll(/[^\x21-\x7e…]/g, (it) => `%${it.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
