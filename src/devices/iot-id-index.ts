import type { Device } from './device.ts'

const EMPTY = 0
const GONE = 0xffffffff

/**
 * Finds devices by IotId. A table of numbers with open addressing: eight bytes a device where a Map of strings takes fifty, and
 * nothing for the garbage collector to walk.
 */
export class IotIdIndex {
  #table = new Uint32Array(1024)
  #used = 0
  /** Device of number n stands at n − 1. */
  readonly #devices: (Device | null)[] = []
  readonly #free: number[] = []

  add(device: Device): void {
    if ((this.#used + 1) * 4 > this.#table.length * 3) this.#rebuild()
    const number = this.#free.pop() ?? this.#devices.length + 1
    this.#devices[number - 1] = device
    this.#insert(device.iotId, number)
  }

  get(iotId: string): Device | undefined {
    const at = this.#find(iotId)
    return at < 0 ? undefined : (this.#devices[(this.#table[at] as number) - 1] as Device)
  }

  remove(device: Device): void {
    const at = this.#find(device.iotId)
    if (at < 0) return
    const number = this.#table[at] as number
    if (this.#devices[number - 1] !== device) return
    this.#table[at] = GONE
    this.#devices[number - 1] = null
    this.#free.push(number)
  }

  #find(iotId: string): number {
    const mask = this.#table.length - 1
    for (let at = hash(iotId) & mask; ; at = (at + 1) & mask) {
      const number = this.#table[at] as number
      if (number === EMPTY) return -1
      if (number !== GONE && this.#devices[number - 1]?.iotId === iotId) return at
    }
  }

  #insert(iotId: string, number: number): void {
    const mask = this.#table.length - 1
    let at = hash(iotId) & mask
    while (this.#table[at] !== EMPTY) at = (at + 1) & mask
    this.#table[at] = number
    this.#used++
  }

  /** Makes the table anew, without the marks of what is gone, and at most half full. */
  #rebuild(): void {
    const live = this.#devices.length - this.#free.length
    let size = 1024
    while (size < live * 2 + 2) size *= 2
    this.#table = new Uint32Array(size)
    this.#used = 0
    this.#devices.forEach((device, i) => {
      if (device) this.#insert(device.iotId, i + 1)
    })
  }
}

/** FNV-1a over the characters. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return (value ^ (value >>> 15)) >>> 0
}
