/** What happened in a simulation, as those who took part saw it. The checkers know nothing else, so a changed trace shows if they work. */

/** A session as the server lists it. */
export interface Listed {
  readonly device: string
  /** The connection, `c1` …, of the device itself or of its gateway. */
  readonly conn: string
  readonly direct: boolean
}

/** What the checkers need of a fact in the log. */
export interface Logged {
  readonly kind: number
  readonly device: string
  readonly gateway: string
  readonly time: number
  readonly epoch: number
  readonly text: string
}

export type Happened =
  /** CONNACK 0; `device`: whose connection it is. */
  | { readonly what: 'open'; readonly conn: string; readonly device: string; readonly gateway: boolean }
  | { readonly what: 'refused'; readonly conn: string; readonly code: number }
  /** No more is heard of it: ended by the server or by this side, cut, silent from now on, or gone with a process that was killed. */
  | {
      readonly what: 'closed'
      readonly conn: string
      readonly by: 'server' | 'disconnect' | 'cut' | 'silent' | 'killed' | 'stopped'
    }
  | {
      readonly what: 'asked'
      readonly conn: string
      readonly id: string
      readonly method: string
      readonly devices: readonly string[]
    }
  | {
      readonly what: 'told'
      readonly conn: string
      readonly id: string
      readonly method: string
      readonly code: number
    }
  /** Forced off line, on either topic. */
  | {
      readonly what: 'notice'
      readonly conn: string
      readonly topic: 'logout_reply' | 'error'
      readonly id: string
      readonly code: number
      readonly device: string
    }
  /** A message refused, on `/ext/error`; the id is that of the message. */
  | {
      readonly what: 'error'
      readonly conn: string
      readonly id: string
      readonly code: number
      readonly device: string
    }
  /** `post` asks for a reply, `custom` does not. The id stands in its payload, and is unique. */
  | {
      readonly what: 'sent'
      readonly conn: string
      readonly kind: 'post' | 'custom'
      readonly id: string
      readonly device: string
      readonly packetId: number
    }
  | { readonly what: 'puback'; readonly conn: string; readonly packetId: number }
  /** The platform asks the gateway `to` for something, or tells it. */
  | {
      readonly what: 'push'
      readonly conn: string
      readonly to: string
      readonly method: string
      readonly id: string
      readonly text: string
    }
  /** An operator sends a message of QoS 1; `kept`: its owner's session is persistent. */
  | { readonly what: 'pub'; readonly n: number; readonly owner: string; readonly kept: boolean }
  | { readonly what: 'pubbed'; readonly n: number; readonly stored: boolean; readonly id: string }
  | { readonly what: 'delivered'; readonly conn: string; readonly owner: string; readonly n: number }
  /** The device is to go, or is gone (`done`), and its queue with it. */
  | { readonly what: 'deleted'; readonly device: string; readonly done: boolean }
  /** One of that name is there again. */
  | { readonly what: 'made'; readonly device: string }
  /** All that was under way in this turn has arrived. */
  | { readonly what: 'turn'; readonly sessions: readonly Listed[] }
  /** Nothing is under way, the store works, everything is decided. */
  | { readonly what: 'quiet'; readonly sessions: readonly Listed[] }
  /** A process ended; what the next finds in the log behind that of those before. `clean`: it was stopped, and could store everything. */
  | { readonly what: 'end'; readonly clean: boolean; readonly facts: readonly Logged[] }
  | { readonly what: 'defect'; readonly text: string }

export type Trace = readonly Happened[]
