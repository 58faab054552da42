/** The seam between commands and what they work on: a running server by HTTP, or a stopped data directory in this process. */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ApiAnswer {
  readonly status: number
  /** Parsed JSON; text where the answer is none. */
  readonly body: unknown
}

/** Speaks Homeport's own JSON API; paths begin with `/api/v1/`. */
export interface Backend {
  /** `http`: a server runs. `local`: this process holds the data directory. */
  readonly kind: 'http' | 'local'
  /** Host name or address at which its MQTT listener is reached. */
  readonly mqttHost: string
  /** Undefined: ask `GET /api/v1/status`. */
  readonly mqttPort: number | undefined
  call(method: Method, path: string, body?: unknown): Promise<ApiAnswer>
  close(): Promise<void>
}
