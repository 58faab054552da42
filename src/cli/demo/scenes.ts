/** The scenes of the demo. Each brings errors about as a fleet would, without a switch in the server; together they show every row. */
import { makeLogin } from '../../auth/make.ts'
import type { ErrorId } from '../../codes/alink.ts'
import { fillDisk } from './full-disk.ts'
import type { Stage } from './stage.ts'

export interface Scene {
  readonly title: string
  readonly shows: readonly ErrorId[]
  /** A sentence or two: what happens. */
  readonly story: string
  /** `data`: the server's data directory. */
  play(stage: Stage, data: string): Promise<void>
}

/** Sub-devices that the demo's gateways may have on line: small, so that the limit is met soon. */
export const ONLINE_LIMIT = 3

/** What fits into the output buffer of the firmware of one scene, characters. */
const SMALL_BUFFER = 96

const reading = { temperature: 21.5 }

export const scenes: readonly Scene[] = [
  {
    title: 'As it should be',
    shows: [],
    story: 'north adds a sensor to its topology, logs it in, and reports a property for it. Every request is answered.',
    async play(stage) {
      const { north } = stage
      const boiler = await stage.sensor('boiler')
      north.firmware.addTopo(boiler)
      await north.reply('thing/topo/add_reply')
      await stage.online(north, boiler)
      north.firmware.post(boiler, reading)
      await stage.settle()
    },
  },
  {
    title: 'A login cut short',
    shows: ['login.460'],
    story: `The output buffer of south's firmware holds ${SMALL_BUFFER} characters, so half of the JSON is sent.`,
    async play(stage) {
      const { south } = stage
      const login = JSON.stringify({
        id: '460',
        version: '1.0',
        params: makeLogin(await stage.sensor('cellar', south)),
      })
      south.firmware.publish(`/ext/session/${south.name}/combine/login`, login.slice(0, SMALL_BUFFER))
      await stage.meet('login.460', south)
    },
  },
  {
    title: 'A stranger',
    shows: ['login.6100'],
    story: 'north logs in a sensor that nobody has registered.',
    async play(stage) {
      const { productKey } = await stage.sensor('lobby')
      stage.north.firmware.login({ productKey, deviceName: 'stranger', deviceSecret: 'a secret of its own' })
      await stage.meet('login.6100', stage.north)
    },
  },
  {
    title: 'Not in the topology',
    shows: ['login.6401'],
    story: "The sensor is registered, but not in this gateway's topology. north follows the cure, and it works.",
    async play(stage) {
      const { north } = stage
      const attic = await stage.sensor('attic')
      north.firmware.login(attic)
      await stage.meet('login.6401', north)
      north.firmware.addTopo(attic)
      await north.reply('thing/topo/add_reply')
      await stage.online(north, attic)
      await stage.settle()
    },
  },
  {
    title: 'The wrong secret',
    shows: ['login.6287'],
    story: 'The secret in the sensor is not the one that the platform has for it, so its signature cannot match.',
    async play(stage) {
      const garage = await stage.sensor('garage', stage.north)
      stage.north.firmware.login({ ...garage, deviceSecret: 'the secret of another' })
      await stage.meet('login.6287', stage.north)
    },
  },
  {
    title: 'Disabled',
    shows: ['login.522'],
    story: 'An operator disables a sensor. It cannot come on line until it is enabled again.',
    async play(stage) {
      const { north } = stage
      const kitchen = await stage.sensor('kitchen', north)
      await stage.disable(kitchen)
      north.firmware.login(kitchen)
      await stage.meet('login.522', north)
      await stage.enable(kitchen)
      await stage.online(north, kitchen)
      await stage.settle()
    },
  },
  {
    title: 'Deleted',
    shows: ['login.521'],
    story: 'An operator deletes a sensor. Its gateway is told; the firmware tries to log it in nevertheless.',
    async play(stage) {
      const shed = await stage.sensor('shed', stage.north)
      await stage.remove(shed)
      stage.north.firmware.login(shed)
      await stage.meet('login.521', stage.north)
    },
  },
  {
    title: 'A sensor that reconnects in a loop',
    shows: ['login.429'],
    story: 'A sensor may come on line five times within a minute. The sixth login is refused, and its session stays.',
    async play(stage) {
      const { north } = stage
      const hall = await stage.sensor('hall', north)
      await stage.hidden(async () => {
        for (let i = 0; i < 5; i++) await stage.online(north, hall)
      })
      stage.transcript.does('north logs hall in five times: 200, 200, 200, 200, 200')
      north.firmware.login(hall)
      await stage.meet('login.429', north)
    },
  },
  {
    title: 'One too many',
    shows: ['login.428'],
    story: `A gateway may have ${ONLINE_LIMIT} sub-devices on line here (200 by default: limits.subDevicesOnline).`,
    async play(stage) {
      const { north } = stage
      await stage.hidden(async () => {
        for (let i = 1; i <= ONLINE_LIMIT; i++) await stage.online(north, await stage.sensor(`room${i}`, north))
      })
      stage.transcript.does(`north logs room1, room2 and room${ONLINE_LIMIT} in: 200, 200, 200`)
      north.firmware.login(await stage.sensor('room4', north))
      await stage.meet('login.428', north)
    },
  },
  {
    title: 'A logout that names nobody',
    shows: ['logout.460'],
    story: 'north logs a sensor out, and forgets to say which.',
    async play(stage) {
      const { productKey } = await stage.sensor('porch', stage.north)
      stage.north.firmware.logout({ productKey })
      await stage.meet('logout.460', stage.north)
    },
  },
  {
    title: 'A logout of a sensor that is off line',
    shows: ['logout.520'],
    story: 'The sensor never was on line, so there is no session to end.',
    async play(stage) {
      const { productKey, deviceName } = await stage.sensor('stairs', stage.north)
      stage.north.firmware.logout({ productKey, deviceName })
      await stage.meet('logout.520', stage.north)
    },
  },
  {
    title: 'A message for a sensor that is off line',
    shows: ['message.520a'],
    story: 'north reports a property for a sensor that it has not logged in.',
    async play(stage) {
      stage.north.firmware.post(await stage.sensor('garden', stage.north), reading)
      await stage.meet('message.520a', stage.north)
    },
  },
  {
    title: 'A sensor that moves to another gateway',
    shows: ['forced.427', 'message.520b'],
    story:
      'north has the sensor on line. It is carried across the yard, and south logs it in: north is told before south hears 200. The firmware of north takes no notice and goes on reporting for it.',
    async play(stage) {
      const { north, south } = stage
      const trolley = await stage.sensor('trolley', north, south)
      await stage.online(north, trolley)
      south.firmware.login(trolley)
      await stage.meet('forced.427', north)
      north.firmware.post(trolley, reading)
      await stage.meet('message.520b', north)
    },
  },
  {
    title: 'Disabled while on line',
    shows: ['forced.522'],
    story: 'An operator disables a sensor that is on line. Its session ends, and its gateway is told why.',
    async play(stage) {
      const oven = await stage.sensor('oven', stage.north)
      await stage.online(stage.north, oven)
      await stage.disable(oven)
      await stage.meet('forced.522', stage.north)
    },
  },
  {
    title: 'Deleted while on line',
    shows: ['forced.521'],
    story: 'An operator deletes a sensor that is on line.',
    async play(stage) {
      const lamp = await stage.sensor('lamp', stage.north)
      await stage.online(stage.north, lamp)
      await stage.remove(lamp)
      await stage.meet('forced.521', stage.north)
    },
  },
  {
    title: 'The disk is full',
    shows: ['login.500', 'logout.500'],
    story:
      'The platform cannot store anything, so it promises nothing: a login and a logout are refused, and everything stays as it was. With room again, the same login succeeds, without a restart.',
    async play(stage, data) {
      const { north, south } = stage
      const pump = await stage.sensor('pump', north)
      const mixer = await stage.sensor('mixer', north)
      await stage.online(north, mixer)
      stage.transcript.does(
        "the next segment of the server's log becomes a link to /dev/full, and south fills the current one",
      )
      let makeRoom = () => {}
      await stage.hidden(async () => {
        makeRoom = await fillDisk(data, () => stage.largePost(south))
      })
      try {
        north.firmware.login(pump)
        await stage.meet('login.500', north)
        north.firmware.logout({ productKey: mixer.productKey, deviceName: mixer.deviceName })
        await stage.meet('logout.500', north)
      } finally {
        makeRoom()
      }
      stage.transcript.does('the link to /dev/full is gone: there is room again')
      await stage.online(north, pump)
      await stage.settle()
    },
  },
]
