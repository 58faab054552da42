import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

test('docs/errors.md and docs/settings.md are what the tables say', () => {
  expect(() =>
    execFileSync(process.execPath, ['scripts/docs.ts', '--check'], { cwd: root, stdio: 'pipe' }),
  ).not.toThrow()
})

test('every file of alink/thing and alink/ext-session that has a row is in the list of routes', () => {
  const routes = readFileSync(`${root}/src/alink/routes.ts`, 'utf8')
  const missing = ['thing', 'ext-session'].flatMap((folder) =>
    readdirSync(`${root}/src/alink/${folder}`)
      .filter((name) => /: AlinkRow = \{|AlinkRow \{/.test(readFileSync(`${root}/src/alink/${folder}/${name}`, 'utf8')))
      .filter((name) => !routes.includes(`./${folder}/${name}`)),
  )
  expect(missing).toEqual([])
})

test('links in the pages lead somewhere', () => {
  const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']
  const broken = pages.flatMap((page) =>
    [...readFileSync(`${root}/${page}`, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)]
      .map((match) => match[1] as string)
      .filter((target) => {
        try {
          readdirSync(`${root}/${target}`)
          return false
        } catch (error) {
          return (error as NodeJS.ErrnoException).code !== 'ENOTDIR'
        }
      })
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})
