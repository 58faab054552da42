/** Reads a scenario file: blocks of commands, `----`, what they did. Names: capital letters are gateways, others are sub-devices. */

import type { Effect } from '../../src/effects/effect.ts'
import type { Turn } from '../../src/effects/turn.ts'
import type { Fact } from '../../src/facts/fact.ts'
import { FactKind } from '../../src/facts/fact.ts'
import { Departure } from '../../src/sessions/session.ts'
import type { StageDevice, StageLink, Told } from './stage.ts'
import { Stage } from './stage.ts'

export interface Block {
  /** Comments and blank lines before the commands, as they stand. */
  readonly before: string
  readonly commands: readonly string[]
  readonly expected: string
}

/** The text of a scenario in blocks; comments begin with `#`. */
export function parse(text: string): Block[] {
  const blocks: Block[] = []
  let before = ''
  let commands: string[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    if (line === '----') {
      const end = lines.indexOf('', at)
      const until = end < 0 ? lines.length : end
      blocks.push({ before, commands, expected: lines.slice(at + 1, until).join('\n') })
      before = ''
      commands = []
      at = until
    } else if (line.startsWith('#') || (line === '' && commands.length === 0)) before += `${line}\n`
    else if (line !== '') commands.push(line)
  }
  if (commands.length > 0) blocks.push({ before, commands, expected: '' })
  return blocks
}

export function print(blocks: readonly Block[], results: readonly string[]): string {
  return blocks
    .map(({ before, commands }, index) => `${before}${commands.join('\n')}\n----\n${results[index] as string}\n`)
    .join('\n')
}

/** Runs the commands of one scenario, block by block. */
export class Interpreter {
  #stage = new Stage()
  #out: string[] = []

  constructor() {
    this.#watch()
  }

  run(block: Block): string {
    this.#out = []
    for (const command of block.commands) {
      if (block.commands.length > 1) this.#out.push(`> ${command}`)
      this.#command(command)
    }
    for (const device of this.#stage.devices.values()) this.#out.push(this.#state(device))
    return this.#out.join('\n')
  }

  #watch(): void {
    this.#stage.onTurn = (turn) => this.#turn(turn)
    this.#stage.onTold = (told) => this.#out.push(`  ${toldText(told)}`)
  }

