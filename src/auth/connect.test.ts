import { describe, expect, test } from 'vitest'
import { connectRefusals } from '../codes/mqtt.ts'
import { deviceRow, directoryOf, known, plainSealer } from '../devices/world.fixture.ts'
import { connectChecks, judgeConnect } from './connect.ts'
import { makeConnect } from './make.ts'
import { Secrets } from './secrets.ts'
import { refusedPasswords, signVectors } from './vectors.fixture.ts'

const PK = 'a1B2c3D4e5F'
const SECRET = '0123456789abcdef0123456789abcdef'
const C3 =
  'a1B2c3D4e5F.dev001|timestamp=2524608000000,_v=sdk-c-3.2.0,securemode=3,signmethod=hmacsha256,lan=C,_ss=1,gw=0,ext=0|'

function world() {
  const directory = directoryOf({ [PK]: {}, a1X2bEnP82z: {}, pk: {} })
  const put = (pk: string, dn: string, secret: string, disabled = false) =>
    directory.apply({
      kind: 'device-put',
      row: deviceRow(pk, dn, { deviceSecret: plainSealer.seal(secret), disabled }),
    })
  put(PK, 'dev001', SECRET)
  put(PK, 'dev_0-0.1:@', SECRET)
  put(PK, 'off001', SECRET, true)
  put(PK, 'dead01', SECRET)
  directory.apply({
    kind: 'device-delete',
    row: { productKey: PK, deviceName: 'dead01', iotId: 'iot-dead', deletedAt: 1 },
  })
  put('a1X2bEnP82z', 'example1', 'ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe')
  put('pk', 'device', 'secret')
  const secrets = new Secrets(directory, plainSealer)
  return {
    directory,
    judge: (clientId: string, userName: string, password: string, certificate?: string) =>
      judgeConnect(directory, secrets, { clientId, userName, password, certificate }),
  }
}

/** Each CONNECT vector as its client sends it; `{m}` is the method. */
const connects: Record<string, [clientId: string, userName: string]> = {
  V1: ['12345|securemode=3,signmethod={m},timestamp=789|', 'device&pk'],
  V2: [C3, `dev001&${PK}`],
  V3: [`${PK}&dev001|securemode=3,signmethod={m},timestamp=1795422564699,lan=NodeJS,_v=1.2.8|`, `dev001&${PK}`],
  C1: [`${PK}.dev001|timestamp=2524608000000,securemode=3,signmethod={m}|`, `dev001&${PK}`],
  C2: [`${PK}.dev001|securemode=3,signmethod={m}|`, `dev001&${PK}`],
  C3: [`${PK}.dev001|timestamp=2524608000000,securemode=3,signmethod={m}|`, `dev001&${PK}`],
  C4: [`${PK}.dev001|timestamp=2524608000000,securemode=3,signmethod={m}|`, `dev001&${PK}`],
  C5: ['|timestamp=2524608000000,_ss=1,securemode=3,signmethod={m},ext=3|', `dev001&${PK}`],
  C6: [`${PK}&dev001|securemode=2,signmethod={m},ext=1,_ss=1,timestamp=1795421573|`, `dev001&${PK}`],
  C7: ['00:11:22:33:44:55|timestamp=1700000000000,signmethod={m}|', `dev001&${PK}`],
  C8: ['a1X2bEnP82z.example1|timestamp=2524608000000,signMethod={m}|', 'example1&a1X2bEnP82z'],
  C9: ['gw-01:@.dev|timestamp=1,signmethod={m}|', `dev_0-0.1:@&${PK}`],
}

describe('vectors', () => {
  const { judge } = world()
  const rows = signVectors.filter((vector) => vector.file === 'direct' && vector.id in connects)

  test('all are there', () => expect(new Set(rows.map((row) => row.id))).toEqual(new Set(Object.keys(connects))))

  test.each(rows)('$id $method', ({ id, method, hex }) => {
    const [clientId, userName] = connects[id] as [string, string]
    expect(judge(clientId.replace('{m}', method), userName, hex)).toMatchObject({ ok: true })
    expect(judge(clientId.replace('{m}', method), userName, hex.toUpperCase())).toMatchObject({ ok: true })
  })

  test('C2 is taken although a timestamp stands in the client id', () => {
    for (const { method, hex } of rows.filter((row) => row.id === 'C2')) {
      const clientId = `${PK}.dev001|timestamp=2524608000000,signmethod=${method}|`
      expect(judge(clientId, `dev001&${PK}`, hex).ok).toBe(true)
    }
  })

  test.each(refusedPasswords)('%s refused: %s', (id, _mistake, value) => {
    const clientId = id === 'N7' ? C3.replace('hmacsha256', 'hmacsha1') : C3
    const refused = { ok: false, refusal: 'sign', check: 'sign', productKey: PK, deviceName: 'dev001' }
    expect(judge(clientId, `dev001&${PK}`, value)).toEqual(refused)
    expect(judge(C3, `dev001&${PK}`, value)).toEqual(refused)
  })
})

