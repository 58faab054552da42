/** What a setting's value may look like. Each kind takes the text of a variable or flag as well as the value of a YAML file. */
import { z } from 'zod'

export interface Kind<T> {
  /** Text or YAML value in, value of the settings out. */
  readonly schema: z.ZodType<T>
  /** What is expected, as it stands in messages, in --help and in the documentation. */
  readonly form: string
  /** Placeholder of the flag's value in --help. */
  readonly placeholder: string
  readonly unit: string
  /** The value as a person would write it. */
  show(value: T): string
}

/** Returns the value, or undefined where it is not of the kind. */
type Read<T> = (input: unknown) => T | undefined

function kind<T>(form: string, placeholder: string, unit: string, read: Read<T>, show: (value: T) => string): Kind<T> {
  const schema = z.unknown().transform((input, context): T => {
    const value = read(input)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `expected ${form}` })
    return z.NEVER
  })
  return { schema, form, placeholder, unit, show }
}

interface Range {
  readonly min?: number
  readonly max?: number
  /** 0 and the word `off` mean "no limit". */
  readonly off?: boolean
  readonly unit?: string
}

function within(value: number, range: Range): boolean {
  if (range.off && value === 0) return true
  return value >= (range.min ?? 1) && value <= (range.max ?? Number.MAX_SAFE_INTEGER)
}

function wholeNumber(input: unknown): number | undefined {
  if (typeof input === 'number') return Number.isSafeInteger(input) ? input : undefined
  if (typeof input !== 'string' || !/^-?\d{1,15}$/.test(input.trim())) return undefined
  return Number(input)
}

/** YAML 1.1 habits and JSON booleans: `off` may arrive as `false`. */
function isOff(input: unknown): boolean {
  return input === false || input === 'off' || input === 'false' || input === 'no'
}

function isOn(input: unknown): boolean {
  return input === true || input === 'on' || input === 'true' || input === 'yes'
}

function rangeText(what: string, range: Range): string {
  const min = range.min ?? 1
  const text = range.max === undefined ? `${what} of at least ${min}` : `${what} from ${min} to ${range.max}`
  return range.off ? `${text}, or off` : text
}

/** A whole number; `off` and 0 where the range says so. */
export function integer(range: Range = {}): Kind<number> {
  const read: Read<number> = (input) => {
    const value = range.off && isOff(input) ? 0 : wholeNumber(input)
    return value !== undefined && within(value, range) ? value : undefined
  }
  const show = (value: number) => (range.off && value === 0 ? 'off' : String(value))
  return kind(rangeText('a whole number', range), 'N', range.unit ?? '', read, show)
}

/** A TCP port; 0 picks a free one. */
export function port(): Kind<number> {
  const range = { min: 0, max: 65535 }
  const read: Read<number> = (input) => {
    const value = wholeNumber(input)
    return value !== undefined && within(value, range) ? value : undefined
  }
  return kind('a port from 0 to 65535 (0 picks a free one)', 'PORT', '', read, String)
}

/** A TCP port, or `off`: null. 0 picks a free one. */
export function portOrOff(): Kind<number | null> {
  const { schema, form, placeholder, unit } = port()
  const read: Read<number | 'off'> = (input) => (isOff(input) ? 'off' : schema.safeParse(input).data)
  const inner = kind(`${form}, or off`, placeholder, unit, read, String)
  return {
    ...inner,
    schema: inner.schema.transform((value) => (value === 'off' ? null : value)),
    show: (value) => (value === null ? 'off' : String(value)),
  }
}

const BYTES: readonly (readonly [string, number])[] = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
]

/** Bytes: `262144`, `256KiB`, `1MiB`. */
export function size(range: Range = {}): Kind<number> {
  const read: Read<number> = (input) => {
    const match = typeof input === 'string' ? /^(\d{1,12})\s*(GiB|MiB|KiB|B)?$/.exec(input.trim()) : null
    const factor = BYTES.find(([name]) => name === match?.[2])?.[1] ?? 1
    const value = match ? Number(match[1]) * factor : wholeNumber(input)
    return value !== undefined && within(value, range) ? value : undefined
  }
  const show = (value: number) => {
    const found = value > 0 ? BYTES.find(([, factor]) => value % factor === 0) : undefined
    return found ? `${value / found[1]}${found[0]}` : String(value)
  }
  const text = range.max === undefined ? '' : ` up to ${show(range.max)}`
  return kind(`a size${text}, like 262144 or 256KiB`, 'SIZE', 'bytes', read, show)
}

const MILLISECONDS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]

/** Milliseconds, written with their unit: `500ms`, `30s`, `5m`, `12h`, `7d`. */
export function duration(range: { readonly min: number; readonly max: number }): Kind<number> {
  const read: Read<number> = (input) => {
    const match = typeof input === 'string' ? /^(\d{1,12})\s*(ms|s|m|h|d)$/.exec(input.trim()) : null
    const factor = MILLISECONDS.find(([name]) => name === match?.[2])?.[1]
    if (!match || factor === undefined) return undefined
    const value = Number(match[1]) * factor
    return within(value, range) ? value : undefined
  }
  const show = (value: number) => {
    const [name, factor] = MILLISECONDS.find(([, each]) => value > 0 && value % each === 0) ?? ['ms', 1]
    return `${value / factor}${name}`
  }
  const form = `a duration from ${show(range.min)} to ${show(range.max)}, with its unit, like 500ms, 30s, 5m, 12h or 7d`
  return kind(form, 'TIME', 'ms', read, show)
}

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly W[]): Kind<W> {
  const form = words.length === 1 ? String(words[0]) : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  const read: Read<W> = (input) => {
    // `off` without quotes is a boolean to some YAML writers; a number is how `200` arrives from a file.
    const word = input === false ? 'off' : typeof input === 'number' ? String(input) : input
    return words.find((each) => each === word)
  }
  return kind(form, words.join('|'), '', read, (value) => value)
}

/** What a setting that is on or off takes; its flag alone means on. */
export const onOffForm = 'on or off'

export function onOff(): Kind<boolean> {
  const read: Read<boolean> = (input) => (isOn(input) ? true : isOff(input) ? false : undefined)
  return kind(onOffForm, 'on|off', '', read, (value) => (value ? 'on' : 'off'))
}

/** Text that matches `pattern`; `form` says so in words. */
export function text(form: string, placeholder: string, pattern: RegExp): Kind<string> {
  const read: Read<string> = (input) => (typeof input === 'string' && pattern.test(input) ? input : undefined)
  return kind(form, placeholder, '', read, (value) => value)
}
