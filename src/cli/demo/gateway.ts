/** A gateway on the demo's stage: its firmware, and what it heard, asked for by what it says. */
import type { Clock } from '../../clock/clock.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import type { Ear, Firmware, Message } from './firmware.ts'

/** Milliseconds that a message may take; on a quiet machine they take a few. */
const PATIENCE = 8000

/** A question between the scenes, which shows that all before it was answered: no part of the story. */
export const isAside = ({ topic }: Message) => /\/thing\/topo\/get(?:_reply)?$/.test(topic)

interface Waiter {
  readonly wanted: (message: Message) => boolean
  readonly resolve: (message: Message) => void
}

export class Gateway implements DeviceRef, Ear {
  readonly productKey: string
  readonly deviceName: string
  /** Sub-devices that it logged in, by `productKey/deviceName`; they may be off line by now. */
  readonly loggedIn = new Map<string, DeviceRef>()
  readonly #clock: Clock
  readonly #told: Ear
  #firmware: Firmware | null = null
  /** What came and was not asked for yet. */
  #kept: Message[] = []
  #waiters: Waiter[] = []
  /** What it sent last. */
  lastSent: Message | null = null

  /** `told` is told of every message, before anyone who waits for it. */
  constructor({ productKey, deviceName }: DeviceRef, clock: Clock, told: Ear) {
    this.productKey = productKey
    this.deviceName = deviceName
    this.#clock = clock
    this.#told = told
  }

  runs(firmware: Firmware): void {
    this.#firmware = firmware
  }

  async close(): Promise<void> {
    await this.#firmware?.close()
  }

  get firmware(): Firmware {
    if (this.#firmware === null) throw new Error(`${this.deviceName} is not connected`)
    return this.#firmware
  }

  /** `productKey/deviceName`, as topics have it. */
  get name(): string {
    return `${this.productKey}/${this.deviceName}`
  }

  sent(message: Message): void {
    if (!isAside(message)) this.lastSent = message
    this.#told.sent(message)
  }

  heard(message: Message): void {
    this.#told.heard(message)
    if (message.topic.endsWith('/combine/login_reply') && codeOf(message) === 200) this.#note(message)
    const at = this.#waiters.findIndex(({ wanted }) => wanted(message))
    if (at >= 0) this.#waiters.splice(at, 1)[0]?.resolve(message)
    else this.#kept.push(message)
  }

  /** The first message that is wanted, of those that came and those that will. Rejects if none comes. */
  next(what: string, wanted: (message: Message) => boolean): Promise<Message> {
    const at = this.#kept.findIndex(wanted)
    if (at >= 0) return Promise.resolve(this.#kept.splice(at, 1)[0] as Message)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        wanted,
        resolve: (message) => {
          timer.cancel()
          resolve(message)
        },
      }
      const timer = this.#clock.after(PATIENCE, () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        reject(new Error(`${this.deviceName} was not told ${what}`))
      })
      this.#waiters.push(waiter)
    })
  }

  /** The next message on one of its own topics, such as `combine/login_reply`. */
  reply(path: string): Promise<Message> {
    const end = `/${this.name}/${path}`
    return this.next(`anything on ${path}`, ({ topic }) => topic.endsWith(end))
  }

  /** Forgets what it heard and nobody asked for. */
  forget(): void {
    this.#kept = []
  }

  #note(message: Message): void {
    const { productKey, deviceName } = (JSON.parse(message.text) as { data: DeviceRef }).data
    this.loggedIn.set(`${productKey}/${deviceName}`, { productKey, deviceName })
  }
}

export function codeOf({ text }: Message): unknown {
  try {
    return (JSON.parse(text) as { code?: unknown }).code
  } catch {
    return undefined
  }
}
