/** What one PUBLISH costs the codec, in and out; one iteration is one packet. */
import { emptyHeader, readHeader } from '../../src/mqtt/codec/fixed-header.ts'
import {
  decodePublish,
  emptyOffsets,
  encodePublish,
  publishSize,
  topicText,
  writePublish,
} from '../../src/mqtt/codec/publish.ts'

const post = '/sys/a1GwPk00001/gw_01/thing/event/property/post'
const reply = `${post}_reply`
const payload = JSON.stringify({
  id: '123',
  version: '1.0',
  params: { power: { value: 'on', time: 1524448722000 }, temperature: { value: 23.6, time: 1524448722000 } },
  method: 'thing.event.property.post',
})
const answer = '{"id":"123","code":200,"message":"success","method":"thing.event.property.post","data":{}}'

const header = emptyHeader()
const offsets = emptyOffsets()

/** Sum of what was seen, so that nothing is optimised away. */
let seen = 0

function decode(packet: Buffer, version: 4 | 5, iterations: number): void {
  for (let i = 0; i < iterations; i++) {
    readHeader(packet, 0, packet.length, header)
    decodePublish(packet, header.bodyStart, header.bodyEnd, header.flags, version, offsets)
    seen += offsets.payloadEnd - offsets.payloadStart
  }
}

const qos1 = encodePublish({ topic: post, payload, qos: 1, packetId: 7 }, 4)
const qos1v5 = encodePublish({ topic: post, payload, qos: 1, packetId: 7 }, 5)
const withAlias = encodePublish({ topic: '', payload, qos: 1, packetId: 7, properties: { topicAlias: 3 } }, 5)
const output = Buffer.allocUnsafe(4096)

function encode(topic: string, body: string | Uint8Array, version: 4 | 5, iterations: number): void {
  for (let i = 0; i < iterations; i++) {
    const size = publishSize(topic, body, 0, version)
    seen += writePublish(output, 0, size, topic, body, 0, 0, version)
  }
}

const chinese = answer.replace('success', '请求参数错误')
const bytes = Buffer.from(answer)

export const benches: { name: string; run(iterations: number): void }[] = [
  { name: 'decode publish, 3.1.1', run: (iterations) => decode(qos1, 4, iterations) },
  { name: 'decode publish, 5.0', run: (iterations) => decode(qos1v5, 5, iterations) },
  { name: 'decode publish, 5.0 with a topic alias', run: (iterations) => decode(withAlias, 5, iterations) },
  {
    name: 'topic text',
    run(iterations) {
      for (let i = 0; i < iterations; i++) seen += topicText(qos1, 5, 5 + post.length).length
    },
  },
  { name: 'encode publish, text', run: (iterations) => encode(reply, answer, 4, iterations) },
  { name: 'encode publish, Chinese text', run: (iterations) => encode(reply, chinese, 4, iterations) },
  { name: 'encode publish, bytes', run: (iterations) => encode(reply, bytes, 5, iterations) },
]

/** For whoever wants to see that the work was done. */
export function total(): number {
  return seen
}
