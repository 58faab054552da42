import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import type { PacketHandler } from './input.ts'
import { Input } from './input.ts'
import { connectOf, publishOf, subscribeOf, TestWorld } from './probe.fixture.ts'
import { MemoryWire } from './transport/memory.ts'

class Collector implements PacketHandler {
  halted = false
  packetLimit = 100_000
  readonly packets: string[] = []
  onPacket: (() => void) | null = null

  begins(): void {}

  packet(type: number, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
    this.packets.push(`${type} ${flags} ${buffer.toString('latin1', bodyStart, bodyEnd)}`)
    this.onPacket?.()
  }
}

function input(handler: PacketHandler): Input {
  return new Input(handler, MemoryWire.pair(new VirtualClock())[0])
}

/** One read: the bytes stand in a shared buffer that holds other bytes afterwards. */
function read(into: Input, bytes: Buffer): void {
  const shared = Buffer.concat([bytes, Buffer.from('rest of the read buffer')])
  into.received(shared, bytes.length)
  shared.fill(0xdd)
}

const packets = [
  generate(publishOf('/a', 'x')),
  Buffer.from([0xc0, 0]),
  generate(publishOf('/topic', 'y'.repeat(200), 1, 7)),
  generate(publishOf('/topic', 'z'.repeat(20_000), 1, 8)),
  generate(subscribeOf(9, '/a', '/b')),
  Buffer.from([0xe0, 0]),
]
const stream = Buffer.concat(packets)
const whole = new Collector()
read(input(whole), stream)

test('whole packets of one read', () => {
  expect(whole.packets).toHaveLength(packets.length)
})

test('cut at every offset', () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    // Within the long payload one cut is like another.
    if (cut > 600 && cut < stream.length - 200 && cut % 977 !== 0) continue
    const handler = new Collector()
    const into = input(handler)
    read(into, stream.subarray(0, cut))
    read(into, stream.subarray(cut))
    expect(handler.packets, `cut at ${cut}`).toEqual(whole.packets)
  }
})

test('byte by byte', () => {
  const handler = new Collector()
  const into = input(handler)
  for (let i = 0; i < stream.length; i++) read(into, stream.subarray(i, i + 1))
  expect(handler.packets).toEqual(whole.packets)
})

test('cut anywhere, held and let go anywhere', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 })
  fc.assert(
    fc.property(cuts, fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }), (at, holds) => {
      const handler = new Collector()
      const into = input(handler)
      let step = 0
      handler.onPacket = () => {
        handler.halted = holds[step++ % holds.length] as boolean
      }
      const edges = [0, ...at.sort((a, b) => a - b), stream.length]
      for (let i = 1; i < edges.length; i++) {
        read(into, stream.subarray(edges[i - 1], edges[i]))
        if (!holds[(step + i) % holds.length]) continue
        handler.halted = false
        into.resume()
      }
      for (let i = 0; i < packets.length; i++) {
        handler.halted = false
        into.resume()
      }
      expect(handler.packets).toEqual(whole.packets)
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['whole', [0x30, 0x05, 0, 1, 97, 0, 0]],
  ['as soon as the length is known', [0x30, 0x80, 0x01]],
  ['with its length cut off', [0x30, 0x80], [0x01]],
])('a packet larger than the limit: refused %s', (_name, ...reads) => {
  const handler = new Collector()
  handler.packetLimit = 6
  const into = input(handler)
  const all = () => {
    for (const bytes of reads) read(into, Buffer.from(bytes as number[]))
  }
  expect(all).toThrow(/packet of \d+ bytes/)
  expect(handler.packets).toEqual([])
})

test('a length of five bytes, cut after the fourth', () => {
  const into = input(new Collector())
  read(into, Buffer.from([0x30, 0xff, 0xff, 0xff]))
  expect(() => read(into, Buffer.from([0xff]))).toThrow('more than four bytes')
})

test('a whole connection cut at every offset answers the same', () => {
  const parts = (world: TestWorld) => {
    const probe = world.probe()
    return { probe, bytes: [connectOf(), subscribeOf(1, '/a'), publishOf('/up', 'text', 1, 2), Buffer.from([0xc0, 0])] }
  }
  const { probe: first, bytes } = parts(new TestWorld())
  const all = Buffer.concat(bytes.map((packet) => first.bytes(packet)))
  for (let cut = 1; cut < all.length; cut++) {
    const world = new TestWorld()
    const { probe } = parts(world)
    probe.write(all.subarray(0, cut))
    world.clock.settle()
    probe.write(all.subarray(cut))
    world.clock.settle()
    expect(probe.take()).toEqual(['connack 0', 'suback 1: 1', 'puback 2', 'pingresp'])
    expect(world.host.published.map(({ topic, payload }) => topic + payload)).toEqual(['/uptext'])
  }
})
