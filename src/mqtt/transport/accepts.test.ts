/** What happens to connections before a byte of them is read. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { OnreadAcceptor } from './onread.ts'
import { RawAcceptor } from './raw.ts'
import type { Acceptor, Accepts, Wire } from './transport.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

type Make = (taken: (wire: Wire) => void, accepts?: Accepts) => Acceptor

const kinds: readonly (readonly [string, Make])[] = [
  ['raw', (taken, accepts) => new RawAcceptor(taken, accepts)],
  ['onread', (taken, accepts) => new OnreadAcceptor(taken, true, accepts)],
  ["'data'", (taken, accepts) => new OnreadAcceptor(taken, false, accepts)],
]

async function open(make: Make, taken: (wire: Wire) => void, accepts?: Accepts): Promise<() => Socket> {
  const acceptor = make((wire) => {
    undo.push(() => wire.destroy())
    taken(wire)
  }, accepts)
  const port = await acceptor.listen(0, '127.0.0.1')
  undo.push(() => acceptor.close())
  return () => {
    const socket = connect(port, '127.0.0.1').resume()
    socket.on('error', () => {})
    undo.push(() => socket.destroy())
    return socket
  }
}

test.each(kinds)('%s: a storm is accepted one connection a loop turn', async (_name, make) => {
  let inTurn = 0
  let most = 0
  let all = 0
  const dial = await open(make, () => {
    inTurn++
    all++
  })
  for (let i = 0; i < 200; i++) dial()
  while (all < 200) {
    await new Promise(setImmediate)
    most = Math.max(most, inTurn)
    inTurn = 0
  }
  // Others are read in between; a batch of the kernel's whole backlog would starve them.
  expect(most).toBe(1)
})

test.each(kinds)(
  '%s: one that is not accepted is closed, and was never taken; the descriptor is told',
  async (_name, make) => {
    const taken: Wire[] = []
    const descriptors: (number | undefined)[] = []
    const dial = await open(
      make,
      (wire) => taken.push(wire),
      ({ fd }) => descriptors.push(fd) !== 2,
    )
    const ends: string[] = []
    for (const name of ['first', 'second', 'third']) {
      const socket = dial()
      socket.on('close', () => ends.push(name))
      await once(socket, 'connect')
    }
    await expect.poll(() => ends).toEqual(['second'])
    await expect.poll(() => taken.length).toBe(2)
    expect(descriptors).toHaveLength(3)
    for (const fd of descriptors) expect(fd).toBeGreaterThan(2)
  },
)