  #command(command: string): void {
    const [verb, ...words] = command.split(' ') as [string, ...string[]]
    const names = words.filter((word) => !word.includes('='))
    const options = words.filter((word) => word.includes('='))
    const [first, ...rest] = names as [string, ...string[]]
    const stage = this.#stage
    if (verb === 'settings') this.#settings(options)
    else if (verb === 'create') for (const name of names) stage.device(name)
    else if (verb === 'connect') isGateway(first) ? stage.connect(first) : stage.connectDirect(first)
    else if (verb === 'login')
      stage.login(stage.link(first), rest, {
        wrong: options.includes('sign=wrong'),
        persistent: options.includes('cleanSession=false'),
      })
    else if (verb === 'logout') stage.logout(stage.link(first), rest)
    else if (verb === 'publish') this.#publish(first, rest)
    else if (verb === 'close') stage.close(stage.link(first))
    else if (verb === 'disable') stage.force(first, 522)
    else if (verb === 'delete') stage.force(first, 521)
    else if (verb === 'unrelate') stage.force(rest[0] as string, 6401, first)
    else if (verb === 'enable') stage.device(first).state = 'present'
    else if (verb === 'relate') stage.device(rest[0] as string).unrelated.delete(first)
    else if (verb === 'tick') stage.clock.advance(Number(first))
    else if (verb === 'store') this.#store(first, rest[0])
    else throw new Error(`no command ${verb}`)
  }

  #settings(options: readonly string[]): void {
    const [limit, told] = ['subDevicesOnline=', 'topologyRemoved='].map((name) =>
      options.find((it) => it.startsWith(name))?.slice(name.length),
    )
    this.#stage = new Stage({
      ...(limit ? { subDevicesOnline: Number(limit) } : {}),
      topologyRemoved: told === 'off' ? 'off' : 'sent',
    })
    this.#watch()
  }

  #publish(link: string, names: readonly string[]): void {
    for (const name of names)
      if (this.#stage.publish(this.#stage.link(link), name)) this.#out.push(`  accepted for ${name}`)
  }

  /** All that waits, or only so many groups. */
  #store(outcome: string, count: string | undefined): void {
    if (outcome !== 'ok' && outcome !== 'fail') throw new Error(`store ${outcome}?`)
    const most = count === undefined ? this.#stage.groups.length : Number(count)
    for (let i = 0; i < most; i++) {
      const before = this.#stage.groups.length
      if (!this.#stage.decide(outcome)) this.#out.push('  nothing waits')
      if (outcome === 'fail' && before > 0) return
    }
  }

  #turn(turn: Turn): void {
    if (turn.facts.length > 0)
      this.#out.push(`  to store: ${turn.facts.map(factText).join(', ')}${turn.retry ? ' (until it is)' : ''}`)
    const effects = turn.stored.map(effectText).filter((text) => text !== '')
    if (effects.length > 0) this.#out.push(`  once stored: ${effects.join(', ')}`)
  }

  #state(device: StageDevice): string {
    const { slot } = device
    const parts: string[] = []
    if (slot?.holder)
      parts.push(`holder ${linkText(slot.holder.link)} epoch ${slot.holder.epoch}${endText(slot.holder.end)}`)
    for (const entry of slot?.pending ?? []) {
      if (entry instanceof Departure) parts.push(`pending nobody epoch ${entry.epoch}`)
      else parts.push(`pending ${linkText(entry.link)} epoch ${entry.epoch}${endText(entry.end)}`)
    }
    const believers = [...this.#stage.links.values()].filter((link) => link.believes.has(device.deviceName))
    const told = believers.length === 0 ? '' : `; believed by ${believers.map(linkText).join(' and ')}`
    return `${device.deviceName}: ${parts.length === 0 ? 'off line' : parts.join(', ')}${told}`
  }
}

function isGateway(name: string): boolean {
  return name === name.toUpperCase()
}

function linkText(link: object): string {
  const { name, gateway } = link as StageLink
  return gateway === null ? `${name} itself` : name
}

function endText(end: number | null): string {
  return end === null ? '' : ` (to end: ${end})`
}

function toldText({ link, what, code, devices }: Told): string {
  const name = linkText(link)
  if (what === 'close') return `closed: ${name}`
  if (what === 'connack' || what === 'refused') return `${name} <- CONNACK ${code}`
  if (what === 'error') return `${name} <- /ext/error ${code} ${devices.join(' ')}`
  if (what === 'notice') return `${name} <- forced off line ${code} ${devices.join(' ')}`
  return `${name} <- ${what}_reply ${code} ${devices.join(' ')}`
}

function factText(fact: Fact): string {
  const through = fact.gateway === '' ? 'itself' : fact.gateway.slice(fact.gateway.indexOf('/') + 1)
  const what = fact.kind === FactKind.online ? 'online' : `offline ${fact.code}`
  const first = fact.kind === FactKind.online && fact.flags & 1 ? ' (first)' : ''
  return `${what} ${fact.deviceName} by ${through} epoch ${fact.epoch}${first}`
}

function effectText(effect: Effect): string {
  if (effect.kind === 'settle') return `settle ${effect.epoch}`
  if (effect.kind === 'notice') return `notice ${effect.code} to ${linkText(effect.link)}`
  if (effect.kind === 'reply') return `reply ${effect.code} to ${linkText(effect.to.link)}`
  if (effect.kind === 'connack') return `connack to ${linkText(effect.link)}`
  if (effect.kind === 'close') return `close ${linkText(effect.link)} (${effect.reason})`
  if (effect.kind === 'attach' || effect.kind === 'detach') return `${effect.kind} ${linkText(effect.link)}`
  return ''
}
