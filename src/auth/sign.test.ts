import { describe, expect, test } from 'vitest'
import { directoryOf, known, plainSealer } from '../devices/world.fixture.ts'
import { verifyLogin, verifyRegister } from './login.ts'
import { Secrets } from './secrets.ts'
import { registerContent, sign, signContent, signMethod, verify } from './sign.ts'
import { signVectors } from './vectors.fixture.ts'

describe.each(signVectors)('$file $id $method', ({ method, secret, content, hex }) => {
  const key = secret
  const digest = signMethod(method)

  test('is the signature, in either case', () => {
    if (!digest) throw new Error(method)
    expect(sign(secret, digest, content)).toBe(hex.toLowerCase())
    expect(verify(key, digest, content, hex.toLowerCase())).toBe(true)
    expect(verify(key, digest, content, hex.toUpperCase())).toBe(true)
  })

  test('is no other', () => {
    if (!digest) throw new Error(method)
    expect(verify(key, digest, `${content} `, hex)).toBe(false)
    expect(verify(`${secret}x`, digest, content, hex)).toBe(false)
    expect(verify(key, digest, content, hex.slice(1))).toBe(false)
    expect(verify(key, digest, content, `${hex}0`)).toBe(false)
    expect(verify(key, digest, content, `${hex.slice(0, -1)}g`)).toBe(false)
    // The digits' codes with a bit flipped must not be taken for the same digit in another case.
    expect(
      verify(
        key,
        digest,
        content,
        hex.replace(/\d/, (digit) => String.fromCharCode(digit.charCodeAt(0) ^ 0x20)),
      ),
    ).toBe(false)
  })
})

test.each([
  ['hmacmd5', 'md5'],
  ['hmacMd5', 'md5'],
  ['HmacMD5', 'md5'],
  ['hmac_md5', 'md5'],
  ['HMAC-SHA1', 'sha1'],
  ['hmacSha1', 'sha1'],
  ['hmacsha256', 'sha256'],
  ['hmacSha256', 'sha256'],
  ['Sha256', undefined],
  ['md5', undefined],
  ['hmacsha512', undefined],
  ['constructor', undefined],
  ['', undefined],
  [`hmacmd5${'_'.repeat(40)}`, undefined],
])('method %s is %s', (name, method) => {
  expect(signMethod(name)).toBe(method)
})

test('contents', () => {
  expect(signContent('c', 'd', 'p', '1')).toBe('clientIdcdeviceNamedproductKeyptimestamp1')
  expect(signContent('', 'd', 'p', null)).toBe('clientIddeviceNamedproductKeyp')
  expect(signContent(null, 'd', 'p', '')).toBe('deviceNamedproductKeyptimestamp')
  expect(registerContent('d', 'p', 'r')).toBe('deviceNamedproductKeyprandomr')
})

describe('a login of al12345/device1234', () => {
  const directory = directoryOf({ al12345: { devices: ['device1234'] } })
  const device = known(directory, 'al12345', 'device1234')
  directory.apply({
    kind: 'device-put',
    row: { ...device.row(directory.arena), deviceSecret: plainSealer.seal('secret1234567890') },
  })
  const secrets = new Secrets(directory, plainSealer)
  const members: Record<string, { clientId: string; timestamp?: string | number }> = {
    D1: { clientId: 'al12345&device1234', timestamp: '1581417203000' },
    D2: { clientId: 'al12345.device1234|_ss=1,_v=sdk-c-3.2.0|', timestamp: 86123 },
    // What a server would expect if it cut the clientId at the bar, as at CONNECT: must not be right.
    'D2-stripped': { clientId: 'al12345.device1234|_ss=1,_v=sdk-c-3.2.0|', timestamp: 86123 },
    D3: { clientId: 'id' },
    // cleanSession was signed by the text of 2018 and by no client.
    D5: { clientId: 'al12345&device1234', timestamp: '1581417203000' },
  }
  const logins = signVectors.filter((vector) => vector.file === 'sub-device' && vector.id in members)

  test.each(logins)('$id $method', ({ id, method, hex }) => {
    const login = { ...members[id], signMethod: method, sign: hex }
    expect(verifyLogin(secrets, device, login)).toBe(id !== 'D5' && id !== 'D2-stripped')
    expect(verifyLogin(secrets, device, { ...login, signMethod: 'Sha256' })).toBe(false)
    expect(verifyLogin(secrets, device, { ...login, sign: '' })).toBe(false)
  })

  test.each(signVectors.filter((vector) => vector.id === 'D6'))(
    'product_register $id $method',
    ({ method, secret, hex }) => {
      const product = device.product
      product.row = { ...product.row, productSecret: plainSealer.seal(secret) }
      product.opened = null
      const request = { deviceName: 'device1234', random: '567345', signMethod: method, sign: hex }
      expect(verifyRegister(secrets, product, request)).toBe(true)
      expect(verifyRegister(secrets, product, { ...request, random: '567346' })).toBe(false)
      expect(verifyRegister(secrets, product, { ...request, signMethod: 'sha256' })).toBe(false)
    },
  )
})

test('opened secrets are bounded, and a changed secret is opened anew', () => {
  const directory = directoryOf({ pk1: { devices: ['dev1', 'dev2', 'dev3'] } })
  const secrets = new Secrets(directory, plainSealer, 2)
  const [one, two, three] = ['dev1', 'dev2', 'dev3'].map((name) => known(directory, 'pk1', name))
  if (!one || !two || !three) throw new Error('three devices')
  const key = secrets.key(one)
  expect(secrets.key(one)).toBe(key)
  secrets.key(two)
  secrets.key(three)
  expect([one.opened === null, two.opened === null, three.opened === null, secrets.size]).toEqual([
    true,
    false,
    false,
    2,
  ])
  expect(secrets.key(one)).toBe(key)
  directory.apply({ kind: 'device-put', row: { ...one.row(directory.arena), deviceSecret: plainSealer.seal('new') } })
  expect(secrets.key(one)).toBe('new')
  expect(secrets.text(one)).toBe('new')
})
