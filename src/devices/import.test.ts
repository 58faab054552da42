import { describe, expect, test } from 'vitest'
import { csvLine } from './csv.ts'
import { Directory } from './directory.ts'
import { exportDevices } from './export.ts'
import { planImport } from './import.ts'
import { applyAll, deviceRow, directoryOf, known, maker, plainSealer } from './world.fixture.ts'

type Row = Record<string, unknown>

const columns = ['productKey', 'deviceName', 'deviceSecret', 'nodeType', 'productSecret', 'dynamicRegistration']

function gateway(deviceName = 'gw01', rest: Row = {}): Row {
  return { productKey: 'a1Gateways1', deviceName, deviceSecret: 'gwSecret', nodeType: 'gateway', ...rest }
}

function sub(deviceName: string, rest: Row = {}): Row {
  return { productKey: 'a1SubDevice', deviceName, deviceSecret: 'subSecret', nodeType: 'subdevice', ...rest }
}

function textOf(rows: Row[], format: 'json' | 'csv'): string {
  if (format === 'json') return JSON.stringify(rows)
  return csvLine(columns) + rows.map((row) => csvLine(columns.map((name) => String(row[name] ?? '')))).join('')
}

function run(directory: Directory, text: string, format: 'json' | 'csv' = 'json') {
  const plan = planImport(text, format, directory, maker(), 5000)
  if (plan.ok) applyAll(plan.changes, directory)
  return plan
}

const errorsOf = (directory: Directory, rows: Row[], format: 'json' | 'csv' = 'json') => {
  const plan = run(directory, textOf(rows, format), format)
  return plan.ok ? [] : plan.errors.map(({ row, reason }) => `${row}: ${reason}`)
}

describe.each(['json', 'csv'] as const)('%s', (format) => {
  const rows = [
    gateway('gw01', { productSecret: 'prodSecret', dynamicRegistration: true }),
    sub('sub1'),
    sub('sub2', { nodeType: 'device' }),
  ]

  test('makes products and devices, and the same file a second time changes nothing', () => {
    const directory = new Directory()
    const text = textOf(rows, format)
    expect(run(directory, text, format)).toMatchObject({ ok: true, created: 3, unchanged: 0, createdProducts: 2 })
    expect(directory.product('a1Gateways1')).toMatchObject({ nodeType: 1, dynamicRegistration: true })
    expect(directory.product('a1SubDevice')).toMatchObject({ nodeType: 0, dynamicRegistration: false })
    expect(directory.product('a1SubDevice')?.classes.length).toBe(3)
    expect(plainSealer.open(directory.sealedSecret(known(directory, 'a1SubDevice', 'sub2')))).toBe('subSecret')
    expect(plainSealer.open(directory.product('a1Gateways1')?.row.productSecret as Uint8Array)).toBe('prodSecret')
    expect(run(directory, text, format)).toEqual({
      ok: true,
      changes: [],
      created: 0,
      unchanged: 3,
      createdProducts: 0,
    })
  })

  test('an export with secrets imports elsewhere', () => {
    const directory = new Directory()
    run(directory, textOf(rows, format), format)
    const text = [...exportDevices(directory, { format, secrets: plainSealer })].join('')
    expect(run(new Directory(), text, format)).toMatchObject({ ok: true, created: 3, createdProducts: 2 })
    expect(run(directory, text, format)).toMatchObject({ ok: true, changes: [], unchanged: 3 })
    const bare = [...exportDevices(directory, { format, productKey: 'a1SubDevice' })].join('')
    expect(bare).toContain('sub1')
    expect(bare).not.toMatch(/[sS]ecret|gw01/)
  })

  test('every bad row is named, and nothing is made', () => {
    const directory = directoryOf({ a1SubDevice: { devices: ['sub1'] } })
    const offset = format === 'csv' ? 1 : 0
    const bad = [
      sub('sub1'),
      sub('ok01'),
      sub('x'),
      sub('sub3', { deviceSecret: '' }),
      sub('sub4', { nodeType: 'router', productKey: 'a b' }),
      sub('sub5', { nodeType: 'gateway' }),
      gateway('gw01', { productSecret: 'one' }),
      gateway('gw02', { productSecret: 'two' }),
      gateway('gw03', { dynamicRegistration: 'perhaps' }),
      sub('ok01', { deviceSecret: 'other' }),
    ]
    expect(errorsOf(directory, bad, format)).toEqual(
      [
        [1, 'deviceSecret differs from the one of device a1SubDevice/sub1'],
        [3, 'deviceName is not valid: too short (4 to 32 letters, digits, - _ @ . :)'],
        [4, 'deviceSecret is missing'],
        [5, 'productKey is not valid: character not allowed (1 to 20 letters and digits)'],
        [5, 'nodeType is none of gateway, subdevice, device'],
        [6, 'nodeType differs: product a1SubDevice is of devices'],
        [8, 'productSecret differs from the one of product a1Gateways1'],
        [9, 'dynamicRegistration is neither true nor false'],
        [10, 'deviceSecret differs from the one of device a1SubDevice/ok01'],
      ].map(([row, reason]) => `${Number(row) + offset}: ${reason}`),
    )
    expect([directory.productCount, directory.deviceCount]).toEqual([1, 1])
  })
})

