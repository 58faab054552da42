import type { LinkRef } from '../effects/effect.ts'
import type { Session } from './session.ts'

const NONE: readonly Session[] = []

class Gateway {
  readonly sessions = new Set<Session>()
  /** How many devices have their current session here. */
  count = 0
}

/** Which sessions stand on which link: pending ones and holders, until they end or the link closes. */
export class ByLink {
  readonly #direct = new Map<LinkRef, Session>()
  readonly #gateways = new Map<LinkRef, Gateway>()

  add(session: Session): void {
    if (session.gateway === null) this.#direct.set(session.link, session)
    else {
      let gateway = this.#gateways.get(session.link)
      if (!gateway) {
        gateway = new Gateway()
        this.#gateways.set(session.link, gateway)
      }
      gateway.sessions.add(session)
    }
  }

  remove(session: Session): void {
    if (session.gateway === null) {
      if (this.#direct.get(session.link) === session) this.#direct.delete(session.link)
      return
    }
    const gateway = this.#gateways.get(session.link)
    if (gateway?.sessions.delete(session) && gateway.sessions.size === 0) this.#gateways.delete(session.link)
  }

  /** The current session of a device is another one: the counts of their links follow. */
  currentChanged(before: Session | null, after: Session | null): void {
    const left = before === null ? undefined : this.#gateways.get(before.link)
    if (before?.gateway && left) left.count--
    const joined = after === null ? undefined : this.#gateways.get(after.link)
    if (after?.gateway && joined) joined.count++
  }

  /** The session of the device whose own connection this is. */
  direct(link: LinkRef): Session | null {
    return this.#direct.get(link) ?? null
  }

  subDevices(link: LinkRef): Iterable<Session> {
    return this.#gateways.get(link)?.sessions ?? NONE
  }

  count(link: LinkRef): number {
    return this.#gateways.get(link)?.count ?? 0
  }

  *all(): Generator<Session> {
    yield* this.#direct.values()
    for (const gateway of this.#gateways.values()) yield* gateway.sessions
  }
}
