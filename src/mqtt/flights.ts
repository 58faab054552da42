/** Packet ids that the server uses towards one client, and what is under way with each [MQTT-2.2.1-3]. */

/** What an id waits for. */
export const Flight = {
  free: 0,
  /** PUBACK of a QoS 1 PUBLISH. */
  puback: 1,
  /** PUBREC of a QoS 2 PUBLISH. */
  pubrec: 2,
  /** PUBCOMP: the PUBREL was sent, or is about to be. */
  pubcomp: 3,
  /** The store, to have the id before a QoS 2 PUBLISH is sent with it. */
  store: 4,
  /** The next link: its message was sent over one that is gone, and is sent again with this id [MQTT-4.4.0-1]. */
  parked: 5,
} as const
export type Flight = (typeof Flight)[keyof typeof Flight]

const LARGEST = 0xffff

/**
 * A ring by the lower bits of the id, as large as twice what is under way at once: no allocation and no hashing a message. `T` is
 * what the id stands for; nothing is held for a message that will never be sent again.
 */
export class Flights<T> {
  /** Ids that are taken. */
  taken = 0
  /** Of those, the ones that fill the client's receive maximum: all but {@link Flight.parked}. */
  active = 0
  #mask = 15
  #ids = new Uint16Array(16)
  #states = new Uint8Array(16)
  #values: (T | null)[] = new Array(16).fill(null)
  #last = 0

  /** A free id, from now on in this state. There is one as long as fewer than 65,535 are taken. */
  take(state: Flight, value: T | null): number {
    if (this.taken * 2 > this.#mask && this.#mask < LARGEST) this.#grow()
    let id = this.#last
    do id = id === LARGEST ? 1 : id + 1
    while (this.#states[id & this.#mask] !== Flight.free)
    this.#last = id
    this.#put(id, state, value)
    return id
  }

  /** Takes this id; false if it is taken. */
  claim(id: number, state: Flight, value: T | null): boolean {
    while (this.#states[id & this.#mask] !== Flight.free) {
      if (this.#ids[id & this.#mask] === id) return false
      this.#grow()
    }
    if (this.taken * 2 > this.#mask && this.#mask < LARGEST) this.#grow()
    this.#put(id, state, value)
    return true
  }

  #put(id: number, state: Flight, value: T | null): void {
    const at = id & this.#mask
    this.#ids[at] = id
    this.#states[at] = state
    this.#values[at] = value
    this.taken++
    if (state !== Flight.parked) this.active++
  }

  state(id: number): Flight {
    const at = id & this.#mask
    return this.#ids[at] === id ? (this.#states[at] as Flight) : Flight.free
  }

  /** What a taken id stands for. */
  value(id: number): T | null {
    return this.#values[id & this.#mask] as T | null
  }

  /** Moves a taken id on. */
  move(id: number, state: Flight): void {
    const at = id & this.#mask
    const before = this.#states[at]
    if (before === Flight.parked && state !== Flight.parked) this.active++
    if (before !== Flight.parked && state === Flight.parked) this.active--
    this.#states[at] = state
  }

  /** Frees a taken id. */
  free(id: number): void {
    const at = id & this.#mask
    if (this.#states[at] !== Flight.parked) this.active--
    this.#states[at] = Flight.free
    this.#values[at] = null
    this.taken--
  }

  /** Ids that are taken, in no order. Those handed out may be moved or freed meanwhile. */
  ids(): number[] {
    const ids: number[] = []
    for (let at = 0; at <= this.#mask; at++) {
      if (this.#states[at] !== Flight.free) ids.push(this.#ids[at] as number)
    }
    return ids
  }

  #grow(): void {
    const [ids, states, values] = [this.#ids, this.#states, this.#values]
    const size = states.length * 2
    this.#mask = size - 1
    this.#ids = new Uint16Array(size)
    this.#states = new Uint8Array(size)
    this.#values = new Array(size).fill(null)
    for (let from = 0; from < states.length; from++) {
      if (states[from] === Flight.free) continue
      const at = (ids[from] as number) & this.#mask
      this.#ids[at] = ids[from] as number
      this.#states[at] = states[from] as number
      this.#values[at] = values[from] as T | null
    }
  }
}
