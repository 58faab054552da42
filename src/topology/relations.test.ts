import { describe, expect, test } from 'vitest'
import { applyAll, deviceRow, directoryOf, known, productRow, reader } from '../devices/world.fixture.ts'
import type { AddItem } from './checks.ts'
import { planAdd, planDelete, planRemove } from './checks.ts'
import { Relations } from './relations.ts'

function world() {
  const directory = directoryOf({
    gws: { nodeType: 1, devices: ['gwA1', 'gwB1'] },
    subs: { devices: ['sub1', 'sub2', 'sub3', 'dead'] },
  })
  directory.apply({ kind: 'device-put', row: deviceRow('subs', 'off1', { disabled: true }) })
  const iotId = known(directory, 'subs', 'dead').iotId
  directory.apply({ kind: 'device-delete', row: { productKey: 'subs', deviceName: 'dead', iotId, deletedAt: 1 } })
  const relations = new Relations(directory)
  const device = (name: string) => known(directory, name.startsWith('gw') ? 'gws' : 'subs', name)
  const item = (deviceName: string, signed = true): AddItem => {
    const productKey = deviceName.startsWith('gw') ? 'gws' : 'subs'
    return { productKey, deviceName, device: directory.device(productKey, deviceName), signed: () => signed }
  }
  const add = (gateway: string, names: string[], options: { limit?: number; exclusive?: boolean } = {}) => {
    const plan = planAdd(
      relations,
      device(gateway),
      names.map((name) => item(name)),
      { limit: 2000, exclusive: false, now: 7, ...options },
    )
    if (plan.ok) applyAll(plan.changes, directory, relations)
    return plan
  }
  const subs = (gateway: string) => Array.from(relations.subsOf(device(gateway)), (sub) => sub.deviceName)
  const gateways = (sub: string) => relations.gatewaysOf(device(sub)).map((gateway) => gateway.deviceName)
  return { directory, relations, device, item, add, subs, gateways }
}

test('pairs: a sub-device may stand in several topologies, newest last', () => {
  const { relations, device, add, subs, gateways } = world()
  add('gwA1', ['sub1', 'sub2'])
  add('gwB1', ['sub1'])
  expect(relations.related(device('gwA1'), device('sub1'))).toBe(true)
  expect(relations.related(device('sub1'), device('gwA1'))).toBe(false)
  expect([subs('gwA1'), subs('gwB1'), gateways('sub1'), relations.count]).toEqual([
    ['sub1', 'sub2'],
    ['sub1'],
    ['gwA1', 'gwB1'],
    3,
  ])
  expect(add('gwA1', ['sub1', 'sub1'])).toMatchObject({ ok: true, changes: [], added: [] })
})

test('loads in the order added, whatever the order of the rows', () => {
  const { directory, relations } = world()
  const pair = (gateway: string, deviceName: string, order: number) => ({
    gatewayProductKey: 'gws',
    gatewayDeviceName: gateway,
    productKey: 'subs',
    deviceName,
    order,
    createdAt: 1,
  })
  relations.load(
    reader({
      relations: [pair('gwB1', 'sub1', 9), pair('gwA1', 'sub2', 4), pair('gwA1', 'sub1', 2), pair('x', 'sub1', 3)],
    }),
  )
  const device = known(directory, 'subs', 'sub1')
  expect(relations.gatewaysOf(device).map((gateway) => gateway.deviceName)).toEqual(['gwA1', 'gwB1'])
  const next = relations.adding(known(directory, 'gws', 'gwB1'), known(directory, 'subs', 'sub2'), 1)
  expect(next).toMatchObject({ kind: 'relation-put', row: { order: 10 } })
})

test('a deleted device leaves from both sides', () => {
  const { directory, relations, device, add, subs, gateways } = world()
  add('gwA1', ['sub1', 'sub2'])
  add('gwB1', ['sub1'])
  const remove = (pk: string, dn: string) =>
    applyAll(
      [{ kind: 'device-delete', row: { productKey: pk, deviceName: dn, iotId: device(dn).iotId, deletedAt: 1 } }],
      directory,
      relations,
    )
  remove('gws', 'gwA1')
  expect([gateways('sub1'), gateways('sub2'), relations.count]).toEqual([['gwB1'], [], 1])
  remove('subs', 'sub1')
  expect([subs('gwB1'), relations.count]).toEqual([[], 0])
})

