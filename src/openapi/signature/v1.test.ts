import { describe, expect, it } from 'vitest'
import { encode } from './rfc3986.ts'
import { signV1, stringToSignV1 } from './v1.ts'

/** openapi.md §1.2, from the vendor's documents. */
const vector = new Map(
  Object.entries({
    Version: '2017-04-20',
    Action: 'Pub',
    Format: 'XML',
    AccessKeyId: 'testid',
    MessageContent: 'aGVsbG93b3JsZA=',
    ProductKey: '12345abcdeZ',
    Qos: '0',
    RegionId: 'cn-shanghai',
    ServiceCode: 'iot',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: '0715a395-aedf-4a41-bab7-746b43d38d88',
    SignatureVersion: '1.0',
    Timestamp: '2017-10-02T09:39:41Z',
    TopicFullName: '/productKey/testdevice/get',
    Signature: 'is left out',
  }),
)

describe('signature V1', () => {
  it('signs the vector of the documents', () => {
    expect(signV1(stringToSignV1('GET', vector), 'testsecret')).toBe('Y9eWn4nF8QPh3c4zAFkM/k/u7eA=')
  })

  it('sorts by code unit and escapes twice', () => {
    const text = stringToSignV1(
      'POST',
      new Map([
        ['b', 'x y'],
        ['B', '*'],
        ['a', '~!'],
      ]),
    )
    expect(text).toBe('POST&%2F&B%3D%252A%26a%3D~%2521%26b%3Dx%2520y')
  })

  it.each([
    [' ', '%20'],
    ['*', '%2A'],
    ['~', '~'],
    ["!'()", '%21%27%28%29'],
    ['中', '%E4%B8%AD'],
    ['a-_.Z9', 'a-_.Z9'],
    ['\ud800', '%EF%BF%BD'],
  ])('encodes %j', (text, encoded) => {
    expect(encode(text)).toBe(encoded)
  })
})
