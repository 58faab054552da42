import { describe, expect, it } from 'vitest'
import { httpCall } from '../http-call.ts'
import { parseAuthorization, sha256, signAcs3, stringToSignAcs3 } from './acs3.ts'

const headers = {
  host: '127.0.0.1:8080',
  'x-acs-action': 'Pub',
  'x-acs-date': '2026-11-23T08:57:07Z',
  'x-acs-signature-nonce': 'any string',
  'x-acs-version': '2018-01-20',
  'x-acs-content-sha256': ' e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ',
}
const names = Object.keys(headers)

describe('signature ACS3', () => {
  it('hashes the canonical request, written out by hand', () => {
    const call = httpCall('POST', '/?b=2&a=x%20y&c', headers)
    const canonical = [
      'POST',
      '/',
      'a=x%20y&b=2&c=',
      'host:127.0.0.1:8080',
      'x-acs-action:Pub',
      'x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-acs-date:2026-11-23T08:57:07Z',
      'x-acs-signature-nonce:any string',
      'x-acs-version:2018-01-20',
      '',
      'host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ].join('\n')
    expect(stringToSignAcs3(call, names)).toBe(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
  })

  it('hashes the body that came, whatever its header says', () => {
    const empty = httpCall('POST', '/', headers)
    const full = httpCall('POST', '/', headers, Buffer.from('a=1'))
    expect(stringToSignAcs3(full, names)).not.toBe(stringToSignAcs3(empty, names))
  })

  it('is lower-case hex of HMAC-SHA256', () => {
    const text = 'what do ya want for nothing?'
    expect(signAcs3(text, 'Jefe')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })

  it.each([
    ['', null],
    ['Basic abc', null],
    ['ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host', null],
    ['ACS3-HMAC-SHA256 Credential,SignedHeaders=host,Signature=1', null],
    [
      'ACS3-HMAC-SHA256 Credential=k, SignedHeaders=Host;x-acs-date, Signature=AB',
      {
        algorithm: 'ACS3-HMAC-SHA256',
        credential: 'k',
        signedHeaders: ['host', 'x-acs-date'],
        signature: 'ab',
      },
    ],
  ])('reads Authorization %j', (header, parsed) => {
    expect(parseAuthorization(header)).toEqual(parsed)
  })
})
