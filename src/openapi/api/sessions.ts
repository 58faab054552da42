import type { Session } from '../../sessions/session.ts'
import { slice } from '../pages.ts'
import type { ApiRoute } from './call.ts'
import { deviceIn, ok, pageIn, pageQuery } from './call.ts'
import { notFound } from './problem.ts'

export const sessionRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/sessions',
    summary: 'Who is on line, and through which gateway (null: by a connection of its own).',
    query: pageQuery,
    handle: (call) => {
      const all = [...call.context.sessions.all()]
      const { page, size } = pageIn(call)
      return ok({ sessions: slice(all, { page, size }).map(view), page, pageSize: size, total: all.length })
    },
  },
  {
    method: 'DELETE',
    path: '/sessions/{pk}/{dn}',
    summary: 'Ends the session of a device; a gateway that carried it is told 427.',
    handle: async (call) => {
      const device = deviceIn(call)
      const kicked = await call.context.lifecycle.kick(device)
      if (!kicked) throw notFound(`a session of ${device.key}`, 'homeport session list shows those that exist')
      return ok({ kicked: true })
    },
  },
]

function view(session: Session) {
  const { device, gateway } = session
  return {
    productKey: device.productKey,
    deviceName: device.deviceName,
    /** `null`: by a connection of its own. */
    gateway: gateway ? `${gateway.productKey}/${gateway.deviceName}` : null,
    link: session.link.id,
    since: new Date(session.since).toISOString(),
    address: session.address,
    persistent: session.persistent,
  }
}
