import type { Peer } from './host.ts'

/** What is known of a reader that takes less than it is sent, from the first message dropped for it until it has caught up. */
export interface Slow {
  /** The limit that was reached: bytes of its own (`limits.output`), or of all connections together (`limits.outputTotal`). */
  readonly limit: 'slow-reader' | 'output-total'
  /** Bytes that waited for it when that happened. */
  readonly waiting: number
  /** QoS 0 messages dropped for it; those of QoS 1 and 2 wait in its queue. */
  dropped: number
}

/** Whose output it is. */
export interface SlowLink {
  readonly clientId: string
  readonly remote: string
  readonly peer: Peer | null
}

/** `ended`: null where it begins; else it took all that waited, or its connection ended. */
export type OnSlow = (link: SlowLink, slow: Slow, ended: 'caught-up' | 'closed' | null) => void
