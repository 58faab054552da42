import { expect, test } from 'vitest'
import { directoryOf, known, plainSealer } from '../devices/world.fixture.ts'
import { verifyLogin } from './login.ts'
import { makeLogin, makeTopoAdd } from './make.ts'
import { Secrets } from './secrets.ts'

const directory = directoryOf({ pk1: { devices: ['dev1'] } })
const device = known(directory, 'pk1', 'dev1')
const secrets = new Secrets(directory, plainSealer)
const named = { productKey: 'pk1', deviceName: 'dev1', deviceSecret: 'secret-of-dev1' }

test('a login that works', () => {
  const login = makeLogin(named, { timestamp: 86123, cleanSession: false, clientId: 'a|_ss=1|', method: 'sha1' })
  expect(login).toMatchObject({
    productKey: 'pk1',
    deviceName: 'dev1',
    clientId: 'a|_ss=1|',
    timestamp: '86123',
    signMethod: 'hmacsha1',
    cleanSession: 'false',
  })
  expect(verifyLogin(secrets, device, login)).toBe(true)
  expect(verifyLogin(secrets, device, { ...login, timestamp: 86123 })).toBe(true)
  expect(verifyLogin(secrets, device, { ...login, timestamp: 86124 })).toBe(false)
  const plain = makeLogin(named)
  expect(Object.keys(plain)).toEqual(['productKey', 'deviceName', 'clientId', 'signMethod', 'sign'])
  expect(verifyLogin(secrets, device, plain)).toBe(true)
})

test('a topo/add item that works', () => {
  const { signmethod, ...item } = makeTopoAdd(named, { method: 'md5' })
  expect([signmethod, 'signMethod' in item]).toEqual(['hmacmd5', false])
  expect(verifyLogin(secrets, device, { ...item, signMethod: signmethod })).toBe(true)
  // clientId may be absent in topo/add: then it is not in the content (sub-devices.md §6.1).
  expect(verifyLogin(secrets, device, { ...item, clientId: undefined, signMethod: signmethod })).toBe(false)
})
