/** The demo where something goes wrong: it says what is missing, it fails, and it leaves nothing behind. */
import { expect, test } from 'vitest'
import { SystemClock } from '../../clock/system.ts'
import { systemRandom } from '../../random/random.ts'
import { startServer } from '../../server/start.ts'
import { ExitCode } from '../failure.ts'
import { FakeWorld } from '../host.fixture.ts'
import type { CliHost } from '../host.ts'
import { perform } from './demo.ts'
import type { Firmware, OpenFirmware } from './firmware.ts'
import { openOwnFirmware } from './own-firmware.ts'

const clock = new SystemClock()

/** A world whose screen is text and whose server is real. */
function stage(): { world: FakeWorld; host: CliHost } {
  const world = new FakeWorld()
  const host = { ...world.host, clock, random: systemRandom, fetch, startServer }
  return { world, host }
}

const own: OpenFirmware = (gateway, port, ear) => openOwnFirmware(gateway, port, ear, clock)

/** Firmware that cannot do this. */
function without(what: keyof Firmware): OpenFirmware {
  return async (gateway, port, ear) => {
    const firmware = await own(gateway, port, ear)
    const broken = () => {
      throw new Error(`no ${what} here`)
    }
    return new Proxy(firmware, {
      get(target, name) {
        if (name === what) return broken
        const member = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }
}

test('rows that were not met are named, and the demo fails', async () => {
  const { world, host } = stage()
  const options = { json: false, north: without('post'), south: own, next: [] }
  expect(await perform(host, options)).toBe(ExitCode.failed)
  expect(world.out).toContain('FAILED: no post here')
  expect(world.out).toContain('15 of 17 errors of the table were met')
  expect(world.out).toContain('Missing: message.520a, message.520b')
})

test('a gateway that gets no answers any more ends it', async () => {
  const { world, host } = stage()
  const options = { json: false, north: own, south: without('getTopo'), next: [] }
  expect(await perform(host, options)).toBe(ExitCode.failed)
  expect(world.out.match(/FAILED/g)).toHaveLength(1)
  expect(world.out).toContain('0 of 17 errors of the table were met')
})

test('a signal ends it where it stands', async () => {
  const { world, host } = stage()
  const south: OpenFirmware = async (gateway, port, ear) => {
    world.signal('SIGINT')
    return own(gateway, port, ear)
  }
  expect(await perform(host, { json: false, north: own, south, next: [] })).toBe(ExitCode.failed)
  expect([world.out, world.err]).toEqual(['', 'The demo was interrupted; its server and its files are gone.\n'])
})
