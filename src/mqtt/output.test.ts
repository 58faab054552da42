import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import { Flusher, Output } from './output.ts'
import type { Wire } from './transport/transport.ts'

/** A wire that takes a write at once or leaves it under way, as a plan says; it looks at the bytes only when it lets go of them. */
class PlannedWire implements Wire {
  readonly remote = ''
  readonly user = null
  readonly writes: number[] = []
  readonly plan: boolean[]
  taken = ''
  ended = 0
  #flying: Uint8Array | null = null

  constructor(plan: boolean[]) {
    this.plan = plan
  }

  write(bytes: Uint8Array): boolean {
    if (this.#flying) throw new Error('written while a write was under way')
    if (this.ended > 0) throw new Error('written behind the end')
    this.writes.push(bytes.length)
    if (this.plan.shift() ?? true) {
      this.taken += Buffer.from(bytes).toString('latin1')
      return true
    }
    this.#flying = bytes
    return false
  }

  /** The kernel took what was under way. */
  land(output: Output): boolean {
    if (!this.#flying) return false
    this.taken += Buffer.from(this.#flying).toString('latin1')
    this.#flying = null
    output.drained()
    return true
  }

  pause(): void {}
  resume(): void {}
  end(): void {
    this.ended++
  }
  destroy(): void {}
}

function put(output: Output, text: string): void {
  const chunk = output.reserve(text.length)
  chunk.length += chunk.bytes.write(text, chunk.length, 'latin1')
}

test('one write a turn, whatever was put in', () => {
  const clock = new VirtualClock()
  const wire = new PlannedWire([])
  const output = new Output(new Flusher(clock, () => {}), wire)
  for (let i = 0; i < 200; i++) put(output, 'twenty bytes of text')
  expect(wire.writes).toEqual([])
  clock.settle()
  expect(wire.writes).toEqual([4000])
  clock.settle()
  expect(wire.writes).toHaveLength(1)
})

test('bytes come out as they went in, whatever the wire takes at once; two links share the chunks', () => {
  const sizes = fc.array(fc.constantFrom(1, 100, 511, 513, 4000, 5000, 60_000, 70_000), { maxLength: 30 })
  fc.assert(
    fc.property(sizes, fc.array(fc.boolean(), { maxLength: 20 }), (lengths, plan) => {
      const clock = new VirtualClock()
      const flusher = new Flusher(clock, () => {})
      const links = [new PlannedWire([...plan]), new PlannedWire([...plan].reverse())].map((wire) => {
        return { wire, output: new Output(flusher, wire), expected: '' }
      })
      lengths.forEach((length, i) => {
        const link = links[i % 2] as (typeof links)[0]
        const text = String.fromCharCode(65 + i).repeat(length)
        put(link.output, text)
        link.expected += text
        if (i % 3 === 0) clock.settle()
        if (i % 5 === 0) link.wire.land(link.output)
      })
      for (const { wire, output } of links) {
        output.end()
        clock.settle()
        while (wire.land(output)) clock.settle()
        expect(output.waiting).toBe(0)
        expect(wire.ended).toBe(1)
      }
      for (const { wire, expected } of links) expect(wire.taken === expected).toBe(true)
    }),
    { numRuns: 150 },
  )
})

test('what the store releases before the flush leaves in the same write', () => {
  const clock = new VirtualClock()
  const wire = new PlannedWire([])
  let stored = false
  const flusher = new Flusher(clock, () => {
    if (stored) return
    stored = true
    put(output, ' stored')
  })
  const output = new Output(flusher, wire)
  put(output, 'now')
  clock.settle()
  expect(wire.taken).toBe('now stored')
  expect(wire.writes).toHaveLength(1)
})
