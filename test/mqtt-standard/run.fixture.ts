/** Runs tables of rows against the applications' listener of a node in this process, on a clock that only rows move. */
import { describe, test } from 'vitest'
import type { TestNode } from '../support/node.ts'
import { useNode } from '../support/node.ts'
import type { Row } from './rows.ts'
import { versionNames } from './rows.ts'
import { runScript } from './script.ts'

export const appSettings = { 'app.port': 0, 'app.anonymous': 'true' } as const

export function runRows(title: string, rows: readonly Row[], node: () => TestNode): void {
  describe(title, () => {
    for (const [index, { name, versions, v4, v5, script }] of rows.entries()) {
      for (const version of versions) {
        const numbers = (version === 5 ? v5 : v4).map((it) => `[MQTT-${it}] `).join('')
        test(`${numbers}${versionNames[version]}: ${name}`, async () => {
          await runScript(script, version, `${title}${index}v${version}`, {
            port: () => node().server.ports.app as number,
            restart: () => node().restart(),
            advance: (it) => node().advance(it),
          })
        })
      }
    }
  })
}

export function useAppNode(): () => TestNode {
  return useNode({ clock: 'virtual', settings: appSettings })
}
