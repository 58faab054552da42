import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seededRandom } from '../../src/random/random.ts'
import { openTest, temporary } from '../store/fixture.ts'

const appender = fileURLToPath(new URL('./store-appender.ts', import.meta.url))

/** Runs the appender until it has said `lines` lines, kills it, and returns all that it said. */
function killed(directory: string, seed: number, lines: number): Promise<string[]> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [appender, directory, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    let count = 0
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      for (const byte of chunk) if (byte === 10) count++
      if (count >= lines) child.kill('SIGKILL')
    })
    child.on('error', failed)
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') done(said.slice(0, said.lastIndexOf('\n')).split('\n'))
      else failed(new Error(`the appender ended by itself: ${said.slice(-200)}`))
    })
  })
}

function numbers(said: string[], letter: string): number[] {
  return said.filter((line) => line.startsWith(letter)).map((line) => Number(line.slice(2)))
}

test.each([11, 12, 13, 14])(
  'killed with -9 while it appends (seed %i): what was reported stored is there',
  async (seed) => {
    const directory = temporary()
    const random = seededRandom(seed)
    const lines = 20 + (random.bytes(2).readUInt16LE() % 6000)
    const said = await killed(directory, seed, lines)
    const { store } = await openTest({ directory, segmentBytes: 20_000 })
    const facts = [...store.factsSinceCheckpoint()].map(({ deviceName }) => Number(deviceName))
    const reported = numbers(said, 'f')
    expect(facts.slice(0, reported.length)).toEqual(reported)
    expect(facts).toEqual(facts.map((_, index) => index + 1))
    const keep = new Set([...store.keepRecords()].map((record) => record.u32()))
    expect(numbers(said, 'k').filter((n) => !keep.has(n))).toEqual([])
    expect(Math.max(0, ...keep)).toBeLessThanOrEqual(facts.length + 8)
    const relations = new Set([...store.read.relations()].map(({ order }) => order))
    expect(numbers(said, 'r').filter((n) => !relations.has(n))).toEqual([])
  },
)
