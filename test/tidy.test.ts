/** What holds for the source as a whole: who may import whom, where time and chance come from, what must not be left lying. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Source } from './toolchain/source.ts'
import { lineAt, parseSource, readSources } from './toolchain/source.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * The rooms (folders of src/), lowest first. A room knows the rooms of the lines above its own and no other; rooms of one line
 * don't know each other. The first three lines are the ground. `main.ts` knows all and nobody knows it.
 */
const ORDER: readonly (readonly string[])[] = [
  ['codes', 'clock', 'random'],
  ['facts', 'config', 'log', 'metrics'],
  ['effects'],
  ['store', 'cluster', 'scripts', 'mqtt', 'sessions', 'downlink'],
  ['devices', 'accounts'],
  ['topology', 'auth', 'streams', 'thing', 'shadow', 'ota', 'files', 'jobs'],
  ['alink'],
  ['platform'],
  ['device-http', 'openapi', 'amqp', 'rules', 'diagnose'],
  // Puts one process together, so that main.ts and the tests start the same thing.
  ['server'],
  ['console', 'cli'],
]

/** Rooms that may ask the machine for time and chance; everyone else is given a clock and a source of randomness. */
const TIMED = ['src/clock/', 'src/random/']

const MAX_LINES = 400

const isTest = (path: string) => path.endsWith('.test.ts')
/** Code that runs at a user's: neither a test nor what only tests import. */
const isProduct = (path: string) => path.startsWith('src/') && !isTest(path) && !path.endsWith('.fixture.ts')
/** Pure data, a row a line or more: as long as what it lists. */
const isTable = (path: string) => path.startsWith('src/codes/') || path.endsWith('-table.ts')
const roomOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1] ?? null
const levelOf = (room: string) => ORDER.findIndex((line) => line.includes(room))

/** Why `from` must not import `to` (paths from the root), or `null`. */
function forbidden(from: string, to: string): string | null {
  if (!to.startsWith('src/')) return isTest(from) ? null : 'is outside of src/'
  // A test may start it as a process.
  if (to === 'src/main.ts') return isTest(from) ? null : 'is known to nobody'
  if (from === 'src/main.ts') return null
  const [own, other] = [roomOf(from), roomOf(to)]
  if (own === null || levelOf(own) < 0) return `comes from a place that is no room of the order (${from})`
  if (other === null || levelOf(other) < 0) return 'is in no room of the order'
  if (own === other || levelOf(other) < levelOf(own)) return null
  return levelOf(other) === levelOf(own) ? `stands beside ${own}/` : `stands above ${own}/`
}

function importFaults(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap(({ target, line }) => {
      const why = target === null ? null : forbidden(source.path, target)
      return why === null ? [] : [`${source.path}:${line} imports ${target}, which ${why}`]
    }),
  )
}

/** Packages that the published package would lack: what src/ imports must be a dependency or part of Node. */
function packageFaults(sources: readonly Source[], dependencies: readonly string[]): string[] {
  const known = (name: string) =>
    name.startsWith('node:') || dependencies.some((it) => name === it || name.startsWith(`${it}/`))
  return sources
    .filter((source) => isProduct(source.path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target, specifier }) => target === null && !known(specifier))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}, which is not among the dependencies`),
    )
}

/** Files of src/ that no other file imports. */
function orphans(sources: readonly Source[]): string[] {
  const imported = new Set(
    sources.flatMap(({ path, imports }) => imports.map(({ target }) => target).filter((it) => it !== path)),
  )
  return sources
    .map(({ path }) => path)
    .filter(
      (path) =>
        path.startsWith('src/') &&
        path !== 'src/main.ts' &&
        !isTest(path) &&
        !path.endsWith('.d.ts') &&
        !imported.has(path),
    )
}

interface Ban {
  readonly name: string
  readonly pattern: RegExp
  /** `code`: comments and strings don't count; `text`: they do. */
  readonly where: 'code' | 'text'
  readonly applies: (path: string) => boolean
}

const inSrc = (path: string) => path.startsWith('src/')
const untimed = (path: string) => inSrc(path) && !isTest(path) && !TIMED.some((room) => path.startsWith(room))

const BANS: readonly Ban[] = [
  {
    name: 'time outside of clock/',
    pattern:
      /\bDate\.now\b|\bDate\s*\(\s*\)|\bnew Date\b(?!\s*\()|\b(?:setTimeout|setInterval|setImmediate)\b|\bperformance\b|\bprocess\.(?:hrtime|uptime)\b/g,
    where: 'code',
    applies: untimed,
  },
  {
    name: 'chance outside of random/',
    pattern: /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/g,
    where: 'code',
    applies: untimed,
  },
  { name: 'unfinished', pattern: /\b(?:TODO|FIXME|XXX)\b|\b[Ff]or now\b/g, where: 'text', applies: inSrc },
  {
    name: 'any',
    pattern: /\bas\s+any\b|:\s*any\b|[<,|&]\s*any\s*[>,|&[]|\bany\[\]/g,
    where: 'code',
    applies: isProduct,
  },
  { name: 'silenced check', pattern: /@ts-(?:ignore|nocheck)|biome-ignore/g, where: 'text', applies: isProduct },
  {
    name: 'test left out',
    pattern:
      /\b(?:test|it|describe|suite|bench)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf|fails)\b|\b[xf](?:it|describe)\s*\(|\b(?:t|ctx|context)\.skip\(/g,
    where: 'code',
    applies: isTest,
  },
  {
    name: 'sleep (wait for what must happen: vi.waitFor, expect.poll, an event)',
    pattern:
      /\bsetTimeout\(\s*(?:r|res|resolve\w*|done|ok|\(\)\s*=>\s*(?:r|res|resolve\w*|done|ok)\()|\bawait\s+(?:sleep|delay|setTimeout)\(|\bAtomics\.wait\b/g,
    where: 'code',
    applies: isTest,
  },
]

function bans(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    BANS.filter(({ applies }) => applies(source.path)).flatMap(({ name, pattern, where }) => {
      const text = where === 'code' ? source.code : source.text
      return [...text.matchAll(pattern)].map(
        (it) => `${source.path}:${lineAt(text, it.index)} ${name}: ${it[0].trim()}`,
      )
    }),
  )
}

function tooLong(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => inSrc(path) && !isTest(path) && !isTable(path))
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines, at most ${MAX_LINES}`)
}

