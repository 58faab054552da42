import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { FakeWorld } from '../host.fixture.ts'

const at = (fake: FakeWorld, name: string) => fake.files.get(`homeport-data/tls/${name}`) ?? ''

test('a CA, a certificate of the server for the names given, and one of a device', async () => {
  const fake = new FakeWorld()
  expect(await fake.run('tls dev --host iot.example.com --host 192.0.2.7 --device gwPk/gateway1')).toBe(0)
  const ca = new X509Certificate(at(fake, 'ca.crt'))
  const server = new X509Certificate(at(fake, 'server.crt'))
  const device = new X509Certificate(at(fake, 'gwPk_gateway1.crt'))
  for (const [certificate, key] of [
    [ca, 'ca.key'],
    [server, 'server.key'],
    [device, 'gwPk_gateway1.key'],
  ] as const) {
    expect(certificate.verify(ca.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(createPrivateKey(at(fake, key)))).toBe(true)
    expect(fake.modes.get(`homeport-data/tls/${key}`)).toBe(0o600)
  }
  expect([ca.ca, server.ca, device.ca]).toEqual([true, false, false])
  expect(server.checkHost('localhost')).toBe('localhost')
  expect(server.checkHost('iot.example.com')).toBe('iot.example.com')
  expect(['127.0.0.1', '::1', '192.0.2.7'].map((address) => server.checkIP(address) !== undefined)).toEqual([
    true,
    true,
    true,
  ])
  expect(device.subject).toBe('CN=gateway1&gwPk')
  expect(fake.calls).toEqual([])
  expect(fake.out).toContain('--tls-cert homeport-data/tls/server.crt --tls-key homeport-data/tls/server.key')
  expect(fake.out).toContain('--cert homeport-data/tls/gwPk_gateway1.crt')
})

test('called again, the CA stays, so that who trusts it goes on to', async () => {
  const fake = new FakeWorld()
  await fake.run('tls dev')
  const [ca, server] = [at(fake, 'ca.crt'), at(fake, 'server.crt')]
  fake.out = ''
  expect(await fake.run('tls dev --json')).toBe(0)
  expect(JSON.parse(fake.out)).toMatchObject({ made: false, client: null, hosts: ['localhost', '127.0.0.1', '::1'] })
  expect(at(fake, 'ca.crt')).toBe(ca)
  expect(at(fake, 'server.crt')).not.toBe(server)
  expect(new X509Certificate(at(fake, 'server.crt')).verify(new X509Certificate(ca).publicKey)).toBe(true)
})

test('a CA that cannot be used stays, and is named', async () => {
  const fake = new FakeWorld()
  await fake.run('tls dev')
  fake.files.set('homeport-data/tls/ca.key', 'nothing')
  expect(await fake.run('tls dev')).toBe(1)
  expect(fake.err).toContain('homeport-data/tls/ca.key are no CA that this command made')
  expect(at(fake, 'ca.key')).toBe('nothing')
})

test('another data directory is named in the line to start with', async () => {
  const fake = new FakeWorld()
  await fake.run(['tls', 'dev', '--data', '/srv/my data'])
  expect(fake.out).toContain("serve --data '/srv/my data' --tls-cert '/srv/my data/tls/server.crt'")
})

test('half a device is a mistake', async () => {
  const fake = new FakeWorld()
  expect(await fake.run('tls dev --device gwPk')).toBe(2)
  expect([...fake.files.keys()].filter((name) => name.includes('tls'))).toEqual([])
})