test('checks are made in their order: each row has one defect less', () => {
  const { judge } = world()
  const good = (dn: string) => makeConnect({ productKey: PK, deviceName: dn, deviceSecret: SECRET })
  const rows: [check: string, clientId: string, userName: string, code: number][] = [
    ['client-id', 'nobar', 'dev001', 2],
    ['client-id', `${'x'.repeat(65)}|signmethod=hmacmd5|`, 'dev001', 2],
    ['client-id', 'x|signmethod=hmacsha512|', 'dev001', 2],
    ['user-name', `${'x'.repeat(64)}|signmethod=hmacmd5|`, 'dev001', 4],
    ['user-name', 'x||', '', 4],
    ['product', 'x||', 'dev001&nobody', 4],
    ['device', 'x||', `nobody&${PK}`, 5],
    ['deleted', 'x||', `dead01&${PK}`, 5],
    ['status', 'x||', `off001&${PK}`, 5],
    ['sign', 'x||', `dev001&${PK}`, 4],
  ]
  for (const [check, clientId, userName, code] of rows) {
    const verdict = judge(clientId, userName, 'bad')
    expect([clientId, verdict.ok ? '' : verdict.check]).toEqual([clientId, check])
    if (!verdict.ok) expect(connectRefusals[verdict.refusal].v3).toBe(code)
  }
  expect(judge('x||', `dev001&${PK}`, '').ok).toBe(false)
  expect(judge(good('dev001').clientId, good('dev001').userName, good('dev001').password).ok).toBe(true)
  expect(new Set(rows.map(([check]) => check))).toEqual(new Set(connectChecks.map((check) => check.name)))
})

describe('a certificate', () => {
  const { directory, judge } = world()
  const name = `dev001&${PK}`

  test.each([
    ['.|securemode=2|', ''],
    ['.|securemode=2,signmethod=hmacsha1,timestamp=1|', '&'],
    ['mosq-1', ''],
    ['', ''],
    ['x|signmethod=unknown|', name],
    ['x|securemode=2|', name],
  ])('stands for the password: client id %j, user name %j', (clientId, userName) => {
    expect(judge(clientId, userName, 'worthless', name)).toMatchObject({
      ok: true,
      device: known(directory, PK, 'dev001'),
    })
  })

  test.each([
    ['of a device that is disabled', `off001&${PK}`, '', 'status'],
    ['of one that was deleted', `dead01&${PK}`, '', 'deleted'],
    ['of one that does not exist', `nobody&${PK}`, '&', 'device'],
    ['of a product that does not exist', 'dev001&nobody', '&', 'product'],
    ['that names no device', 'server', '', 'user-name'],
    ['absent', '', '', 'user-name'],
    ['absent', '', '&', 'product'],
    ['of another device than the user name says, without its signature', name, `off001&${PK}`, 'status'],
    ['of another device than the user name says', `off001&${PK}`, name, 'sign'],
  ])('%s', (_what, certificate, userName, check) => {
    expect(judge('x||', userName, '', certificate)).toMatchObject({ ok: false, check })
  })

  test('the user name may still sign for itself, and an id stays bounded', () => {
    const signed = makeConnect({ productKey: PK, deviceName: 'dev001', deviceSecret: SECRET })
    expect(judge(signed.clientId, signed.userName, signed.password, `off001&${PK}`)).toMatchObject({ ok: true })
    expect(judge('x'.repeat(65), '', '', name)).toMatchObject({ ok: false, check: 'client-id' })
  })
})

test('says what the client id asks for', () => {
  const { directory, judge } = world()
  const device = { productKey: PK, deviceName: 'dev001', deviceSecret: SECRET }
  const asked = makeConnect(device, { timestamp: 5, extra: { _ss: 1, ext: 3 }, method: 'md5', id: 'mac' })
  expect(judge(asked.clientId, asked.userName, asked.password)).toMatchObject({
    ok: true,
    device: known(directory, PK, 'dev001'),
    ss: true,
    ext: 3,
    clientId: { id: 'mac' },
  })
  const plain = makeConnect(device, { securemode: 2 })
  expect(plain.clientId).toBe(`${PK}.dev001|securemode=2,signmethod=hmacsha256|`)
  expect(judge(plain.clientId, plain.userName, plain.password)).toMatchObject({ ok: true, ss: false, ext: 0 })
})

test('the method is hmacmd5 where none is named', () => {
  const { judge } = world()
  const hex = signVectors.find(({ id, method }) => id === 'C2' && method === 'hmacmd5')?.hex ?? ''
  expect(judge(`${PK}.dev001|securemode=3|`, `dev001&${PK}`, hex).ok).toBe(true)
})

test('a long id is counted in characters', () => {
  const { judge } = world()
  const id = '𠮷'.repeat(64)
  const made = makeConnect({ productKey: PK, deviceName: 'dev001', deviceSecret: SECRET }, { id })
  expect(judge(made.clientId, made.userName, made.password).ok).toBe(true)
  expect(judge(`𠮷${made.clientId}`, made.userName, made.password)).toMatchObject({ check: 'client-id' })
})
