/** Shared subscriptions: which of a group gets a message [MQTT-4.8.2-4 … 6]. */
import type { Session } from './clients.ts'
import type { Delivery, SharedGroup } from './topics/tree.ts'

const ready = (session: Session) => session.link !== null && !session.link.congested && !session.full
const online = (session: Session) => session.link !== null
const kept = (session: Session) => session.persistent && !session.full

/**
 * In turn among those on line whose output has room, then among those on line; a session without a link gets it only if nobody is
 * on line. Null where nobody can have it.
 */
export function chooseMember(group: SharedGroup<Session>): Delivery<Session> | null {
  return group.next(ready) ?? group.next(online) ?? group.next(kept)
}
