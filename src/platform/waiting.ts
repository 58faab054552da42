import type { Effect, LinkRef } from '../effects/effect.ts'
import type { Fact } from '../facts/fact.ts'

/** What waits in a group for its outcome. */
export type Waiting =
  | Effect
  /** An effect that needs nothing stored, but whose link has output waiting: it goes out in its turn, whatever becomes of the group. */
  | { readonly kind: 'ride'; readonly effect: Effect }
  | { readonly kind: 'status'; readonly fact: Fact }
  /** Facts without a reply: where the group fails they are written again. */
  | {
      readonly kind: 'retry'
      readonly facts: readonly Fact[]
      readonly link: LinkRef | null
      readonly packetId: number
    }
