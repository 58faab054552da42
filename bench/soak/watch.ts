/** An application that sees what all devices post: none of QoS 1 may be missing, of no device. */
import { AppClient } from '../../test/faults/app-client.ts'
import type { Tally } from './tally.ts'
import { Sequence } from './tally.ts'

const FILTER = '/sys/benchDirect/+/thing/event/property/post'

export class Watch {
  readonly #client: AppClient
  readonly #posts = new Map<string, Sequence>()

  constructor(tally: Tally, fault: (text: string) => void) {
    const arrived = ({ topic, text }: { topic: string; text: string }) => {
      const number = Number(/"id":"(\d+)"/.exec(text)?.[1])
      if (number === 0) return
      let sequence = this.#posts.get(topic)
      if (!sequence) {
        sequence = new Sequence()
        this.#posts.set(topic, sequence)
      }
      const skipped = sequence.take(number)
      if (skipped < 0) return
      tally.watched++
      if (skipped === 0) return
      tally.lost += skipped
      fault(`${topic}: ${skipped} posts missing before ${number}`)
    }
    this.#client = new AppClient({ version: 5, clientId: 'soak-watch', arrived })
  }

  async connect(port: number): Promise<void> {
    await this.#client.connect(port)
    await this.#client.subscribe(FILTER, 1)
  }

  async move(port: number): Promise<void> {
    this.#client.cut()
    await this.#client.connect(port)
  }
}
