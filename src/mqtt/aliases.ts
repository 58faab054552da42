/**
 * Topic aliases towards one client of 5.0 that announced a maximum [MQTT-3.3.2-9]: the first topics get one each, for the life of
 * the connection; further topics go out in full.
 */
export class SentAliases {
  readonly #maximum: number
  readonly #aliases = new Map<string, number>()

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  /** The alias that the client knows for the topic, or 0. */
  known(topic: string): number {
    return this.#aliases.get(topic) ?? 0
  }

  /** An alias that the next packet tells the client, or 0 where there is no more. */
  next(): number {
    return this.#aliases.size < this.#maximum ? this.#aliases.size + 1 : 0
  }

  /** The packet with the alias goes out. */
  told(topic: string, alias: number): void {
    this.#aliases.set(topic, alias)
  }
}
