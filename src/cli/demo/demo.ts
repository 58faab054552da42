/** The demo: every error a gateway can meet, brought about on a temporary server and explained. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorRows } from '../../codes/alink.ts'
import { loadSettings } from '../../config/load.ts'
import { silentLog } from '../../log/log.ts'
import { Metrics } from '../../metrics/metrics.ts'
import { letters } from '../../random/random.ts'
import { Call } from '../command.ts'
import { ExitCode } from '../failure.ts'
import type { CliHost, RunningServer } from '../host.ts'
import { HttpBackend } from '../http-backend.ts'
import type { OpenFirmware } from './firmware.ts'
import { hasColours, WIDTH } from './layout.ts'
import { openOwnFirmware } from './own-firmware.ts'
import type { Scene } from './scenes.ts'
import { ONLINE_LIMIT, scenes } from './scenes.ts'
import { Stage } from './stage.ts'
import { Transcript } from './transcript.ts'

/** A clean-up that takes longer is cut off, milliseconds. */
const CLEAN_WITHIN = 4500

export interface DemoOptions {
  readonly json: boolean
  /** What runs on the gateways. */
  readonly north: OpenFirmware
  readonly south: OpenFirmware
  /** Lines that say where a reader can go from here. */
  readonly next: readonly string[]
}

/** `homeport demo`. */
export function demo(host: CliHost, json: boolean): Promise<ExitCode> {
  const own: OpenFirmware = (gateway, port, ear) => openOwnFirmware(gateway, port, ear, host.clock)
  const next = [`${host.program} serve starts a server of your own; it says what to try first.`]
  return perform(host, { json, north: own, south: own, next })
}

/** Plays the demo. A signal ends it early; the server, the connections and the files are gone in any case. */
export async function perform(host: CliHost, options: DemoOptions): Promise<ExitCode> {
  const data = mkdtempSync(join(tmpdir(), 'homeport-demo-'))
  const remove = () => rmSync(data, { recursive: true, force: true })
  const transcript = new Transcript(host.stdout, {
    clock: host.clock,
    colours: hasColours(host.stdout, host.variables),
    quiet: options.json,
  })
  const play = new Play(host, options, data, transcript)
  const interrupted = new Promise<ExitCode>((resolve) => {
    host.onSignal(() => {
      play.cut = true
      transcript.mute()
      host.clock.after(CLEAN_WITHIN, () => {
        remove()
        host.exit(ExitCode.failed)
      })
      resolve(ExitCode.failed)
    })
  })
  try {
    const played = play.run()
    // An interrupted play fails where it stands, which is nobody's concern.
    played.catch(() => {})
    return await Promise.race([played, interrupted])
  } finally {
    await play.end()
    remove()
    if (play.cut) host.stderr.write('The demo was interrupted; its server and its files are gone.\n')
  }
}

/** One run of the demo on one server. */
class Play {
  readonly #host: CliHost
  readonly #options: DemoOptions
  readonly #data: string
  readonly #transcript: Transcript
  #server: Promise<RunningServer> | null = null
  #stage: Stage | null = null
  /** Whether a signal ended it. */
  cut = false
  #over = false

  constructor(host: CliHost, options: DemoOptions, data: string, transcript: Transcript) {
    this.#host = host
    this.#options = options
    this.#data = data
    this.#transcript = transcript
  }

  async run(): Promise<ExitCode> {
    const { north, south, json, next } = this.#options
    const { stdout, clock } = this.#host
    const stage = await this.#open()
    const { mqtt = 0, http = 0 } = (await this.#server)?.ports ?? {}
    await stage.products()
    await stage.gateway('north', mqtt, north)
    await stage.gateway('south', mqtt, south)
    introduce(stage, this.#host.version, mqtt, http)
    const began = clock.mono()
    for (const scene of scenes) if (this.#over || !(await playScene(stage, scene, this.#data))) break
    const alive = stage.gateways.filter((gateway) => gateway.firmware.unbroken()).length
    const missing = this.#transcript.tally()
    conclude(stage, alive, (clock.mono() - began) / 1000, next)
    if (json) {
      const gateways = { opened: stage.gateways.length, alive }
      stdout.write(`${JSON.stringify({ rows: [...this.#transcript.shown.values()], missing, gateways }, null, 2)}\n`)
    }
    return missing.length === 0 && alive === stage.gateways.length ? ExitCode.ok : ExitCode.failed
  }

  /** Closes what was opened; it may be called at any time. */
  async end(): Promise<void> {
    this.#over = true
    await this.#stage?.close().catch(() => {})
    await (await this.#server?.catch(() => null))?.stop()
  }

  async #open(): Promise<Stage> {
    const { clock, random, version, startServer, fetch } = this.#host
    const token = letters(random, 40)
    const flags = ['--data', this.#data, '--mqtt-port', '0', '--http-port', '0']
    this.#server = startServer({
      loaded: loadSettings({ flags: [...flags, '--limits-sub-devices-online', String(ONLINE_LIMIT)] }),
      log: silentLog,
      metrics: new Metrics({ process: false }),
      clock,
      random,
      token,
      version,
      locked: () => {},
    })
    const { ports } = await this.#server
    const backend = new HttpBackend(`http://127.0.0.1:${ports.http}`, { kind: 'token', token }, fetch)
    this.#stage = new Stage(new Call(this.#host, async () => backend), clock, this.#transcript)
    return this.#stage
  }
}

/**
 * A scene that fails is told, and its rows are missing in the tally. Resolves with whether the others can go on: not where a gateway
 * no longer gets answers.
 */
async function playScene(stage: Stage, scene: Scene, data: string): Promise<boolean> {
  const { transcript } = stage
  transcript.scene(scene.title, scene.shows, scene.story)
  try {
    await scene.play(stage, data)
  } catch (error) {
    transcript.paragraph(`FAILED: ${(error as Error).message}`, 8, 'red')
  }
  return stage.clear().then(
    () => true,
    () => false,
  )
}

function introduce(stage: Stage, version: string, mqtt: number, http: number): void {
  const { transcript } = stage
  transcript.rule('Homeport: every failure of a sub-device, and how its gateway is told')
  transcript.line()
  transcript.paragraph(
    `A sub-device has no connection of its own: a gateway logs it in and speaks for it. When that fails, the platform does not cut the gateway off. It tells the gateway, over the gateway's own connection, with a code that says why. There are ${errorRows.length} such errors. Here is each of them, by its natural cause.`,
    4,
    null,
  )
  transcript.line()
  const server = `Homeport ${version}, mqtt://127.0.0.1:${mqtt}, http://127.0.0.1:${http}, a temporary store`
  transcript.labelled('server', server, 4, 'bold')
  for (const { name, deviceName, firmware } of stage.gateways) {
    transcript.labelled(deviceName, `${name}, a gateway on ${firmware.madeWith}`, 4, 'bold')
  }
  transcript.line()
  transcript.line('    → a gateway publishes   ← it is told   $ an operator acts   left: seconds since the start')
  transcript.line('    Signatures are shortened; all else is shown as it went over the wire.')
}

function conclude(stage: Stage, alive: number, seconds: number, next: readonly string[]): void {
  const { transcript, gateways } = stage
  const kept = alive === gateways.length ? 'Both gateways kept' : `Only ${alive} of ${gateways.length} gateways kept`
  const all = `${kept} their first connection throughout: a sub-device's failure is told, not punished. It took ${seconds.toFixed(1)} s.`
  transcript.paragraph(all, 4)
  for (const line of next) transcript.paragraph(line, 4, 'dim')
  transcript.line('━'.repeat(WIDTH), 'dim')
}