describe('topo/add', () => {
  test.each([
    [6402, 'self', 'gwA1', false],
    [6100, 'device', 'nobody', false],
    [6100, 'device', 'dead', false],
    [6204, 'status', 'off1', false],
    [401, 'sign', 'sub2', false],
    [6400, 'capacity', 'sub2', true],
  ])('%i %s', (code, check, name, signed) => {
    const { relations, device, item, add, subs } = world()
    add('gwA1', ['sub1'])
    const bad = item(name, signed)
    // The limit is passed in every row: it is the last check. A good item before changes nothing.
    const options = { limit: 1, exclusive: false, now: 1 }
    const plan = planAdd(relations, device('gwA1'), [item('sub1'), bad], options)
    expect(plan).toEqual({ ok: false, code, check, item: bad })
    expect(subs('gwA1')).toEqual(['sub1'])
  })

  test('the signature is looked at only when its turn comes', () => {
    const { relations, device, item } = world()
    const dear = { ...item('off1'), signed: () => expect.unreachable() }
    expect(planAdd(relations, device('gwA1'), [dear], { limit: 9, exclusive: false, now: 1 })).toMatchObject({
      code: 6204,
    })
  })

  test('items one after the other: the first bad one gives the code, the limit counts the whole list', () => {
    const { relations, device, item } = world()
    const options = { limit: 1, exclusive: false, now: 1 }
    const plan = planAdd(relations, device('gwA1'), [item('sub1', false), item('nobody')], options)
    expect(plan).toMatchObject({ code: 401 })
    const full = planAdd(relations, device('gwA1'), [item('sub1'), item('sub2'), item('sub3')], options)
    expect(full).toMatchObject({ code: 6400, item: { deviceName: 'sub2' } })
  })

  test('at the limit a pair that stands may be added again', () => {
    const { add } = world()
    expect(add('gwA1', ['sub1', 'sub2'], { limit: 2 }).ok).toBe(true)
    expect(add('gwA1', ['sub2', 'sub1'], { limit: 2 })).toMatchObject({ ok: true, changes: [] })
    expect(add('gwA1', ['sub3'], { limit: 2 })).toMatchObject({ code: 6400 })
  })

  test('exclusive: other gateways lose the device', () => {
    const { add, device, subs, gateways } = world()
    add('gwA1', ['sub1', 'sub2'])
    const plan = add('gwB1', ['sub1'], { exclusive: true })
    expect(plan).toMatchObject({ ok: true, removed: [{ gateway: device('gwA1'), device: device('sub1') }] })
    expect([subs('gwA1'), subs('gwB1'), gateways('sub1')]).toEqual([['sub2'], ['sub1'], ['gwB1']])
  })
})

describe('topo/delete', () => {
  test.each([
    [6100, 'device', 'nobody'],
    [6100, 'device', 'dead'],
    [6401, 'topology', 'sub2'],
  ])('%i %s', (code, check, name) => {
    const { relations, device, item, add } = world()
    add('gwA1', ['sub1'])
    const bad = item(name)
    expect(planDelete(relations, device('gwA1'), [item('sub1'), bad])).toEqual({ ok: false, code, check, item: bad })
  })

  test('takes the pair away, and no other gateway’s', () => {
    const { directory, relations, device, item, add, subs, gateways } = world()
    add('gwA1', ['sub1', 'sub2'])
    add('gwB1', ['sub1'])
    const plan = planDelete(relations, device('gwA1'), [item('sub1'), item('sub1')])
    if (!plan.ok) throw new Error(plan.check)
    expect([plan.changes.length, plan.removed.length]).toEqual([1, 1])
    applyAll(plan.changes, directory, relations)
    expect([subs('gwA1'), gateways('sub1')]).toEqual([['sub2'], ['gwB1']])
    applyAll(planRemove(relations, [{ gateway: device('gwB1'), device: device('sub1') }]).changes, directory, relations)
    expect([gateways('sub1'), relations.count]).toEqual([[], 1])
  })
})

test('changes of products and devices that are gone are no error', () => {
  const { directory, relations } = world()
  const row = { gatewayProductKey: 'gws', gatewayDeviceName: 'x', productKey: 'subs', deviceName: 'sub1' }
  applyAll(
    [
      { kind: 'relation-put', row: { ...row, order: 1, createdAt: 1 } },
      { kind: 'relation-delete', row },
      { kind: 'product-put', row: productRow('other') },
    ],
    directory,
    relations,
  )
  expect(relations.count).toBe(0)
})
