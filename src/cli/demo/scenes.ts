/** One scene a row of the table of errors: each brings the error about as a fleet would, without a switch in the server. */
import { makeLogin } from '../../auth/make.ts'
import type { ErrorId } from '../../codes/alink.ts'
import { fillDisk } from './full-disk.ts'
import type { Stage } from './stage.ts'

export interface Scene {
  readonly shows: ErrorId
  /** One sentence: what happens. */
  readonly story: string
  play(stage: Stage, data: string): Promise<void>
}

/** Sub-devices that the demo's gateways may have on line: small, so that the limit is met soon. */
export const ONLINE_LIMIT = 3

const post = (device: { productKey: string; deviceName: string }) =>
  `/sys/${device.productKey}/${device.deviceName}/thing/event/property/post`

export const scenes: readonly Scene[] = [
  {
    shows: 'login.460',
    story: 'A login without its signature.',
    async play(stage) {
      const gateway = await stage.gateway('gw460')
      const { sign: _, ...unsigned } = makeLogin(await stage.sensor('unsigned', gateway))
      await stage.meet('login.460', gateway, stage.login(gateway, unsigned))
    },
  },
  {
    shows: 'login.429',
    story: 'A sub-device that reconnects in a loop: five logins within a minute are granted, the sixth is not.',
    async play(stage) {
      const gateway = await stage.gateway('gw429')
      const sensor = await stage.sensor('restless', gateway)
      for (let i = 0; i < 5; i++) await stage.online(gateway, sensor)
      await stage.meet('login.429', gateway, stage.login(gateway, makeLogin(sensor)))
    },
  },
  {
    shows: 'login.6100',
    story: 'A sub-device that nobody has registered.',
    async play(stage) {
      const gateway = await stage.gateway('gw6100')
      const stranger = { ...(await stage.sensor('known')), deviceName: 'stranger' }
      await stage.meet('login.6100', gateway, stage.login(gateway, makeLogin(stranger)))
    },
  },
  {
    shows: 'login.521',
    story: 'A sub-device that was registered, and deleted since.',
    async play(stage) {
      const gateway = await stage.gateway('gw521')
      const sensor = await stage.sensor('gone', gateway)
      await stage.remove(sensor)
      await stage.meet('login.521', gateway, stage.login(gateway, makeLogin(sensor)))
    },
  },
  {
    shows: 'login.522',
    story: 'A sub-device that was disabled.',
    async play(stage) {
      const gateway = await stage.gateway('gw522')
      const sensor = await stage.sensor('barred', gateway)
      await stage.disable(sensor)
      await stage.meet('login.522', gateway, stage.login(gateway, makeLogin(sensor)))
    },
  },
  {
    shows: 'login.6401',
    story: "A sub-device that is registered, but not in this gateway's topology.",
    async play(stage) {
      const gateway = await stage.gateway('gw6401')
      const sensor = await stage.sensor('unrelated')
      await stage.meet('login.6401', gateway, stage.login(gateway, makeLogin(sensor)))
    },
  },
  {
    shows: 'login.6287',
    story: 'A signature made with the wrong secret.',
    async play(stage) {
      const gateway = await stage.gateway('gw6287')
      const sensor = await stage.sensor('mistaken', gateway)
      const forged = makeLogin({ ...sensor, deviceSecret: 'not the secret' })
      await stage.meet('login.6287', gateway, stage.login(gateway, forged))
    },
  },
  {
    shows: 'login.428',
    story: `One sub-device too many: this server allows ${ONLINE_LIMIT} a gateway (limits.subDevicesOnline, 200 by default).`,
    async play(stage) {
      const gateway = await stage.gateway('gw428')
      for (let i = 1; i <= ONLINE_LIMIT; i++) await stage.online(gateway, await stage.sensor(`crowd${i}`, gateway))
      const last = await stage.sensor('latecomer', gateway)
      await stage.meet('login.428', gateway, stage.login(gateway, makeLogin(last)))
    },
  },
  {
    shows: 'logout.460',
    story: 'A logout that does not say which sub-device.',
    async play(stage) {
      const gateway = await stage.gateway('gwLogout460')
      await stage.meet('logout.460', gateway, stage.logout(gateway, { productKey: 'demoSensor' }))
    },
  },
  {
    shows: 'logout.520',
    story: 'A logout of a sub-device that is not on line.',
    async play(stage) {
      const gateway = await stage.gateway('gwLogout520')
      const { productKey, deviceName } = await stage.sensor('asleep', gateway)
      await stage.meet('logout.520', gateway, stage.logout(gateway, { productKey, deviceName }))
    },
  },
  {
    shows: 'forced.427',
    story: 'The same sub-device logs in through a second gateway: the first is told that its session ended.',
    async play(stage) {
      const first = await stage.gateway('gwFirst')
      const second = await stage.gateway('gwSecond')
      const sensor = await stage.sensor('carried', first, second)
      await stage.online(first, sensor)
      await stage.online(second, sensor)
      await stage.meet('forced.427', first, null)
    },
  },
  {
    shows: 'forced.521',
    story: 'A sub-device is deleted while it is on line.',
    async play(stage) {
      const gateway = await stage.gateway('gwForced521')
      const sensor = await stage.sensor('removed', gateway)
      await stage.online(gateway, sensor)
      await stage.remove(sensor)
      await stage.meet('forced.521', gateway, null)
    },
  },
  {
    shows: 'forced.522',
    story: 'A sub-device is disabled while it is on line.',
    async play(stage) {
      const gateway = await stage.gateway('gwForced522')
      const sensor = await stage.sensor('suspended', gateway)
      await stage.online(gateway, sensor)
      await stage.disable(sensor)
      await stage.meet('forced.522', gateway, null)
    },
  },
  {
    shows: 'message.520a',
    story: 'The gateway publishes for a sub-device that it never logged in.',
    async play(stage) {
      const gateway = await stage.gateway('gwEager')
      const sensor = await stage.sensor('silent', gateway)
      await stage.meet('message.520a', gateway, stage.send(gateway, post(sensor), { params: { temperature: 21 } }))
    },
  },
  {
    shows: 'message.520b',
    story: 'The gateway publishes for a sub-device that is on line through another gateway.',
    async play(stage) {
      const holder = await stage.gateway('gwHolder')
      const other = await stage.gateway('gwOther')
      const sensor = await stage.sensor('elsewhere', holder, other)
      await stage.online(holder, sensor)
      await stage.meet('message.520b', other, stage.send(other, post(sensor), { params: { temperature: 21 } }))
    },
  },
  {
    shows: 'logout.500',
    story: "The server's disk is full: nothing can be stored, so a logout is refused and the sub-device stays on line.",
    async play(stage, data) {
      const gateway = await stage.gateway('gwLogout500')
      const sensor = await stage.sensor('kept', gateway)
      await stage.online(gateway, sensor)
      const room = await fillDisk(stage, gateway, data)
      try {
        const { productKey, deviceName } = sensor
        await stage.meet('logout.500', gateway, stage.logout(gateway, { productKey, deviceName }))
      } finally {
        room()
      }
    },
  },
  {
    shows: 'login.500',
    story: 'The disk is full again, and a login cannot be stored either. With room again, the same login succeeds.',
    async play(stage, data) {
      const gateway = await stage.gateway('gwLogin500')
      const sensor = await stage.sensor('patient', gateway)
      const room = await fillDisk(stage, gateway, data)
      try {
        await stage.meet('login.500', gateway, stage.login(gateway, makeLogin(sensor)))
      } finally {
        room()
      }
      await stage.online(gateway, sensor)
    },
  },
]
