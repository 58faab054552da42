import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { allSettings } from '../src/config/settings.ts'
import { Metrics } from '../src/metrics/metrics.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test('docs/errors.md, docs/settings.md and docs/api.md are what the tables say', () => {
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

describe('docs/operations.md', () => {
  const page = readFileSync(`${root}/docs/operations.md`, 'utf8')

  test('explains every metric, with its labels, and no other', async () => {
    const metrics = new Metrics({ process: false })
    const { body } = await metrics.scrape()
    const rows = [...page.matchAll(/^\| `(homeport_\w+)(?:\{([\w,]+)\})?` \| \S.*\|$/gm)]
    const names = [...body.matchAll(/^# TYPE (homeport_\w+) /gm)].map((match) => match[1])
    expect(rows.map((row) => row[1]).sort()).toEqual(names.sort())
    const labels = new Map(rows.map((row) => [row[1], row[2] ?? '']))
    metrics.messages('in', 'alink')
    metrics.refused('login', 6401)
    metrics.dropped('full')
    metrics.connectionRefused('open-files')
    metrics.publishes = () => [['in', 1]]
    metrics.connectionsEnded = () => [['keep-alive', 1]]
    metrics.openFiles = () => ({ connections: 1, others: 1 })
    const lines = (await metrics.scrape()).body.split('\n').filter((line) => /^homeport_(?!commit)\w+\{/.test(line))
    for (const line of lines) {
      const [, name = '', said = ''] = /^(\w+)\{(.*)\}/.exec(line) ?? []
      expect(`${name} ${[...said.matchAll(/(\w+)="/g)].map((match) => match[1])}`).toBe(`${name} ${labels.get(name)}`)
    }
  })

  test('names no setting, and no metric of an alert, that is not there', () => {
    const keys = allSettings.map(({ key }) => key)
    const named = [...page.matchAll(/`((?:limits|store|mqtt|app|http|tls|log)\.[A-Za-z0-9]+)`/g)].map(
      (match) => match[1],
    )
    expect(named.filter((key) => !keys.includes(key as string))).toEqual([])
    const explained = [...page.matchAll(/^\| `(homeport_\w+)/gm)].map((match) => match[1])
    const alerts = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    const used = [...alerts.matchAll(/homeport_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''))
    expect(used.length).toBeGreaterThan(5)
    expect(used.filter((name) => !explained.includes(name))).toEqual([])
  })

  test('has every setting of connections and output', () => {
    const about = allSettings.filter(({ source }) => source === 'docs/operations.md').map(({ key }) => key)
    expect(about.length).toBeGreaterThan(8)
    expect(about.filter((key) => !page.includes(`| \`${key}\` |`))).toEqual([])
  })
})
