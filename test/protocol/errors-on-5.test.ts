/** On MQTT 5 an Alink error also stands in the acknowledgement and in user properties (design: Two kinds of client, one core). */

import mqtt from 'mqtt'
import type { IPubackPacket, IPublishPacket, Packet } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { makeConnect, makeLogin } from '../../src/auth/make.ts'
import { useNode } from '../support/node.ts'

const node = useNode()

interface Case {
  readonly name: string
  readonly path: 'combine/login' | 'thing/topo/add'
  readonly payload: string
  readonly code: number
  readonly reason: number
}

const cases: readonly Case[] = [
  { name: 'request parameter error', path: 'combine/login', payload: '{', code: 460, reason: 0x99 },
  { name: 'device not found', path: 'combine/login', payload: login('nobody'), code: 6100, reason: 0x87 },
  { name: 'request parameter error', path: 'thing/topo/add', payload: '{"id":"1"}', code: 460, reason: 0x99 },
]

function login(deviceName: string): string {
  const params = makeLogin({ productKey: 'unknownPk', deviceName, deviceSecret: 'x' })
  return JSON.stringify({ id: '1', params })
}

test.each(cases)('$code in $path: reason $reason, reason string and user properties', async (row) => {
  const [device] = await node().fleet.gateways(1)
  if (!device) throw new Error('no gateway')
  const { clientId, userName, password } = makeConnect(device)
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${node().mqttPort}`, {
    protocolVersion: 5,
    clientId,
    username: userName,
    password,
    reconnectPeriod: 0,
  })
  try {
    const packets: Packet[] = []
    client.on('packetreceive', (packet) => packets.push(packet as Packet))
    const name = `${device.productKey}/${device.deviceName}`
    const topic = row.path === 'combine/login' ? `/ext/session/${name}/${row.path}` : `/sys/${name}/${row.path}`
    client.publish(topic, row.payload, { qos: 1 }, () => {})
    await expect.poll(() => packets.filter(({ cmd }) => cmd === 'puback' || cmd === 'publish')).toHaveLength(2)
    const told = { code: String(row.code), message: row.name }
    const puback = packets.find(({ cmd }) => cmd === 'puback') as IPubackPacket
    expect(puback.reasonCode).toBe(row.reason)
    expect(puback.properties).toMatchObject({ reasonString: row.name, userProperties: told })
    const reply = packets.find(({ cmd }) => cmd === 'publish') as IPublishPacket
    expect(reply.properties).toMatchObject({ userProperties: told })
    expect(JSON.parse(reply.payload.toString())).toMatchObject({ code: row.code, message: row.name })
  } finally {
    client.end(true)
  }
})
