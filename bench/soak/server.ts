/** The server under soak: `homeport serve` with its defaults, an application port, and no limits of rate. V8 tells of its collections. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { start } from '../harness/processes.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface SoakServer {
  readonly child: ChildProcess
  /** MiB of heap that were left by each full collection since this was emptied. */
  readonly live: number[]
  readonly pid: number
  readonly ports: { readonly mqtt: number; readonly app: number }
}

const flags = [
  ...['--mqtt-port', '0', '--http-port', '0', '--app-port', '0', '--app-anonymous', '--log-level', 'error'],
  ...['--limits-connects-per-minute', '1000000', '--limits-logins-per-minute', '1000000'],
  ...['--limits-login-requests-per-second', '0'],
]

export async function startServer(data: string): Promise<SoakServer> {
  const args = ['--trace-gc', main, 'serve', '--json', '--data', data, ...flags]
  const child = start(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const live: number[] = []
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the server ended before it was ready')))
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const left = /Mark-Compact.*?\([\d.]+\) -> ([\d.]+) \(/.exec(line)?.[1]
      if (left !== undefined) live.push(Number(left))
      else if (line.startsWith('{"ready":true')) {
        const ports = JSON.parse(line) as { mqtt: number; app: number }
        resolve({ child, live, pid: child.pid as number, ports })
      }
    })
  })
}
