/** Calls within the current second, by account and action. Holds one number for each pair that was ever asked for: keys × actions. */
export class Rates {
  readonly #windows = new Map<string, { second: number; count: number }>()

  /** Counts a call; false beyond `limit` within this second of monotonic time. */
  allow(name: string, limit: number, now: number): boolean {
    const second = Math.floor(now / 1000)
    const window = this.#windows.get(name)
    if (!window || window.second !== second) {
      this.#windows.set(name, { second, count: 1 })
      return true
    }
    return ++window.count <= limit
  }
}
