/**
 * `npm run demo`: every error that a gateway can meet, met by real clients. north runs the vendor's device SDK, south firmware on
 * MQTT.js. Exit code 0 if every row of the table was met and no gateway lost its connection.
 */
import { readFileSync } from 'node:fs'
import { perform } from '../src/cli/demo/demo.ts'
import { systemHost } from '../src/cli/system.ts'
import { withoutSqliteWarning } from '../src/cli/warnings.ts'
import { openMqttjsFirmware } from './mqttjs-firmware.ts'
import { openSdkFirmware } from './sdk-firmware.ts'

withoutSqliteWarning()

const manifest = new URL('../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }

const host = systemHost({
  program: './bin/homeport',
  version,
  startServer: async (options) => (await import('../src/server/start.ts')).startServer(options),
  openLocalApi: () => Promise.reject(new Error('the demo opens no stopped store')),
  demo: (json) => play(json),
})

function play(json: boolean) {
  return perform(host, {
    json,
    north: openSdkFirmware,
    south: openMqttjsFirmware,
    next: [
      'Next: npm start, which says what to try first. README.md has the same tour, longer; docs/errors.md every code.',
    ],
  })
}

const code = await play(process.argv.includes('--json'))
// Pipes are written in the background: what was said must be out before the process ends.
process.stdout.write('', () => process.exit(code))
