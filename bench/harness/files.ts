/** The files that tell the generator who its connections are, and what they say. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeConnect, makeLogin } from '../../src/auth/make.ts'
import type { FleetDevice } from './fleet.ts'
import { direct, gateway, subDevice } from './fleet.ts'

const TIMESTAMP = '1700000000000'
/** Items of one batch_login: limits.batch by default. */
export const BATCH = 50

/** Client id, user name, password, product key, device name: a connection a line. */
function credentials(devices: Iterable<FleetDevice>): string {
  let text = ''
  for (const device of devices) {
    const { clientId, userName, password } = makeConnect(device, { timestamp: TIMESTAMP })
    text += `${clientId}\t${userName}\t${password}\t${device.productKey}\t${device.deviceName}\n`
  }
  return text
}

function* count<T>(n: number, make: (index: number) => T): Generator<T> {
  for (let i = 0; i < n; i++) yield make(i)
}

const login = (device: FleetDevice) => makeLogin(device, { timestamp: TIMESTAMP })

function* single(of: number, subDevices: number): Generator<string> {
  for (let k = 0; k < subDevices; k++) {
    const params = { ...login(subDevice(of, k)), cleanSession: 'true' }
    yield JSON.stringify({ id: '@ID@', params })
  }
}

function* batches(of: number, subDevices: number): Generator<string> {
  for (let from = 0; from < subDevices; from += BATCH) {
    const deviceList = Array.from({ length: Math.min(BATCH, subDevices - from) }, (_, k) =>
      login(subDevice(of, from + k)),
    )
    yield JSON.stringify({ id: '@ID@', params: { deviceList } })
  }
}

/** Topic of a gateway's session request, by the columns of its credentials. */
export const sessionTopic = (path: string) => `/ext/session/{c4}/{c5}/${path}`

/** Writes each file once a run. */
export class Files {
  readonly #directory: string
  readonly #written = new Map<string, string>()

  constructor(directory: string) {
    this.#directory = directory
  }

  directs(n: number): string {
    return this.#file(`direct-${n}.tsv`, () => credentials(count(n, direct)))
  }

  gateways(n: number): string {
    return this.#file(`gateways-${n}.tsv`, () => credentials(count(n, gateway)))
  }

  /** All log-ins of `gateways` × `subDevices` as requests to be measured: CONNECTION<TAB>PAYLOAD. */
  logins(gateways: number, subDevices: number, how: 'single' | 'batch'): string {
    const make = how === 'single' ? single : batches
    return this.#file(`${how}-${gateways}-${subDevices}.tsv`, () => {
      const lines: string[] = []
      for (let i = 0; i < gateways; i++) for (const text of make(i, subDevices)) lines.push(`${i}\t${text}\n`)
      return lines.join('')
    })
  }

  /** The same as a prelude, in batches: CONNECTION<TAB>TOPIC<TAB>PAYLOAD. */
  prelude(gateways: number, subDevices: number): string {
    return this.#file(`prelude-${gateways}-${subDevices}.tsv`, () => {
      const lines: string[] = []
      for (let i = 0; i < gateways; i++) {
        const { productKey, deviceName } = gateway(i)
        const topic = `/ext/session/${productKey}/${deviceName}/combine/batch_login`
        for (const text of batches(i, subDevices)) lines.push(`${i}\t${topic}\t${text.replace('@ID@', '1')}\n`)
      }
      return lines.join('')
    })
  }

  #file(name: string, text: () => string): string {
    let path = this.#written.get(name)
    if (path === undefined) {
      path = join(this.#directory, name)
      writeFileSync(path, text())
      this.#written.set(name, path)
    }
    return path
  }
}
