/**
 * Runs the script of a row: steps parted by `;` or line ends, `CLIENTS VERB …`. In all of them `T/` is a prefix of the row's own,
 * `$a` the client id that the client `a` has unless it names another.
 *
 * | step | |
 * |---|---|
 * | `a open` | a TCP connection alone |
 * | `a connect OPTIONS` | CONNECT (encode.ts), let in; with `present` the session is there, with `absent` it is not |
 * | `a > PACKET` | sends it (encode.ts) |
 * | `a < PACKET` | the next that comes is this one (expect.ts) |
 * | `a gets PUBLISH` | the same, and acknowledges it to the end |
 * | `a ~` | nothing has come: the next is the answer to a PINGREQ |
 * | `a x [REASON]` | the server closes; 5.0: after a DISCONNECT, with this reason if it is given |
 * | `a end` | the server closes, without a packet |
 * | `a gone` | the server closes, whatever it says before, even in the form of another version |
 * | `a drop` | the network is lost; the server has noticed |
 * | `a bye [REASON] {…}` | DISCONNECT; the server has noticed |
 * | `a sub FILTER:QOS … {…}` | SUBSCRIBE, granted as asked; retained messages are left to be received |
 * | `a unsub FILTER …` | UNSUBSCRIBE, acknowledged |
 * | `a pub PUBLISH` | publishes, acknowledged to the end |
 * | `a refusesFilter ID` | the server closes, or SUBACK says that the filter failed |
 * | `a,b shares TOPIC PAYLOAD …` | each payload has come to one of them, in order for each, and nothing else |
 * | `a until TOPIC PAYLOAD NOT` | the next with this topic, and none before whose topic begins with NOT |
 * | `a hears TOPIC PAYLOAD …` | these are the next messages, whether an alias stands for the topic or not |
 * | `a cutAfter REASON` | the same as `x`, behind acknowledgements of what was sent |
 * | `a all PACKET & PACKET …` | these come next, in any order; `again` is the same |
 * | `restart` | the server stops and starts again on what it stored |
 * | `advance 5s` | moves the clock |
 */
import type { Packet } from './decode.ts'
import { spell } from './decode.ts'
import type { Version } from './encode.ts'
import { encode } from './encode.ts'
import { matches, resolve } from './expect.ts'
import { Peer } from './peer.ts'

export interface Stage {
  readonly port: () => number
  readonly restart: () => Promise<void>
  readonly advance: (milliseconds: number) => void
}

class Run {
  readonly peers = new Map<string, Peer>()
  /** What broke a law on connections that a client of the same name has left. */
  readonly faults: string[] = []
  readonly #ids = new Map<string, Map<string, number>>()
  readonly #stage: Stage
  readonly #version: Version
  readonly #prefix: string
  #lastId = 9000

  constructor(stage: Stage, version: Version, prefix: string) {
    this.#stage = stage
    this.#version = version
    this.#prefix = prefix
  }

  expand(text: string): string {
    return text
      .replaceAll('DEEP', `T/${'x/'.repeat(198)}x`)
      .replaceAll('T/LONG', () => `T/${'x'.repeat(65_535 - this.#prefix.length - 1)}`)
      .replaceAll('T/', `${this.#prefix}/`)
      .replaceAll(/\$([a-z]\d?)(?![A-Za-z0-9/])/g, (_, name) => `${this.#prefix}${name}`)
  }

