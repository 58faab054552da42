/**
 * Applications in a ring: each has a persistent session with a filter of its own, and sends numbered messages of QoS 0, 1 and 2 to the
 * next. So each knows what must come, and from whom.
 */
import { AppClient } from '../../test/faults/app-client.ts'
import type { Chance } from '../../test/fuzz/chance.ts'
import type { Tally } from './tally.ts'
import { Sequence } from './tally.ts'

const VERSIONS = [3, 4, 5] as const
/** Messages of QoS 1 and 2 of one application that are under way, at most. */
const WINDOW = 8
/** Latencies kept between two reports, at most. */
const SAMPLES = 2000

class App {
  readonly client: AppClient
  readonly topic: string
  /** Last number sent to the next one, by QoS. */
  readonly sent: [number, number, number] = [0, 0, 0]
  readonly got = [new Sequence(), new Sequence(), new Sequence()] as const
  /** A reconnect is under way. */
  moving = false

  constructor(ring: Ring, worker: number, index: number) {
    this.topic = `soak/${worker}/${index}`
    this.client = new AppClient({
      version: VERSIONS[index % 3] as 3 | 4 | 5,
      clientId: `soak-${worker}-${index}`,
      arrived: ({ text }) => ring.arrived(this, text),
    })
  }
}

export class Ring {
  readonly latencies: number[] = []
  readonly #apps: App[]
  readonly #tally: Tally
  readonly #chance: Chance
  readonly #fault: (text: string) => void
  readonly #worker: number

  constructor(worker: number, count: number, tally: Tally, chance: Chance, fault: (text: string) => void) {
    this.#worker = worker
    this.#tally = tally
    this.#chance = chance
    this.#fault = fault
    this.#apps = Array.from({ length: count }, (_, index) => new App(this, worker, index))
  }

  get connections(): number {
    return this.#apps.filter(({ client }) => client.connected).length
  }

  /** Connects them, a few at once. */
  async connect(port: number, atOnce: number): Promise<void> {
    const left = [...this.#apps]
    const one = async () => {
      for (let app = left.pop(); app; app = left.pop()) {
        await app.client.connect(port)
        await app.client.subscribe(app.topic, 2)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
  }

  /** A message from any of them to the next. */
  send(): void {
    const at = this.#chance.below(this.#apps.length)
    const app = this.#apps[at] as App
    const next = this.#apps[(at + 1) % this.#apps.length] as App
    if (!app.client.connected || app.moving || app.client.outgoing.size >= WINDOW) return
    const qos = this.#chance.pick([0, 1, 1, 2] as const)
    const text = `${qos} ${++app.sent[qos]} ${performance.now().toFixed(2)} ${'x'.repeat(this.#chance.below(200))}`
    this.#tally.sent[qos]++
    if (qos === 0) app.client.send(next.topic, text)
    else app.client.publish(next.topic, text, qos, false)
    if (this.#chance.oneIn(40)) app.client.publish(`soak/retained/${this.#worker}/${at}`, text, 1, true)
  }

  arrived(app: App, text: string): void {
    const [qosText = '', number = '', time = ''] = text.split(' ', 3)
    const qos = Number(qosText) as 0 | 1 | 2
    const skipped = (app.got[qos] as Sequence).take(Number(number))
    const tally = this.#tally
    if (skipped < 0) {
      if (qos === 1) tally.again++
      else if (qos === 2) {
        tally.twice++
        this.#fault(`${app.topic}: QoS 2 message ${number} came twice`)
      }
      return
    }
    tally.arrived[qos]++
    if (this.latencies.length < SAMPLES) this.latencies.push(performance.now() - Number(time))
    if (skipped === 0 || qos === 0) return
    tally.lost += skipped
    this.#fault(`${app.topic}: ${skipped} of QoS ${qos} missing before ${number}`)
  }

  /** One of them loses its connection, or leaves, or comes a second time while the first stands; then it goes on. */
  async move(port: number): Promise<void> {
    const app = this.#chance.pick(this.#apps)
    if (app.moving || !app.client.connected) return
    app.moving = true
    const how = this.#chance.pick(['cut', 'leave', 'take-over'] as const)
    if (how === 'take-over') this.#tally.takeOvers++
    else this.#tally.reconnects++
    if (how === 'cut') app.client.cut()
    else if (how === 'leave') await app.client.leave()
    await app.client.connect(port)
    if (app.client.options.version !== 3 && !app.client.present) this.#fault(`${app.topic}: its session was gone`)
    app.moving = false
  }

  /** Nothing is under way, and all that was sent has come. */
  get settled(): boolean {
    return this.#apps.every(
      ({ client, sent }, at) =>
        client.outgoing.size === 0 && ([1, 2] as const).every((qos) => this.#next(at).got[qos].last === sent[qos]),
    )
  }

  #next(at: number): App {
    return this.#apps[(at + 1) % this.#apps.length] as App
  }

  /** What has not come when it should have. */
  missing(): void {
    for (const [at, { client, sent }] of this.#apps.entries()) {
      if (client.outgoing.size > 0) this.#fault(`${client.options.clientId}: ${client.outgoing.size} not acknowledged`)
      for (const qos of [1, 2] as const) {
        const left = sent[qos] - this.#next(at).got[qos].last
        this.#tally.lost += left
        if (left > 0) this.#fault(`${this.#next(at).topic}: the last ${left} of QoS ${qos} did not come`)
      }
    }
  }

  /** What the clients themselves found wrong; connections that ended unasked. */
  check(): void {
    for (const { client, moving } of this.#apps) {
      if (client.fault !== null) this.#fault(`${client.options.clientId}: ${client.fault}`)
      client.fault = null
      if (!moving && !client.connected) this.#fault(`${client.options.clientId}: its connection ended`)
    }
  }
}
