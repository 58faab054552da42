/**
 * Reads TypeScript source as far as the tidy rules need: comments away, strings out of the way, imports found. Not a parser;
 * the compiler's own is not reachable from JavaScript in version 7.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
  /** The text without comments; each string literal stands as `'#n'`, n its place in {@link strings}. Lines are kept. */
  readonly code: string
  readonly strings: readonly string[]
  readonly imports: readonly Import[]
}

export interface Import {
  /** As written: `./x.ts`, `node:fs`. */
  readonly specifier: string
  /** Path from the root for a relative specifier, otherwise `null`. */
  readonly target: string | null
  readonly line: number
}

/** All files below `folders` whose name ends with `.ts` (no declarations), in order of path. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  const paths: string[] = []
  for (const folder of folders) {
    for (const entry of list(join(root, folder))) {
      const name = entry.replaceAll('\\', '/')
      if (name.endsWith('.ts') && !/(^|\/)(node_modules|\.build)\//.test(name)) paths.push(`${folder}/${name}`)
    }
  }
  return paths.sort().map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')))
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

export function parseSource(path: string, text: string): Source {
  const { code, strings } = strip(text)
  return { path, text, code, strings, imports: findImports(path, code, strings) }
}

/** The line (from 1) of a place in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

const IMPORTS = [
  /\b(?:import|export)\b[^'`;()=]*?\bfrom\s*'#(\d+)'/g,
  /\bimport\s*'#(\d+)'/g,
  /\bimport\s*\(\s*['`]#(\d+)['`]/g,
  // A worker's entry is named by its address.
  /\bnew\s+URL\(\s*'#(\d+)'\s*,\s*import\.meta\.url/g,
]

function findImports(path: string, code: string, strings: readonly string[]): Import[] {
  const found = IMPORTS.flatMap((pattern) => [...code.matchAll(pattern)])
  return found
    .map((match) => ({ index: match.index, specifier: strings[Number(match[1])] as string }))
    .sort((a, b) => a.index - b.index)
    .map(({ index, specifier }) => ({
      specifier,
      target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null,
      line: lineAt(code, index),
    }))
}

/** What may stand before a `/` that begins a regular expression; after anything else it divides. */
const BEFORE_REGEX =
  /(?:^|[=(,:;[!&|?{}+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|yield|await|throw|void|delete))\s*$/

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*|[`{}/]/g

function strip(text: string): { code: string; strings: string[] } {
  const strings: string[] = []
  let code = ''
  let at = 0
  /** For each open `${`: how many braces are open inside. */
  const templates: number[] = []

  const put = (literal: string, quote: string) => {
    strings.push(literal)
    code += `${quote}#${strings.length - 1}${quote}${literal.replace(/[^\n]/g, '')}`
  }
  /** Reads template text from `at` to its end or to the next `${`. */
  const template = () => {
    const match = /^(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/.exec(text.slice(at)) as RegExpExecArray
    put(match[0], '`')
    at += match[0].length
    if (text.startsWith('${', at)) {
      at += 2
      code += '+('
      templates.push(0)
    } else at++
  }
  const token = (value: string) => {
    const inside = templates.length - 1
    if (value === '`') return template()
    if (value === '}' && templates[inside] === 0) {
      templates.pop()
      code += ')+'
      return template()
    }
    if (value === '{' && inside >= 0) templates[inside] = (templates[inside] as number) + 1
    if (value === '}' && inside >= 0) templates[inside] = (templates[inside] as number) - 1
    code += value
  }

  while (at < text.length) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    code += text.slice(at, match?.index ?? text.length)
    if (!match) break
    const value = match[0]
    at = match.index + value.length
    if (value.startsWith('//')) continue
    if (value.startsWith('/*')) code += ` ${value.replace(/[^\n]/g, '')}`
    else if (value[0] === "'" || value[0] === '"') put(value.slice(1, -1), "'")
    else if (value[0] === '/' && value.length > 1) {
      if (BEFORE_REGEX.test(code.slice(-40))) put(value, "'")
      else {
        // A division: only the sign is taken, what follows is read again.
        code += '/'
        at = match.index + 1
      }
    } else token(value)
  }
  return { code, strings }
}
