/**
 * The rules for names that people and devices give (openapi.md §5, thing-model.md §11.2). Each answers with what is wrong, or
 * `null`. A Chinese or Japanese character counts as two in names and tag values, as one in descriptions.
 */

/** What is wrong with a name. */
export type NameProblem = 'missing' | 'too short' | 'too long' | 'character not allowed' | 'empty level'

interface NameRule {
  readonly least: number
  readonly most: number
  readonly allowed: RegExp
}

const WIDE = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー々〆'
const wide = new RegExp(`[${WIDE}]`, 'gu')

/** Eleven at the vendor; other lengths are taken where a key is given, since fleets come from elsewhere. SDKs hold 20. */
const productKey: NameRule = { least: 1, most: 20, allowed: /^[A-Za-z0-9]*$/ }
const deviceName: NameRule = { least: 4, most: 32, allowed: /^[A-Za-z0-9\-_@.:]*$/ }
const productName: NameRule = { least: 4, most: 30, allowed: new RegExp(`^[${WIDE}A-Za-z0-9_\\-@()]*$`, 'u') }
const nickname: NameRule = { least: 4, most: 64, allowed: new RegExp(`^[${WIDE}A-Za-z0-9_]*$`, 'u') }
const tagKey: NameRule = { least: 1, most: 30, allowed: /^[A-Za-z0-9_\-#@%&*.]*$/ }
const tagValue: NameRule = { least: 1, most: 128, allowed: new RegExp(`^[${WIDE}A-Za-z0-9_\\-#@%&:.]*$`, 'u') }
/** Used as text; C SDKs hold 64 characters. */
const secret: NameRule = { least: 1, most: 64, allowed: /^[\x21-\x7e]*$/ }

/** What is taken, in words. */
export const nameForms = {
  productKey: '1 to 20 letters and digits',
  deviceName: '4 to 32 letters, digits, - _ @ . :',
  secret: '1 to 64 printable characters without blanks',
} as const

/** Characters of a description at most. */
export const descriptionLimit = 100

export function productKeyProblem(text: string): NameProblem | null {
  return problem(text, productKey)
}

export function deviceNameProblem(text: string): NameProblem | null {
  return problem(text, deviceName)
}

export function productNameProblem(text: string): NameProblem | null {
  return problem(text, productName)
}

/** Of a nickname that is given; the empty one means none and is the caller's. */
export function nicknameProblem(text: string): NameProblem | null {
  return problem(text, nickname)
}

export function tagKeyProblem(text: string): NameProblem | null {
  return problem(text, tagKey)
}

/** The empty value is one. */
export function tagValueProblem(text: string): NameProblem | null {
  return text === '' ? null : problem(text, tagValue)
}

/** Of a ProductSecret or DeviceSecret that is brought along. */
export function secretProblem(text: string): NameProblem | null {
  return problem(text, secret)
}

export function descriptionProblem(text: string): NameProblem | null {
  return text.length > descriptionLimit && [...text].length > descriptionLimit ? 'too long' : null
}

/** A topic has at most 128 bytes and 7 slashes (direct.md §4.2); `/{pk}/{dn}/user/` takes four of these and, at its shortest, 13 bytes. */
const shortNameLimits = { bytes: 128 - 13, levels: 7 - 4 + 1 }

/**
 * Of a TopicShortName: levels of letters, digits and `_`, none empty; `+` and `#` are whole levels, `#` the last, and only where
 * the class is for subscribing alone.
 */
export function topicShortNameProblem(text: string, operation: 'PUB' | 'SUB' | 'ALL'): NameProblem | null {
  if (text === '') return 'missing'
  const levels = text.split('/')
  if (levels.includes('')) return 'empty level'
  if (text.length > shortNameLimits.bytes || levels.length > shortNameLimits.levels) return 'too long'
  const wrong = levels.some((level, i) => {
    if (/^[A-Za-z0-9_]+$/.test(level)) return false
    return operation !== 'SUB' || !(level === '+' || (level === '#' && i === levels.length - 1))
  })
  return wrong ? 'character not allowed' : null
}

/** Length with Chinese and Japanese characters counted as two. */
function width(text: string): number {
  // Most names are ASCII, and none that is gets longer by counting.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return [...text].length + (text.match(wide)?.length ?? 0)
}

function problem(text: string, rule: NameRule): NameProblem | null {
  if (text === '') return 'missing'
  if (text.length > rule.most) return 'too long'
  if (!rule.allowed.test(text)) return 'character not allowed'
  const length = width(text)
  if (length < rule.least) return 'too short'
  return length > rule.most ? 'too long' : null
}