  #peer(name: string): Peer {
    const peer = this.peers.get(name)
    if (!peer) throw new Error(`${name} is not connected`)
    return peer
  }

  async step(text: string): Promise<void> {
    if (text.startsWith('advance ')) return this.#advance(text.slice(8))
    if (text === 'restart') return this.#stage.restart()
    const [names = '', verb = '', ...words] = text.split(/\s+/)
    if (verb === 'shares') return this.#shares(names.split(','), words)
    for (const name of names.split(',')) await this.#act(name, verb, words.join(' '))
  }

  #advance(time: string): void {
    this.#stage.advance(Number.parseFloat(time) * (time.endsWith('ms') ? 1 : 1000))
  }

  async #act(name: string, verb: string, rest: string): Promise<void> {
    switch (verb) {
      case 'open':
        return this.#open(name)
      case 'connect':
        return this.#connect(name, rest)
      case '>':
        return this.#send(name, rest)
      case '<':
        await this.#expect(name, rest)
        return
      case 'gets':
        return this.#gets(name, rest)
      case '~':
        return this.#silence(name)
      case 'x':
        return this.#cut(name, rest)
      case 'end':
        return this.#end(name)
      case 'gone':
        return this.#gone(name)
      case 'refusesFilter':
        return this.#refusesFilter(name, rest)
      case 'all':
      case 'again':
        return this.#all(name, rest.split('&'))
      case 'hears':
        return this.#hears(name, rest.split(' '))
      case 'cutAfter':
        await this.#peer(name).first(
          (it) => it.name === 'disconnect' && it.reason === Number(rest),
          `disconnect ${rest}`,
        )
        return
      case 'until':
        return this.#untilTopic(name, rest.split(' '))
      case 'drop':
        return this.#peer(name).drop()
      case 'bye':
        this.#send(name, `disconnect ${rest}`)
        return this.#peer(name).drop()
      case 'sub':
        return this.#sub(name, rest)
      case 'unsub':
        return this.#request(name, `unsubscribe ${++this.#lastId} ${rest}`, 'unsuback')
      case 'pub':
        return this.#pub(name, rest)
      default:
        throw new Error(`no step is named ${verb}`)
    }
  }

  async #open(name: string): Promise<void> {
    const before = this.peers.get(name)
    before?.destroy()
    this.faults.push(...(before?.faults ?? []))
    this.peers.set(name, await Peer.open(this.#stage.port(), this.#version))
  }

  async #connect(name: string, rest: string): Promise<void> {
    await this.#open(name)
    const present = /\bpresent\b/.test(rest)
    const absent = /\babsent\b/.test(rest)
    const options = rest.replace(/\b(?:present|absent)\b/, '')
    const id = /\bid=/.test(options) ? '' : `id=${this.#prefix}${name}`
    this.#send(name, `connect ${id} ${options}`)
    const packet = await this.#next(name, 'connack 0')
    if (packet.name !== 'connack' || packet.reason !== 0) throw new Error(`connack 0 expected, ${spell(packet)} came`)
    // 3.1 does not say it.
    if (this.#version === 3) return
    if ((present && !packet.present) || (absent && packet.present))
      throw new Error(`a session that is ${present ? 'present' : 'absent'} expected, ${spell(packet)} came`)
  }

  #send(name: string, spelled: string): void {
    const peer = this.#peer(name)
    const text = spelled.replace(/^(\w+ )(@\S+)/, (_, verb, id) => `${verb}${resolve(id, this.#idsOf(name))}`)
    peer.seen.sent(text)
    peer.send(encode(text, this.#version))
  }

  #idsOf(name: string): Map<string, number> {
    const ids = this.#ids.get(name) ?? new Map<string, number>()
    this.#ids.set(name, ids)
    return ids
  }

  async #next(name: string, wanted: string): Promise<Packet> {
    const packet = await this.#peer(name).next(wanted)
    if (packet === null) throw new Error(`${wanted} expected, the connection ended`)
    return packet
  }

  async #expect(name: string, pattern: string): Promise<Packet> {
    const packet = await this.#next(name, pattern)
    if (!matches(pattern, packet, this.#version, this.#idsOf(name)))
      throw new Error(`${pattern} expected, ${spell(packet)} came; then ${this.#peer(name).state}`)
    if (packet.name === 'publish' && packet.id > 0) this.#idsOf(name).set(packet.payload, packet.id)
    return packet
  }

  async #gets(name: string, pattern: string): Promise<void> {
    const packet = await this.#expect(name, `publish ${pattern}`)
    const qos = (packet.flags >> 1) & 3
    if (qos === 1) this.#send(name, `puback ${packet.id}`)
    if (qos !== 2) return
    this.#send(name, `pubrec ${packet.id}`)
    await this.#answer(name, 'pubrel', packet.id)
    this.#send(name, `pubcomp ${packet.id}`)
  }

  async #answer(name: string, kind: Packet['name'], id: number): Promise<Packet> {
    const what = `${kind} ${id}`
    const packet = await this.#peer(name).first((it) => it.name === kind && it.id === id, what)
    if (packet === null) throw new Error(`${what} expected, the connection ended`)
    if (packet.reason >= 0x80) throw new Error(`${what} expected, ${spell(packet)} came`)
    return packet
  }

  async #silence(name: string): Promise<void> {
    this.#send(name, 'pingreq')
    const packet = await this.#next(name, 'pingresp')
    if (packet.name !== 'pingresp') throw new Error(`nothing expected, ${spell(packet)} came`)
  }

  async #cut(name: string, reason: string): Promise<void> {
    const peer = this.#peer(name)
    const packet = await peer.next('the end of the connection')
    if (this.#version === 5 && reason !== '' && packet?.name !== 'disconnect')
      throw new Error(`disconnect ${reason} expected, ${packet === null ? 'the end' : spell(packet)} came`)
    if (packet === null) return
    const refusal = packet.name === 'connack' ? packet.reason > 0 : packet.name === 'disconnect'
    if (!refusal || (reason !== '' && packet.reason !== Number(reason)))
      throw new Error(`the end of the connection ${reason} expected, ${spell(packet)} came`)
    await this.#end(name)
  }

  async #end(name: string): Promise<void> {
    const packet = await this.#peer(name).next('the end of the connection')
    if (packet !== null) throw new Error(`the end of the connection expected, ${spell(packet)} came`)
  }

  async #gone(name: string): Promise<void> {
    const peer = this.#peer(name)
    while ((await peer.next('the end of the connection')) !== null);
    peer.faults.length = 0
  }

  async #refusesFilter(name: string, id: string): Promise<void> {
    const packet = await this.#peer(name).next('the end of the connection, or a failure')
    if (packet === null || matches(`suback ${id} fail`, packet, this.#version, this.#idsOf(name))) return
    if (packet.name !== 'disconnect') throw new Error(`a failure expected, ${spell(packet)} came`)
    await this.#end(name)
  }

  async #shares(names: readonly string[], [topic = '', ...payloads]: readonly string[]): Promise<void> {
    const came: string[] = []
    for (const name of names) {
      this.#send(name, 'pingreq')
      let last = ''
      for (
        let it = await this.#next(name, 'pingresp');
        it.name !== 'pingresp';
        it = await this.#next(name, 'pingresp')
      ) {
        if (it.topic !== topic || it.payload < last) throw new Error(`${payloads.join()} expected, ${spell(it)} came`)
        last = it.payload
        came.push(last)
      }
    }
    if (came.sort().join() !== payloads.join()) throw new Error(`${payloads.join()} expected, ${came.join()} came`)
  }

  async #all(name: string, patterns: readonly string[]): Promise<void> {
    const left = [...patterns]
    while (left.length > 0) {
      const packet = await this.#next(name, left.join(' or '))
      const at = left.findIndex((it) => matches(it, packet, this.#version, this.#idsOf(name)))
      if (at < 0) throw new Error(`${left.join(' or ')} expected, ${spell(packet)} came`)
      left.splice(at, 1)
    }
  }

  async #hears(name: string, wanted: readonly string[]): Promise<void> {
    for (let i = 0; i < wanted.length; i += 2) {
      const packet = await this.#next(name, `publish ${wanted[i]} ${wanted[i + 1]}`)
      const topic = this.#peer(name).seen.topicOf(packet)
      if (topic !== wanted[i] || packet.payload !== wanted[i + 1])
        throw new Error(`${wanted[i]} ${wanted[i + 1]} expected, ${topic}: ${spell(packet)} came`)
    }
  }

  async #untilTopic(name: string, [topic, payload, not = '']: readonly string[]): Promise<void> {
    for (;;) {
      const packet = await this.#next(name, `publish ${topic}`)
      if (packet.topic.startsWith(not)) throw new Error(`${topic} expected, ${spell(packet)} came`)
      if (packet.topic === topic && packet.payload === payload) return
    }
  }

  async #sub(name: string, rest: string): Promise<void> {
    const id = ++this.#lastId
    this.#send(name, `subscribe ${id} ${rest}`)
    const { codes } = await this.#answer(name, 'suback', id)
    const asked = [...rest.replaceAll(/\{.*\}/g, '').matchAll(/:(\d)\S*/g)].map(([, qos]) => Number(qos))
    if (codes.join() !== asked.join()) throw new Error(`QoS ${asked} asked, ${codes} granted`)
  }

  async #request(name: string, spelled: string, answer: Packet['name']): Promise<void> {
    this.#send(name, spelled)
    await this.#answer(name, answer, this.#lastId)
  }

  async #pub(name: string, rest: string): Promise<void> {
    const qos = Number(/ q([12])/.exec(rest)?.[1] ?? 0)
    if (qos === 0) {
      this.#send(name, `publish ${rest}`)
      this.#send(name, 'pingreq')
      await this.#peer(name).first((it) => it.name === 'pingresp', 'pingresp')
      return
    }
    const id = ++this.#lastId
    const spelled = rest.replace(/ q[12]/, `$& #${id}`)
    await this.#request(name, `publish ${spelled}`, qos === 1 ? 'puback' : 'pubrec')
    if (qos === 2) await this.#request(name, `pubrel ${id}`, 'pubcomp')
  }
}

/** Fails with the step that did, or with a law that any packet broke. */
export async function runScript(script: string, version: Version, prefix: string, stage: Stage): Promise<void> {
  const run = new Run(stage, version, prefix)
  const steps = script.split(/[;\n]/).map((it) => it.trim())
  try {
    for (const [index, step] of steps.entries()) {
      if (step === '') continue
      try {
        await run.step(run.expand(step))
      } catch (error) {
        throw new Error(`step ${index + 1}, ${step}: ${(error as Error).message}`)
      }
    }
    const faults = [
      ...run.faults,
      ...[...run.peers].flatMap(([name, peer]) => peer.faults.map((it) => `${name}: ${it}`)),
    ]
    if (faults.length > 0) throw new Error(faults.join('\n'))
  } finally {
    for (const peer of run.peers.values()) peer.destroy()
  }
}
