/** Input that is odd but well-formed: what it costs stays with its sender, and the next message of another is handled as ever. */
import { describe, expect } from 'vitest'
import { makeLogin } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { data, extBody, sysBody } from '../support/bodies.ts'
import { useNode } from '../support/node.ts'

const node = useNode()

describe('an id of more bytes than a record of the log has room for', () => {
  promise('id.string', 'is echoed, and the next message of another gateway is answered', async () => {
    const { gateway, other } = await node().scene({ gateways: 2, subs: 0 })
    for (const id of ['x'.repeat(70_000), '\u4e2d'.repeat(21_846), '\\u0041'.repeat(11_000)]) {
      const { text } = await gateway.request('thing/event/property/post', `{"id":"${id}","params":{}}`)
      expect(text === sysBody(id, 200, '{}', 'thing.event.property.post')).toBe(true)
      const next = await other.request('thing/event/property/post', '{"id":"1","params":{}}')
      expect(next.text).toBe(sysBody('1', 200, '{}', 'thing.event.property.post'))
    }
    expect(node().errors).toEqual([])
  })

  promise('id.string', 'what was recorded is read again at the next start', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    await gateway.request('thing/event/property/post', `{"id":"${'x'.repeat(70_000)}","params":{}}`)
    await node().restart()
    const again = await node().gateway(gateway.device)
    expect(await again.alive()).toBe(true)
  })
})

promise('login.6287', 'a client id of a hundred thousand separators takes no time to read', async () => {
  const { gateway, sub } = await node().scene()
  for (const clientId of ['|,'.repeat(100_000), `|${'_ss,'.repeat(50_000)}`, `|${', '.repeat(100_000)}_ss`]) {
    const params = { ...makeLogin(sub), clientId }
    const { text } = await gateway.request('combine/login', JSON.stringify({ id: '1', params }))
    expect(text).toBe(extBody('1', 6287, data(sub)))
  }
})

promise('ntp', 'a number is echoed as it stands, though no number of JavaScript is it', async () => {
  const { gateway } = await node().scene({ subs: 0 })
  for (const sent of ['1e400', '123456789012345678901234567890', '-0', '1.50']) {
    await gateway.publish(`/ext/ntp/${gateway.name}/request`, `{"deviceSendTime":${sent}}`)
    const text = await gateway.text(`/ext/ntp/${gateway.name}/response`)
    expect(text.slice(0, text.indexOf(',"serverRecvTime":'))).toBe(`{"deviceSendTime":${sent}`)
  }
})

promise('report.460', 'what a device chooses to call its events makes no new labels in the metrics', async () => {
  const { gateway } = await node().scene({ subs: 0 })
  for (const event of ['alarm', 'a.b', 'x'.repeat(2000)]) await gateway.request(`thing/event/${event}/post`, 'no JSON')
  const { body } = await node().metrics.scrape()
  const lines = body.split('\n').filter((line) => line.startsWith('homeport_refusals_total{scenario="thing.event'))
  expect(lines).toEqual(['homeport_refusals_total{scenario="thing.event.{identifier}.post",code="460"} 3'])
})

promise(
  ['store.registry', 'report.tags'],
  'tags of a device that is deleted while they wait for the registry',
  async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const free = node().lockRegistry()
    const removed = node().node.lifecycle.remove(node().fleet.of(sub))
    const path = `/sys/${sub.productKey}/${sub.deviceName}/thing/deviceinfo/update`
    const received = node().metrics.messages('in', 'alink')
    const before = received.count
    await gateway.publish(path, '{"id":"7","params":[{"attrKey":"k","attrValue":"v"}]}')
    await expect.poll(() => received.count).toBe(before + 1)
    free()
    await removed
    const reply = sysBody('7', 6100, '{}', 'thing.deviceinfo.update', 'device not found')
    expect(await gateway.text(`${path}_reply`)).toBe(reply)
    expect([...node().node.store.read.tags()]).toEqual([])
  },
)
