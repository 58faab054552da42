/**
 * Runs everything that must pass: lint and format, types, tests. The last line is "N passed, N failed"; lint and types count
 * as one test each. With arguments it hands them to vitest and runs nothing else: `npm test -- src/mqtt -t QoS`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const args = process.argv.slice(2)
let passed = 0
let failed = 0

/** Runs a tool of node_modules with the Node that runs this script; answers whether it ended well. */
function run(script, ...args) {
  const name = script.split('/').at(-1).replace('.mjs', '')
  console.log(`> ${[name, ...args].join(' ')}`)
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return status === 0
}

function count(ok) {
  if (ok) passed++
  else failed++
}

/** Adds what vitest's report says; a file that could not be loaded and an error outside of tests are failures too. */
function countTests(file, ok) {
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    failed++
    return
  }
  const broken = report.testResults.filter((it) => it.status === 'failed' && !hasFailure(it)).length
  passed += report.numPassedTests
  const failures = report.numFailedTests + broken
  failed += failures === 0 && !ok ? 1 : failures
}

function hasFailure(testFile) {
  return testFile.assertionResults.some((it) => it.status === 'failed')
}

if (args.length === 0) {
  count(run('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'))
  count(run('typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'))
}

const temporary = mkdtempSync(join(tmpdir(), 'homeport-test-'))
const report = join(temporary, 'report.json')
try {
  const ok = run(
    'vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  )
  countTests(report, ok)
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

process.exitCode = failed > 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed`)
