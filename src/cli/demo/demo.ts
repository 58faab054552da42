/** `homeport demo`: every error a gateway can meet, brought about on a temporary server and explained. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorRow } from '../../codes/alink.ts'
import { loadSettings } from '../../config/load.ts'
import { silentLog } from '../../log/log.ts'
import { Metrics } from '../../metrics/metrics.ts'
import { letters } from '../../random/random.ts'
import { Call } from '../command.ts'
import { ExitCode } from '../failure.ts'
import type { CliHost } from '../host.ts'
import { HttpBackend } from '../http-backend.ts'
import { ONLINE_LIMIT, scenes } from './scenes.ts'
import { Stage } from './stage.ts'
import { Transcript } from './transcript.ts'

export async function demo(host: CliHost, json: boolean): Promise<ExitCode> {
  const data = mkdtempSync(join(tmpdir(), 'homeport-demo-'))
  try {
    return await onServer(host, data, json)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function onServer(host: CliHost, data: string, json: boolean): Promise<ExitCode> {
  const { clock, random, version } = host
  const flags = [
    '--data',
    data,
    '--mqtt-port',
    '0',
    '--http-port',
    '0',
    '--limits-sub-devices-online',
    String(ONLINE_LIMIT),
  ]
  const loaded = loadSettings({ flags })
  const token = letters(random, 40)
  const metrics = new Metrics({ process: false })
  const server = await host.startServer({
    loaded,
    log: silentLog,
    metrics,
    clock,
    random,
    token,
    version,
    locked: () => {},
  })
  try {
    const { mqtt = 0, http = 0 } = server.ports
    const backend = new HttpBackend(`http://127.0.0.1:${http}`, { kind: 'token', token }, host.fetch)
    const transcript = new Transcript(host.stdout, json)
    const stage = new Stage(new Call(host, async () => backend), mqtt, clock, transcript)
    transcript.say(`Homeport ${version}, on free ports (MQTT ${mqtt}, HTTP ${http}), with a temporary store.`)
    transcript.say('→ is what a gateway publishes, ← what it is told. Sub-devices fail; their gateways stay connected.')
    await stage.products()
    await playAll(stage, data)
    const { opened, alive } = await stage.gateways()
    await stage.close()
    const missing = transcript.tally()
    transcript.say(`${alive} of ${opened} gateways are still connected: a sub-device's failure is told, not punished.`)
    if (json)
      host.stdout.write(
        `${JSON.stringify({ rows: [...transcript.shown.values()], missing, gateways: { opened, alive } }, null, 2)}\n`,
      )
    return missing.length === 0 && alive === opened ? ExitCode.ok : ExitCode.failed
  } finally {
    await server.stop()
  }
}

/** A scene that fails is told, and its row is missing in the tally; the others go on. */
async function playAll(stage: Stage, data: string): Promise<void> {
  for (const scene of scenes) {
    stage.transcript.title(errorRow(scene.shows))
    stage.transcript.say(`  ${scene.story}`)
    try {
      await scene.play(stage, data)
    } catch (error) {
      stage.transcript.say(`  FAILED: ${(error as Error).message}`)
    }
  }
}
