import { deviceNameProblem, nicknameProblem } from '../devices/names.ts'
import type { Product } from '../devices/product.ts'
import type { ApplyDevice, ApplyProblem } from './applies.ts'

/** Several reasons of one device are joined by this (openapi.md §7, Devices). */
const JOINT = ' | '

export interface Checked {
  readonly invalidNames: readonly string[]
  readonly invalidNicknames: readonly string[]
  readonly repeated: readonly string[]
  readonly problems: readonly ApplyProblem[]
}

/** Which of these break a rule by themselves, or stand there twice. */
export function checkNames(devices: readonly ApplyDevice[]): Checked {
  const invalidNames: string[] = []
  const invalidNicknames: string[] = []
  const repeated = new Set<string>()
  const problems: ApplyProblem[] = []
  const seen = new Set<string>()
  for (const { deviceName, nickname = '' } of devices) {
    const errors: string[] = []
    if (deviceNameProblem(deviceName)) {
      invalidNames.push(deviceName)
      errors.push('The DeviceName format is invalid.')
    }
    if (nickname !== '' && nicknameProblem(nickname)) {
      invalidNicknames.push(nickname)
      errors.push('The nickname format is invalid.')
    }
    if (seen.has(deviceName)) {
      repeated.add(deviceName)
      errors.push('The DeviceName is repeated.')
    }
    seen.add(deviceName)
    if (errors.length > 0) problems.push({ deviceName, nickname, error: errors.join(JOINT) })
  }
  return { invalidNames, invalidNicknames, repeated: [...repeated], problems }
}

/** Which of these the product has already. */
export function taken(product: Product, devices: readonly ApplyDevice[]): ApplyProblem[] {
  return devices
    .filter(({ deviceName }) => product.devices.has(deviceName))
    .map(({ deviceName, nickname = '' }) => ({ deviceName, nickname, error: 'The DeviceName already exists.' }))
}
