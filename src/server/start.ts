/** One process: a node, its MQTT ports and its HTTP listener. `homeport serve` starts it, and says where it listens. */

import type { Clock } from '../clock/clock.ts'
import type { LoadedSettings } from '../config/load.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { HttpServer } from '../openapi/server.ts'
import type { HomeportNode } from '../platform/node.ts'
import { openNode } from '../platform/node.ts'
import type { ProcessFiles } from '../platform/open-files.ts'
import { OpenFiles } from '../platform/open-files.ts'
import type { Random } from '../random/random.ts'
import { Certificates } from './certificates.ts'
import { apiContext } from './context.ts'
import { firstKey } from './first-key.ts'
import { processFiles } from './process-files.ts'

export interface ServerOptions {
  readonly loaded: LoadedSettings
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  readonly random: Random
  /** This run's token for `/api/v1`. */
  readonly token: string
  readonly version: string
  /** Of this process; what the system says by default, null: not known. */
  readonly files?: ProcessFiles | null
  /** Called once the data directory's lock is held. */
  readonly locked: () => void
}

export interface RunningServer {
  readonly ports: Readonly<Record<string, number>>
  /** The access key, if this start made it. */
  readonly accessKey: { readonly id: string; readonly secret: string } | null
  /** Whether the registry has no product yet. */
  readonly empty: boolean
  /** For tests and simulations; the command line does not look into it. */
  readonly node: HomeportNode
  /** Reads the certificates again; only where there are any. */
  readonly reload?: () => void
  stop(): Promise<void>
}

/** Resolves when every listener accepts connections. Rejects, with nothing left open, if one cannot be opened. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { loaded, log, metrics, clock, random, token, version, locked } = options
  const { settings } = loaded
  const certificates = settings.tls.cert === '' ? null : new Certificates({ settings: settings.tls, clock, log })
  const said = options.files === undefined ? processFiles() : options.files
  const files = said === null ? null : new OpenFiles(said, clock, log)
  const node = await openNode({ settings, clock, random, log, metrics, secretKey: settings.secretKey, locked, files })
  let ports: Readonly<Record<string, number>> = {}
  let http: HttpServer | null = null
  const stop = async () => {
    ports = {}
    certificates?.close()
    files?.stop()
    await http?.close()
    await node.close()
  }
  try {
    const empty = node.world.directory.productCount === 0
    if (settings.accessKeyId !== '' && settings.accessKeySecret !== '') await firstKey(node, settings)
    http = new HttpServer(apiContext({ node, loaded, log, metrics, version, listeners: () => ports }), token)
    if (files !== null) http.limitFiles(files.forHttp)
    const httpPort = await http.listen(settings.host, settings.http.port)
    const { mqtt = 0, ...others } = await node.listen(certificates?.tls ?? null)
    ports = { mqtt, http: httpPort, ...others }
    // A key that is made is shown this once, so not by a start that may still fail for its ports.
    const accessKey = await firstKey(node, settings)
    certificates?.watch()
    if (files !== null) watch(files, node, metrics)
    const reload = certificates === null ? {} : { reload: () => certificates.reload() }
    return { ports, accessKey, empty, node, stop, ...reload }
  } catch (error) {
    await stop()
    throw error
  }
}

function watch(files: OpenFiles, node: HomeportNode, metrics: Metrics): void {
  metrics.openFiles = () => files.open()
  metrics.openFilesLimit = () => files.limit
  files.watch(() => node.mqtt.connections)
}
