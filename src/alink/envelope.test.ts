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
  ['{"sys":{"a":[1,{}], "ack" : -0.0 , "b":{}}}', true],
  ['{"sys":{"ack":0,"ack":10}}', false],
  ['{"sys":{"ack":10}}', false],
  ['{"sys":{"sys":{"ack":0}}}', false],
  ['{"sys":{"ack":0},"sys":{}}', false],
  ['{"sys":{}}', false],
  ['{"sys":{ }}', false],
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

describe('without JSON.parse, an envelope reads as with it', () => {
  const name = fc.oneof(fc.constantFrom('id', 'params', 'sys', 'ack', 'method', ''), fc.string({ unit: 'binary' }))
  const { value } = fc.letrec<{ value: string }>((tie) => {
    const quoted = fc.oneof(fc.string(), fc.string({ unit: 'binary' })).map((text) => JSON.stringify(text))
    const digits = fc.stringMatching(/^-?[0-9]{1,3}(\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?$/)
    const gap = fc.constantFrom('', '', '', ' ', '\t', '\r\n', '\u00a0', '\v')
    const member = fc.tuple(gap, name, gap, gap, tie('value'), gap)
    const list = (parts: string[]) => parts.join(',')
    return {
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(
          '0',
          '-0',
          '1',
          'true',
          'false',
          'null',
          '{"ack":0}',
          '{"ack":1}',
          '{"ack":0.0}',
          'nul',
          '-',
          '01',
        ),
        quoted,
        digits,
        fc
          .array(
            fc.tuple(gap, tie('value'), gap).map((it) => it.join('')),
            { maxLength: 3 },
          )
          .map((it) => `[${list(it)}]`),
        fc
          .array(
            member.map(([a, key, b, c, of, d]) => `${a}${JSON.stringify(key)}${b}:${c}${of}${d}`),
            { maxLength: 5 },
          )
          .map((it) => `{${list(it)}}`),
      ),
    }
  })
  /** What JSON.parse says of it. */
  function expected(text: string) {
    let whole: unknown
    try {
      whole = JSON.parse(text)
    } catch {
      return null
    }
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return null
    const { id, params, sys } = whole as { id?: unknown; params?: unknown; sys?: { ack?: unknown } | null }
    const own = Object.hasOwn(whole, 'id') && (typeof id === 'string' || typeof id === 'number')
    return {
      id: own ? rawMember(text, 'id').replace(/^"|"$/g, '') : null,
      params,
      hasMembers: typeof params === 'object' && params !== null && !Array.isArray(params),
      noAck: typeof sys === 'object' && sys !== null && sys.ack === 0,
    }
  }
  function read(text: string) {
    const envelope = parse(text)
    return (
      envelope && { id: envelope.id, params: envelope.params, hasMembers: envelope.hasMembers, noAck: envelope.noAck }
    )
  }

  test('whatever it holds, well formed or nearly', () => {
    fc.assert(
      fc.property(value, (text) => {
        expect(read(text)).toEqual(expected(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('with a byte changed, added or left out', () => {
    const bytes = [...'{}[]:,"\\0-.eE \n\t\u0001atfn'].map((it) => it.charCodeAt(0))
    const edit = fc.tuple(fc.nat(), fc.constantFrom('change', 'add', 'drop', 'cut'), fc.constantFrom(...bytes))
    fc.assert(
      fc.property(
        fc.oneof(value, fc.constant('{"id":"12","version":"1.0","sys":{"ack":0},"params":{"a":[1,-2.5e3]}}')),
        edit,
        (text, [at, kind, byte]) => {
          const place = text.length === 0 ? 0 : at % text.length
          const [head, tail] = [text.slice(0, place), text.slice(place)]
          const added = kind === 'change' || kind === 'add' ? String.fromCharCode(byte) : ''
          const rest = kind === 'cut' ? '' : kind === 'add' ? tail : tail.slice(1)
          // Half of a surrogate pair is nothing that UTF-8 could say.
          const edited = (head + (kind === 'cut' ? '' : added) + rest).toWellFormed()
          expect(read(edited)).toEqual(expected(edited))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test.each([
    '0',
    '-0',
    '10',
    '1.5',
    '-1.5e+10',
    '1E5',
    '1e-5',
    '',
    '-',
    '+1',
    '01',
    '-01',
    '.5',
    '1.',
    '1.e5',
    '1e',
    '1e+',
    '1f',
    '0x1',
    '1 2',
    'tru',
    'truE',
    'nulll',
    '"a',
    '{"a":1,}',
    '[1,]',
    '[1 2]',
    '{"a" 1}',
    '{1:2}',
    '{}}',
  ])('id and a value of params %j', (number) => {
    for (const text of [
      `{"id":${number}}`,
      `{"params":{"a":${number}}}`,
      `{"params":[${number}]}`,
      `{"id":1,${number}}`,
    ]) {
      expect(read(text), text).toEqual(expected(text))
    }
  })

  test('nested as deep as JSON.parse goes', () => {
    const deep = `{"id":1,"params":{"a":${'['.repeat(2000)}${']'.repeat(2000)}}}`
    expect(parse(deep)).toMatchObject({ id: '1', hasMembers: true })
  })
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
