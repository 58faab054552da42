import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviceData, parseEnvelope, quote, rawMember, replyText } from './envelope.ts'

const parse = (text: string) => parseEnvelope(Buffer.from(text))

describe('id of a request (errors.md, Readings: id)', () => {
  test.each([
    ['a string', '{"id":"123","params":{}}', '123'],
    ['empty', '{"id":"","params":{}}', ''],
    [
      'of the Node SDK',
      '{"id":"4|exp-topic|/sys/pk/dn/thing/event/property/post_reply"}',
      '4|exp-topic|/sys/pk/dn/thing/event/property/post_reply',
    ],
    ['with escapes, byte for byte', '{"id":"a\\u0041\\/\\"b","params":{}}', 'a\\u0041\\/\\"b'],
    ['Chinese', '{"id":"编号"}', '编号'],
    ['a number, its digits as sent', '{"id":123}', '123'],
    ['a number beyond 2^53', '{"id":12345678901234567890}', '12345678901234567890'],
    ['a number with a fraction', '{ "id" : 1.50 }', '1.50'],
    ['given twice: the last', '{"id":1,"id":2}', '2'],
    ['behind members that hold an id', '{"params":{"id":"x","l":["id",{"id":1}]},"s":"\\"id\\":5","id":7}', '7'],
  ])('%s is echoed', (_, text, id) => {
    expect(parse(text)?.id).toBe(id)
  })

  test.each([
    ['absent', '{"params":{}}'],
    ['null', '{"id":null}'],
    ['true', '{"id":true}'],
    ['an object', '{"id":{}}'],
    ['an array', '{"id":["1"]}'],
  ])('%s: the platform makes one', (_, text) => {
    expect(parse(text)).toMatchObject({ id: null })
  })
})

describe('what is no envelope', () => {
  test.each(['', 'null', '1', '"x"', '[]', '{', '{"id":1', 'undefined', '\ufeff{}'])('%j', (text) => {
    expect(parse(text)).toBeNull()
  })

  test('invalid UTF-8', () => {
    expect(parseEnvelope(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull()
  })

  test('a replacement character that was sent is well', () => {
    expect(parse('{"id":"\ufffd"}')?.id).toBe('\ufffd')
  })
})

test.each([
  ['{"sys":{"ack":0}}', true],
  ['{"sys":{"ack":1}}', false],
  ['{"sys":{"ack":"0"}}', false],
  ['{"sys":null}', false],
  ['{}', false],
])('sys.ack in %s: no reply wanted %s', (text, noAck) => {
  expect(parse(text)?.noAck).toBe(noAck)
})

test('the raw text of a member is what JSON.parse reads, whatever stands around it', () => {
  const members = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  fc.assert(
    fc.property(members, fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (others, id, indent) => {
      const text = JSON.stringify({ ...others, id }, null, indent)
      expect(JSON.parse(rawMember(text, 'id'))).toEqual(JSON.parse(JSON.stringify(id)))
    }),
  )
})

test('random bytes are an envelope or none, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      parseEnvelope(Buffer.from(bytes))
    }),
  )
})

test('quote is JSON.stringify', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(JSON.parse(quote(text))).toBe(text)
    }),
  )
})

test('bodies (errors.md, Readings: Body)', () => {
  const to = {
    link: { id: 1 },
    owner: { productKey: 'gwPk', deviceName: 'gw_01' },
    topic: 't',
    method: 'thing.topo.add',
    id: '1',
    errorData: '{}',
    wanted: true,
  }
  const data = deviceData({ productKey: 'subPk', deviceName: 'sub_01' })
  expect(replyText({ ...to, form: 'ext' }, 6401, 'topo relation not exist', data)).toBe(
    '{"id":"1","code":6401,"message":"topo relation not exist","data":{"productKey":"subPk","deviceName":"sub_01"}}',
  )
  expect(replyText({ ...to, form: 'sys' }, 200, 'success', '[]')).toBe(
    '{"code":200,"data":[],"id":"1","message":"success","method":"thing.topo.add","version":"1.0"}',
  )
})
