export interface Ordered {
  /** Counts up within a product. */
  order: number
  readonly createdAt: number
}

/** The devices of a product in the order in which they were created, for lists that show the newest first. */
export class CreationOrder<D extends Ordered> {
  #devices: (D | null)[] = []
  #holes = 0

  get length(): number {
    return this.#devices.length - this.#holes
  }

  /** `device.order` must be above those added before. */
  add(device: D): void {
    this.#devices.push(device)
  }

  remove(device: D): void {
    let low = 0
    let high = this.#devices.length - 1
    // Holes have no order of their own, so a range that ends in holes is walked to the next device.
    while (low <= high) {
      const middle = (low + high) >> 1
      let at = middle
      while (at > low && !this.#devices[at]) at--
      const found = this.#devices[at]
      if (found === device) {
        this.#devices[at] = null
        this.#holes++
        if (this.#holes > 64 && this.#holes * 2 > this.#devices.length) this.#compact()
        return
      }
      if (!found || found.order < device.order) low = middle + 1
      else high = at - 1
    }
  }

  /** Up to `count` devices, newest first, leaving out the `skip` newest. */
  newest(skip: number, count: number): D[] {
    if (this.#holes > 0) this.#compact()
    const from = Math.max(0, this.#devices.length - skip - count)
    const to = Math.max(0, this.#devices.length - skip)
    return (this.#devices.slice(from, to) as D[]).reverse()
  }

  /** Puts them in the order of their times; called once, after they were loaded in whatever order the store gave them. */
  sort(): void {
    if (this.#holes > 0) this.#compact()
    const devices = this.#devices as D[]
    if (!devices.some((device, i) => i > 0 && (devices[i - 1] as D).createdAt > device.createdAt)) return
    const orders = Float64Array.from(devices, (device) => device.order).sort()
    devices.sort((a, b) => a.createdAt - b.createdAt || a.order - b.order)
    devices.forEach((device, i) => {
      device.order = orders[i] as number
    })
  }

  #compact(): void {
    this.#devices = this.#devices.filter((device) => device !== null)
    this.#holes = 0
  }
}