test('JSON that is none, or has members of other types', () => {
  const directory = new Directory()
  const plan = run(directory, '[{')
  expect(plan).toMatchObject({ ok: false, errors: [{ row: 0 }] })
  expect(run(directory, '{}')).toEqual({
    ok: false,
    errors: [{ row: 0, reason: 'the file is no JSON array of devices' }],
  })
  expect(errorsOf(directory, [sub('sub1', { deviceSecret: 7, productKey: null }), 5 as never])).toEqual([
    '1: deviceSecret is no text',
    '1: productKey is missing',
    '2: is no object',
  ])
  expect(run(directory, `\ufeff${textOf([sub('sub1')], 'json')}`)).toMatchObject({ ok: true, created: 1 })
  expect(run(directory, '[]')).toMatchObject({ ok: true, changes: [] })
})

test('CSV: header, quoting, broken records', () => {
  const directory = new Directory()
  const reasons = (text: string) => {
    const plan = run(directory, text, 'csv')
    return plan.ok ? plan.created : plan.errors.map(({ row, reason }) => `${row}: ${reason}`)
  }
  expect(reasons('')).toEqual(['0: the file has no header'])
  expect(reasons('productKey,deviceName\n')).toEqual(['1: column missing: deviceSecret, nodeType'])
  expect(reasons('productKey,productKey,deviceName,deviceSecret,nodeType\n')).toEqual(['1: column twice: productKey'])
  const header = '\ufeffnodeType,note,deviceSecret, deviceName ,productKey\r\n'
  expect(reasons(`${header}device,x,s,dev1\r\ndevice,"a ""b""\r\n",s,dev2\r\n"device`)).toEqual([
    '2: has 4 fields, the header has 5',
    '3: has 4 fields, the header has 5',
    '4: a quote is not closed',
  ])
  expect(reasons(`${header}device,"a ""b""\r\n,","s""1",dev1,a1SubDevice\r\n`)).toBe(1)
  expect(plainSealer.open(directory.sealedSecret(known(directory, 'a1SubDevice', 'dev1')))).toBe('s"1')
})

test('what exists must agree', () => {
  const directory = directoryOf({ a1Gateways1: { nodeType: 1, devices: ['gw01'] } })
  const good = gateway('gw01', { deviceSecret: 'secret-of-gw01' })
  expect(errorsOf(directory, [good])).toEqual([])
  expect(errorsOf(directory, [{ ...good, productSecret: 'other', dynamicRegistration: true }])).toEqual([
    '1: productSecret differs from the one of product a1Gateways1',
    '1: dynamicRegistration differs from the one of product a1Gateways1',
  ])
  expect(
    errorsOf(directory, [{ ...good, productSecret: 'product-secret-of-a1Gateways1', dynamicRegistration: false }]),
  ).toEqual([])
})

test('a deleted device may be imported again, and product names stay unique', () => {
  const directory = directoryOf({ other: { productName: 'a1SubDevice' } })
  run(directory, textOf([sub('sub1')], 'json'))
  expect(directory.product('a1SubDevice')?.row.productName).toBe('a1SubDevice_2')
  const { iotId } = known(directory, 'a1SubDevice', 'sub1')
  applyAll(
    [{ kind: 'device-delete', row: { productKey: 'a1SubDevice', deviceName: 'sub1', iotId, deletedAt: 1 } }],
    directory,
  )
  expect(run(directory, textOf([sub('sub1')], 'json'))).toMatchObject({ created: 1 })
  expect(known(directory, 'a1SubDevice', 'sub1').iotId).toMatch(/^[A-Za-z0-9]{20}00[A-Za-z0-9]{6}$/)
  applyAll([{ kind: 'device-put', row: deviceRow('other', 'dev9') }], directory)
  expect(errorsOf(directory, [{ ...sub('dev9'), productKey: 'pk' }])).toEqual([])
  expect(directory.product('pk')?.row.productName).toBe('product_pk')
})
