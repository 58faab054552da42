/** Requests of the platform that are on their way to a device: who waits, how long, and what became of them. */
import type { Clock, Timer } from '../clock/clock.ts'
import type { DeviceRef, Waiter } from '../effects/effect.ts'

export type DownlinkFailure =
  /** No answer within the deadline. */
  | 'time-out'
  /** The device's session ended before it answered. */
  | 'session-lost'
  /** The request never was sent: its group failed, or the caller gave up. */
  | 'cancelled'

/** What a waiter is rejected with. */
export class DownlinkError extends Error {
  readonly failure: DownlinkFailure

  constructor(failure: DownlinkFailure) {
    super(`no answer to the request: ${failure}`)
    this.failure = failure
  }
}

export interface DownlinkRequest<T> {
  /** From `AlinkIds` or `MessageIds`; unique among the requests of the device. */
  readonly id: string
  readonly device: DeviceRef
  /** Milliseconds from now. */
  readonly deadline: number
  /** Resolved with the answer, rejected with a {@link DownlinkError}; `null`: nobody waits, the answer is only matched. */
  readonly waiter: Waiter<T> | null
  /** It waits in a queue while the device is off line: the loss of the session does not close it. */
  readonly queued?: boolean
}

/**
 * - `answered`: it was open, and is closed now.
 * - `late`: it was closed by time-out or loss of the session a while ago.
 * - `unknown`: no such request of this device, or one that is answered already.
 */
export type AnswerVerdict = 'answered' | 'late' | 'unknown'

interface Open<T> {
  readonly request: DownlinkRequest<T>
  readonly timer: Timer
}

/** Requests that are open at one time, all devices together; beyond, `open` returns false. */
export const MAX_OPEN = 100_000
/** Closed without an answer and remembered, so that an answer that comes late is told from one that nobody asked for; the oldest is forgotten. */
export const MAX_CLOSED = 10_000

export class PendingDownlinks<T = unknown> {
  readonly #clock: Clock
  readonly #limit: number
  readonly #open = new Map<string, Open<T>>()
  readonly #byDevice = new Map<string, Set<string>>()
  readonly #closed = new Set<string>()

  constructor(options: { readonly clock: Clock; readonly limit?: number }) {
    this.#clock = options.clock
    this.#limit = options.limit ?? MAX_OPEN
  }

  get size(): number {
    return this.#open.size
  }

  /** @returns false if too many are open, or the device has one of this id: then nothing was done, and the waiter is the caller's. */
  open(request: DownlinkRequest<T>): boolean {
    const device = nameOf(request.device)
    const key = `${device}/${request.id}`
    if (this.#open.size >= this.#limit || this.#open.has(key)) return false
    const timer = this.#clock.after(request.deadline, () => this.#fail(key, 'time-out'))
    this.#open.set(key, { request, timer })
    const ids = this.#byDevice.get(device)
    if (ids === undefined) this.#byDevice.set(device, new Set([key]))
    else ids.add(key)
    return true
  }

  /** The device answered; only an answer in the name of the device that was asked counts. */
  answer(device: DeviceRef, id: string, value: T): AnswerVerdict {
    const key = `${nameOf(device)}/${id}`
    const open = this.#take(key)
    if (open !== null) {
      open.request.waiter?.resolve(value)
      return 'answered'
    }
    return this.#closed.delete(key) ? 'late' : 'unknown'
  }

  /** The request will not be sent, or nobody wants its answer any more. */
  cancel(device: DeviceRef, id: string): boolean {
    return this.#fail(`${nameOf(device)}/${id}`, 'cancelled')
  }

  /** The device's session ended: nobody will answer. @returns how many were closed. */
  lost(device: DeviceRef): number {
    const keys = this.#byDevice.get(nameOf(device))
    if (keys === undefined) return 0
    let count = 0
    for (const key of [...keys]) {
      if (this.#open.get(key)?.request.queued === true) continue
      if (this.#fail(key, 'session-lost')) count++
    }
    return count
  }

  /** Before anybody is told: whom the waiter calls may open the next. */
  #take(key: string): Open<T> | null {
    const open = this.#open.get(key)
    if (open === undefined) return null
    open.timer.cancel()
    this.#open.delete(key)
    const device = nameOf(open.request.device)
    const keys = this.#byDevice.get(device)
    if (keys?.delete(key) && keys.size === 0) this.#byDevice.delete(device)
    return open
  }

  #fail(key: string, failure: DownlinkFailure): boolean {
    const open = this.#take(key)
    if (open === null) return false
    this.#closed.add(key)
    if (this.#closed.size > MAX_CLOSED) this.#closed.delete(this.#closed.values().next().value as string)
    open.request.waiter?.reject(new DownlinkError(failure))
    return true
  }
}

function nameOf(device: DeviceRef): string {
  return `${device.productKey}/${device.deviceName}`
}
