import type { Secrets } from '../auth/secrets.ts'
import type { Clock } from '../clock/clock.ts'
import type { Settings } from '../config/settings.ts'
import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { AlinkIds } from '../downlink/ids.ts'
import type { PendingDownlinks } from '../downlink/pending.ts'
import type { LinkRef, ReplyTo } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import type { Sessions } from '../sessions/machine.ts'
import type { LoginWindows } from '../sessions/windows.ts'
import type { RegistryChange } from '../store/records/rows.ts'
import type { Relations } from '../topology/relations.ts'
import type { Envelope } from './envelope.ts'

/** What a refusal or a drop leaves in the log and the metrics: who, through whom, which check, why. */
export interface Refusal {
  readonly scenario: string
  readonly code: number
  readonly check: string
  readonly why: string
  /** `productKey/deviceName` of who failed, or what could be read of it. */
  readonly device: string
  /** `productKey/deviceName` of the gateway it came through, `''` if none. */
  readonly gateway: string
  readonly link: LinkRef | null
  readonly topic: string
  /** The setting whose limit a CONNECT was refused for. */
  readonly limit?: string
}

export interface Report {
  refusal(refusal: Refusal): void
}

/** All that a handler may look at; nothing of it waits for the disk. */
export interface World {
  readonly clock: Clock
  readonly settings: Settings
  readonly directory: Directory
  readonly relations: Relations
  readonly sessions: Sessions
  readonly windows: LoginWindows
  readonly secrets: Secrets
  readonly ids: AlinkIds
  /** Requests that wait for an answer of a device: its payload. */
  readonly pending: PendingDownlinks<Buffer>
  readonly report: Report
}

/** A message on a topic of the Alink protocol, parsed. It is also where its answer goes. */
export class Request implements ReplyTo {
  readonly link: LinkRef
  readonly owner: Device
  readonly topic: string
  readonly form: 'ext' | 'sys'
  readonly method: string
  readonly id: string
  readonly wanted: boolean
  readonly #envelope: Envelope | null
  /** As it came; valid during the handler only. */
  readonly payload: Buffer
  /** The `{…}` levels of the row's topic, such as the event's identifier. */
  readonly parts: readonly string[]
  readonly now: number
  /** The topic that it came on. */
  readonly requestTopic: string
  errorData: string

  constructor(
    link: LinkRef,
    owner: Device,
    topic: string,
    form: 'ext' | 'sys',
    method: string,
    id: string,
    wanted: boolean,
    envelope: Envelope | null,
    payload: Buffer,
    parts: readonly string[],
    now: number,
    requestTopic: string,
    errorData: string,
  ) {
    this.link = link
    this.owner = owner
    this.topic = topic
    this.form = form
    this.method = method
    this.id = id
    this.wanted = wanted
    this.#envelope = envelope
    this.payload = payload
    this.parts = parts
    this.now = now
    this.requestTopic = requestTopic
    this.errorData = errorData
  }

  /** To be asked for within the handler, since the payload goes then; what it gave stays. */
  get params(): unknown {
    return this.#envelope?.params
  }

  /** `params` is an object, no array; asking parses nothing. */
  get hasMembers(): boolean {
    return this.#envelope?.hasMembers ?? false
  }
}

/** A change of the registry that a step decided on: stored first, then put into memory, then `stored` tells whoever must know. */
export interface Plan {
  readonly changes: readonly RegistryChange[]
  stored(turn: Turn): void
}

/** One topic of the protocol that devices publish to. */
export interface AlinkRow {
  /** Behind `/sys/{pk}/{dn}/` (form sys) or `/ext/session/{pk}/{dn}/` (form ext); a level `{x}` takes any one level. */
  readonly path: string
  readonly form: 'ext' | 'sys'
  /** Session, topology and registration are for devices of a gateway product alone; others get 460 (errors.md, Not a gateway). */
  readonly who: 'gateway' | 'any'
  /**
   * `data` of an error where nothing more exact is known: an array where clients lose the reply otherwise (errors.md, data).
   * `null`: the message is never answered.
   */
  readonly errorData: '{}' | '[]' | null
  /** `sys.ack` 0 suppresses the reply (thing-model.md §1.1). */
  readonly ackable: boolean
  /** Exempt from the rates of publishing (direct.md §5). */
  readonly exempt: boolean
  /** May return a Plan: runs when the registry is free, while later packets of the link wait. */
  readonly registry: boolean
  readonly handle: (request: Request, turn: Turn, world: World) => Plan | undefined
}
