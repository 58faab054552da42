/** The server under soak: `homeport serve` with its defaults, an application port, and no limits of rate. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { start } from '../harness/processes.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface SoakServer {
  readonly child: ChildProcess
  readonly pid: number
  readonly ports: { readonly mqtt: number; readonly app: number }
}

const flags = [
  ...['--mqtt-port', '0', '--http-port', '0', '--app-port', '0', '--app-anonymous', '--log-level', 'error'],
  ...['--limits-connects-per-minute', '1000000', '--limits-logins-per-minute', '1000000'],
  ...['--limits-login-requests-per-second', '0'],
]

export async function startServer(data: string): Promise<SoakServer> {
  const args = [main, 'serve', '--json', '--data', data, ...flags]
  const child = start(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  for await (const line of lines) {
    if (!line.startsWith('{"ready":true')) continue
    const ports = JSON.parse(line) as { mqtt: number; app: number }
    return { child, pid: child.pid as number, ports }
  }
  throw new Error('the server ended before it was ready')
}
