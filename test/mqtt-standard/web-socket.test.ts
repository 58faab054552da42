/** MQTT over WebSocket (§6), at the devices' listener: a CONNECT that is not let in shows that packets are read. */
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { useNode } from '../support/node.ts'
import { encode } from './encode.ts'

const node = useNode({ settings: { 'mqtt.wsPort': 0 } })
const connect = encode('connect id=nobody', 4)
const pingreq = encode('pingreq', 4)
/** CONNACK 2 … 5: read, and not let in. */
const refusal = /^200200(?:02|04|05)$/

async function dial(
  protocols: string | string[] = 'mqtt',
): Promise<{ socket: WebSocket; came: Buffer[]; closed: Promise<unknown> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${node().server.ports.ws}/mqtt`, protocols)
  const came: Buffer[] = []
  socket.on('message', (bytes: Buffer, binary) => came.push(binary ? bytes : Buffer.from(`text ${bytes}`)))
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await once(socket, 'open')
  return { socket, came, closed }
}

describe('WebSocket', () => {
  test('[MQTT-6.0.0-4] the server selects mqtt', async () => {
    for (const protocols of ['mqtt', ['mqtt'], ['other', 'mqtt']]) {
      const { socket } = await dial(protocols)
      expect(socket.protocol).toBe('mqtt')
      socket.terminate()
    }
  })

  test('[MQTT-6.0.0-1] packets go in binary frames', async () => {
    const { socket, came, closed } = await dial()
    socket.send(connect)
    await closed
    expect(Buffer.concat(came).toString('hex')).toMatch(refusal)
  })

  test('[MQTT-6.0.0-1] any other frame closes the connection', async () => {
    const { socket, came, closed } = await dial()
    socket.send('text')
    await closed
    expect(came).toEqual([])
  })

  test('[MQTT-6.0.0-2] a packet comes in several frames', async () => {
    const { socket, came, closed } = await dial()
    for (const byte of connect) socket.send(Buffer.from([byte]))
    await closed
    expect(Buffer.concat(came).toString('hex')).toMatch(refusal)
  })

  test('[MQTT-6.0.0-2] several packets come in a frame', async () => {
    const { socket, came, closed } = await dial()
    socket.send(Buffer.concat([connect, pingreq]))
    await closed
    expect(Buffer.concat(came).toString('hex')).toMatch(refusal)
  })
})
