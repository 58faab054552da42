/** Another process holds SQLite's write lock: what changes the registry fails in time, and nothing else notices. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeTopoAdd } from '../../src/auth/make.ts'
import type { Gateway } from '../support/gateway.ts'
import { startTestNode } from '../support/node.ts'

const COMMIT_TIMEOUT = 600

/** Says `locked`, and gives the lock back when its input ends. */
const program = `
const { DatabaseSync } = require('node:sqlite')
const database = new DatabaseSync(process.argv[1])
database.exec('BEGIN IMMEDIATE')
process.stdout.write('locked')
process.stdin.resume().on('end', () => { database.exec('ROLLBACK'); database.close(); process.exit(0) })
`

async function lock(data: string): Promise<() => Promise<void>> {
  const child: ChildProcess = spawn(process.execPath, ['-e', program, join(data, 'homeport.db')], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')
  return async () => {
    child.stdin?.end()
    await once(child, 'exit')
  }
}

test('SQLite locked by another process: 500 after store.commitTimeout, and the traffic goes on', async () => {
  const node = await startTestNode({
    settings: {
      'store.commitTimeout': `${COMMIT_TIMEOUT}ms`,
      'limits.loginsPerMinute': 100_000,
      'limits.loginRequestsPerSecond': 0,
    },
  })
  onTestFinished(() => node.stop())
  const { gateways, subs } = (await node.scene({ gateways: 2, subs: 2 })) as unknown as {
    gateways: [Gateway, Gateway]
    subs: [DeviceSecret, DeviceSecret]
  }
  const [gateway, other] = gateways
  const stranger = await node.fleet.device()
  await other.login(subs[0])
  const unlock = await lock(node.data)

  const start = performance.now()
  let over = false
  const refused = gateway.ask('thing/topo/add', [makeTopoAdd(stranger)]).then((answer) => {
    over = true
    return answer
  })
  // A login right behind it waits for what it decides; one through another connection does not.
  const behind = gateway.login(stranger)
  const operator = node.fleet.disable(stranger).catch((error: Error) => error)
  let turns = 0
  let longest = 0
  const post = `/sys/${subs[0].productKey}/${subs[0].deviceName}/thing/event/property/post`
  while (!over) {
    const before = performance.now()
    expect(await other.login(subs[1])).toBe(200)
    expect(await other.publish(post, JSON.stringify({ id: '1', params: {} }), 1)).toBe(0)
    longest = Math.max(longest, performance.now() - before)
    turns++
  }
  expect((await refused).code).toBe(500)
  expect(performance.now() - start).toBeGreaterThanOrEqual(COMMIT_TIMEOUT - 1)
  expect(turns).toBeGreaterThan(10)
  expect(longest).toBeLessThan(COMMIT_TIMEOUT)
  expect(await behind).toBe(6401)
  expect(await operator).toBeInstanceOf(Error)
  expect(node.fleet.of(stranger).disabled).toBe(false)

  await unlock()
  expect(await gateway.addTopo(stranger)).toBe(200)
  expect(await gateway.login(stranger)).toBe(200)
})