describe('the source', () => {
  const all = readSources(ROOT, ['src', 'test', 'bench', 'demo'])
  const src = all.filter(({ path }) => inSrc(path))
  const manifest = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { dependencies: Record<string, string> }

  test('is all read', () => {
    expect(src.length).toBeGreaterThan(60)
    expect(src.flatMap(({ imports }) => imports).length).toBeGreaterThan(100)
  })
  test('imports from rooms below only', () => expect(importFaults(src)).toEqual([]))
  test('imports files that exist', () => {
    const missing = all.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target !== null && !target.startsWith('../') && !existsSync(ROOT + target))
        .map(({ target, line }) => `${path}:${line} ${target}`),
    )
    expect(missing).toEqual([])
  })
  test('imports packages that are dependencies', () =>
    expect(packageFaults(src, Object.keys(manifest.dependencies))).toEqual([]))
  test('has no file that nobody imports', () => expect(orphans(all)).toEqual([]))
  test('has nothing banned', () => expect(bans(all)).toEqual([]))
  test('has no file that is too long', () => expect(tooLong(src)).toEqual([]))
})

describe('the checks find what is planted', () => {
  const faults = (path: string, text: string) => importFaults([parseSource(path, text)])
  const banned = (path: string, text: string) => bans([parseSource(path, text)])

  test.each([
    ['a room above', 'src/mqtt/a.ts', "import { x } from '../alink/x.ts'"],
    ['a room beside', 'src/store/a.ts', "import { x } from '../mqtt/x.ts'"],
    ['a room beside, on the ground', 'src/log/a.ts', "import { x } from '../config/x.ts'"],
    ['a type', 'src/devices/a.ts', "import type {\n  X,\n  Y,\n} from '../thing/x.ts'"],
    ['a type among values', 'src/devices/a.ts', "import { x, type Y } from '../accounts/x.ts'"],
    ['a default and a namespace', 'src/codes/a.ts', "import a, * as b from '../facts/x.ts'"],
    ['an export', 'src/alink/a.ts', "export * from '../platform/x.ts'"],
    ['an export of names', 'src/alink/a.ts', "export type { X } from '../../src/platform/x.ts'"],
    ['a dynamic import', 'src/auth/a.ts', "const x = await import('../cli/x.ts')"],
    ['an import of a type in place', 'src/auth/a.ts', "type X = import('../cli/x.ts').X"],
    ['an import for its effect', 'src/auth/a.ts', "import '../cli/x.ts'"],
    ['a worker', 'src/auth/a.ts', "new Worker(new URL('../cli/x.ts', import.meta.url))"],
    ['main.ts', 'src/cli/a.ts', "import { x } from '../main.ts'"],
    ['a room without a place', 'src/cli/a.ts', "import { x } from '../helpers/x.ts'"],
    ['from a room without a place', 'src/helpers/a.ts', "import { x } from '../codes/x.ts'"],
    ['from a file beside main.ts', 'src/a.ts', "import { x } from './codes/x.ts'"],
    ['what is not in src', 'src/cli/a.ts', "import { x } from '../../test/x.ts'"],
    ['from a test', 'src/mqtt/a.test.ts', "import { x } from '../alink/x.ts'"],
    ['after a string with a quote', 'src/mqtt/a.ts', `const a = "it's"\nimport { x } from '../alink/x.ts'`],
    ['after a regular expression', 'src/mqtt/a.ts', `const a = /['"\`/*]/\nimport { x } from '../alink/x.ts'`],
    ['after a template', 'src/mqtt/a.ts', `const a = \`$\{b ? \`'$\{c}\` : '}'}\`\nimport { x } from '../alink/x.ts'`],
    ['after a division', 'src/mqtt/a.ts', "const a = (b) / 2, c = '/'\nimport { x } from '../alink/x.ts'"],
  ])('import of %s', (_, path, text) => expect(faults(path, text)).toHaveLength(1))

  test.each([
    ['the room below', 'src/alink/a.ts', "import { x } from '../devices/x.ts'"],
    ['its own room', 'src/mqtt/codec/a.ts', "import { x } from '../topics/x.ts'"],
    ['the ground', 'src/sessions/a.ts', "import type { Effect } from '../effects/effect.ts'"],
    ['anything, by main.ts', 'src/main.ts', "import { x } from './cli/x.ts'"],
    ['a package', 'src/cli/a.ts', "import { Command } from 'commander'"],
    ['a helper of the tests, by a test', 'src/mqtt/a.test.ts', "import { x } from '../../test/x.ts'"],
    ['nothing: a comment', 'src/mqtt/a.ts', "// import { x } from '../alink/x.ts'\n/* import '../alink/x.ts' */"],
    ['nothing: a string', 'src/mqtt/a.ts', `const a = "import { x } from '../alink/x.ts'"`],
    ['nothing: a template', 'src/mqtt/a.ts', "const a = `import { x } from '../alink/x.ts'`"],
  ])('no fault in %s', (_, path, text) => expect(faults(path, text)).toEqual([]))

  test.each([
    ['src/mqtt/a.ts', 'const a = Date.now()'],
    ['src/mqtt/a.ts', 'const a = new Date()'],
    ['src/mqtt/a.ts', 'const a = new Date'],
    ['src/mqtt/a.ts', 'const a = `$' + '{Date.now()}`'],
    ['src/mqtt/a.ts', 'setTimeout(run, 5)'],
    ['src/mqtt/a.ts', 'setInterval(run, 5)'],
    ['src/mqtt/a.ts', 'setImmediate(run)'],
    ['src/mqtt/a.ts', 'const a = performance.now()'],
    ['src/mqtt/a.ts', 'const a = process.hrtime.bigint()'],
    ['src/mqtt/a.ts', 'const a = Math.random()'],
    ['src/mqtt/a.ts', "import { randomBytes } from 'node:crypto'"],
    ['src/mqtt/a.ts', 'const a = crypto.randomUUID()'],
    ['src/mqtt/a.ts', `// ${'TO'}DO later`],
    ['src/mqtt/a.ts', `// enough ${'for'} now`],
    ['src/mqtt/a.ts', 'const a = b as any'],
    ['src/mqtt/a.ts', 'function f(a: any) {}'],
    ['src/mqtt/a.ts', 'const a = new Map<string, any>()'],
    ['src/mqtt/a.ts', 'const a: unknown | any[] = b'],
    ['src/mqtt/a.ts', `// @${'ts'}-ignore`],
    ['src/mqtt/a.ts', `// biome${'-'}ignore lint: no`],
    ['src/mqtt/a.test.ts', "test.only('a', run)"],
    ['test/a.test.ts', "describe.each([1]).skip('a', run) || it.concurrent.skip('a', run)"],
    ['test/a.test.ts', "test.todo('a')"],
    ['test/a.test.ts', "test.skipIf(true)('a', run)"],
    ['test/a.test.ts', 'await new Promise((resolve) => setTimeout(resolve, 100))'],
    ['test/a.test.ts', 'await sleep(100)'],
  ])('ban in %s: %s', (path, text) => expect(banned(path, text)).toHaveLength(1))

  test.each([
    ['src/clock/a.ts', 'const a = Date.now(); setTimeout(run, 5)'],
    ['src/random/a.ts', 'const a = randomBytes(4)'],
    ['src/mqtt/a.ts', 'const a = new Date(clock.wall())'],
    ['src/mqtt/a.ts', '// Date.now() and setTimeout() are banned'],
    ['src/mqtt/a.ts', "const a = 'Math.random() as any'"],
    ['src/mqtt/a.ts', 'const a = b as anything'],
    ['test/a.test.ts', "setTimeout(() => reject(new Error('late')), 5000)"],
    ['test/a.test.ts', "test('a', () => expect(Date.now()).toBe(1))"],
  ])('no ban in %s: %s', (path, text) => expect(banned(path, text)).toEqual([]))

  test('a file that nobody imports', () => {
    const sources = [
      parseSource('src/main.ts', "import { a } from './cli/a.ts'"),
      parseSource('src/cli/a.ts', ''),
      parseSource('src/cli/b.ts', ''),
      parseSource('src/cli/c.test.ts', ''),
    ]
    expect(orphans(sources)).toEqual(['src/cli/b.ts'])
  })

  test('a package that is no dependency', () => {
    const source = parseSource('src/cli/a.ts', "import 'node:fs'\nimport 'zod/v4'\nimport 'vitest'")
    expect(packageFaults([source], ['zod'])).toEqual([
      'src/cli/a.ts:3 imports vitest, which is not among the dependencies',
    ])
  })

  test('a file that is too long', () => {
    expect(tooLong([parseSource('src/cli/a.ts', 'a\n'.repeat(MAX_LINES))])).toEqual([])
    expect(tooLong([parseSource('src/cli/a.ts', 'a\n'.repeat(MAX_LINES + 1))])).toHaveLength(1)
  })
})
