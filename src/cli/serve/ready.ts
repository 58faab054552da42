/** The two files by which others find this run: `ready.json` (ports and pid, for everybody) and `local.json` (for the command line). */
import { join } from 'node:path'
import type { Settings } from '../../config/settings.ts'
import { hostPort, reachable } from '../address.ts'
import type { CliHost } from '../host.ts'

type Ports = Readonly<Record<string, number>>

export class ReadyFiles {
  readonly #host: CliHost
  readonly #ready: string
  readonly #local: string
  /** Only what this run may own is removed: another server may hold the directory. */
  #owned = false

  constructor(host: CliHost, data: string) {
    this.#host = host
    this.#ready = join(data, 'ready.json')
    this.#local = join(data, 'local.json')
  }

  /** The directory is this run's now: what a killed run left there goes. */
  locked(): void {
    this.#owned = true
    this.remove()
  }

  /** Everything accepts connections: `local.json` (0600) first, `ready.json` last. */
  write(settings: Settings, ports: Ports, token: string): void {
    this.#owned = true
    const url = `http://${hostPort(reachable(settings.host), ports.http)}`
    this.#host.writeFile(this.#local, `${JSON.stringify({ url, token })}\n`, 0o600)
    this.#host.writeFile(this.#ready, `${JSON.stringify({ ...ports, pid: this.#host.pid })}\n`, 0o644)
  }

  remove(): void {
    if (!this.#owned) return
    this.#host.removeFile(this.#ready)
    this.#host.removeFile(this.#local)
  }
}
