/** The processes that hold the connections. */
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Tally } from './tally.ts'
import { emptyTally, sum } from './tally.ts'
import type { Order, Report } from './worker-message.ts'

const program = fileURLToPath(new URL('worker.ts', import.meta.url))
const children = new Set<ChildProcess>()

export function killWorkers(): void {
  for (const child of children) child.kill('SIGKILL')
}

export interface Told {
  readonly tally: Tally
  readonly faults: readonly string[]
  /** Sorted. */
  readonly latencies: readonly number[]
}

export interface Shares {
  readonly ports: { readonly mqtt: number; readonly app: number }
  readonly apps: number
  readonly devices: number
  readonly gateways: number
  readonly subDevices: number
  readonly rate: number
  readonly posts: number
}

class Worker {
  readonly #child: ChildProcess
  #waiting: ((report: Report) => boolean) | null = null
  told: Extract<Report, { kind: 'tally' }> = { kind: 'tally', tally: emptyTally(), faults: [], latencies: [] }

  constructor() {
    this.#child = fork(program, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.add(this.#child)
    this.#child.on('message', (report: Report) => {
      if (report.kind === 'tally') this.told = report
      if (this.#waiting?.(report)) this.#waiting = null
    })
    this.#child.once('exit', (code, signal) => {
      children.delete(this.#child)
      if (this.#waiting) throw new Error(`a worker ended with ${signal ?? code}`)
    })
  }

  order(order: Order, answer: Report['kind']): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = ({ kind }) => {
        if (kind !== answer) return false
        resolve()
        return true
      }
      this.#child.send(order)
    })
  }

  end(): void {
    this.#child.disconnect()
  }
}

export class Workers {
  readonly #workers: readonly Worker[]

  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () => new Worker())
  }

  /** Resolves when all connections stand. */
  async begin({ ports, apps, devices, gateways, subDevices, rate, posts }: Shares): Promise<void> {
    const count = this.#workers.length
    const part = (whole: number, worker: number): [number, number] => {
      const from = Math.floor((whole * worker) / count)
      return [from, Math.floor((whole * (worker + 1)) / count) - from]
    }
    await Promise.all(
      this.#workers.map((one, worker) =>
        one.order(
          {
            kind: 'begin',
            ports,
            worker,
            apps: part(apps, worker)[1],
            devices: part(devices, worker),
            gateways: part(gateways, worker),
            subDevices,
            rate: rate / count,
            posts: posts / count,
          },
          'ready',
        ),
      ),
    )
  }

  async tell(): Promise<Told> {
    await Promise.all(this.#workers.map((one) => one.order({ kind: 'tell' }, 'tally')))
    return this.#together()
  }

  /** Waits until nothing is under way. */
  async finish(): Promise<Told> {
    await Promise.all(this.#workers.map((one) => one.order({ kind: 'finish' }, 'done')))
    return this.#together()
  }

  #together(): Told {
    const told = this.#workers.map((one) => one.told)
    return {
      tally: sum(told.map(({ tally }) => tally)),
      faults: told.flatMap(({ faults }) => faults),
      latencies: told.flatMap(({ latencies }) => latencies).sort((a, b) => a - b),
    }
  }

  end(): void {
    for (const one of this.#workers) one.end()
  }
}
