import type { Settings } from '../config/settings.ts'
import { reachable } from './address.ts'
import type { ApiAnswer, Backend, Method } from './backend.ts'

interface ApiText {
  readonly status: number
  readonly text: string
  readonly type: string
}

/** The JSON API over a data directory that no server uses; made by `openLocalApi`, which `main.ts` hands in. */
export interface LocalApi {
  /** `path` with its query, as in a request line. Answers with JSON, or with text and its media type. */
  dispatch(method: Method, path: string, body?: unknown): Promise<ApiAnswer | ApiText>
  /** Writes what is open and releases the directory. */
  close(): Promise<void>
}

export class LocalBackend implements Backend {
  readonly kind = 'local'
  readonly mqttHost: string
  readonly mqttPort: number
  readonly #api: LocalApi

  constructor(api: LocalApi, settings: Settings) {
    this.#api = api
    this.mqttHost = reachable(settings.host)
    this.mqttPort = settings.mqtt.port
  }

  async call(method: Method, path: string, body?: unknown): Promise<ApiAnswer> {
    const reply = await this.#api.dispatch(method, path, body)
    return 'text' in reply ? { status: reply.status, body: reply.text } : reply
  }

  close(): Promise<void> {
    return this.#api.close()
  }
}
