import { letters } from '../random/random.ts'
import type { DeviceRow, RegistryChange } from '../store/records/rows.ts'
import type { Device } from './device.ts'
import type { Directory } from './directory.ts'
import { deviceNameProblem, nicknameProblem, secretProblem } from './names.ts'
import type { Maker, Plan } from './plan.ts'
import { planned, refused } from './plan.ts'

/** Devices of one product at most. The vendor has 1,000,000; here only memory counts (half a kilobyte each). */
export const deviceLimit = 10_000_000

/** Devices in one batch at most (`iot.device.DeviceCountExceeded`); nicknames in one call. */
export const batchLimits = { devices: 1000, nicknames: 50 }

export type DeviceReason =
  | 'product unknown'
  | 'device unknown'
  | 'device name'
  | 'device name taken'
  | 'device name twice'
  | 'nickname'
  | 'device secret'
  | 'too many devices'
  | 'batch size'

export interface DeviceInput {
  /** Made where absent: 20 letters and digits. */
  readonly deviceName?: string
  /** `''` or absent: none. */
  readonly nickname?: string
  /** Made where absent: 32 letters and digits. */
  readonly deviceSecret?: string
}

/** A device as made, with its secret in clear. */
export interface NewDevice {
  readonly row: DeviceRow
  readonly deviceSecret: string
}

/** RegisterDevice. */
export function createDevice(
  directory: Directory,
  maker: Maker,
  productKey: string,
  input: DeviceInput,
  now: number,
): Plan<DeviceReason, NewDevice> {
  const plan = createDevices(directory, maker, productKey, [input], now)
  return plan.ok ? planned(plan.changes, plan.value[0] as NewDevice) : plan
}

/** A batch of new devices, all or nothing. */
export function createDevices(
  directory: Directory,
  maker: Maker,
  productKey: string,
  inputs: readonly DeviceInput[],
  now: number,
): Plan<DeviceReason, readonly NewDevice[]> {
  const product = directory.product(productKey)
  if (!product) return refused('product unknown', productKey)
  if (inputs.length === 0 || inputs.length > batchLimits.devices) return refused('batch size', String(inputs.length))
  if (product.devices.size + inputs.length > deviceLimit) return refused('too many devices', String(deviceLimit))
  const names = new Set<string>()
  const made: NewDevice[] = []
  for (const input of inputs) {
    const wrong = checkInput(directory, productKey, input, names)
    if (wrong) return wrong
    const device = newDevice(maker, productKey, input, now)
    names.add(device.row.deviceName)
    made.push(device)
  }
  return planned(
    made.map(({ row }) => ({ kind: 'device-put', row })),
    made,
  )
}

/** A device that has passed its checks. */
export function newDevice(maker: Maker, productKey: string, input: DeviceInput, now: number): NewDevice {
  const deviceSecret = input.deviceSecret ?? letters(maker.random, 32)
  const row: DeviceRow = {
    productKey,
    deviceName: input.deviceName ?? letters(maker.random, 20),
    iotId: newIotId(maker),
    deviceSecret: maker.sealer.seal(deviceSecret),
    nickname: input.nickname ?? '',
    disabled: false,
    createdAt: now,
    modifiedAt: now,
    activatedAt: 0,
    onlineAt: 0,
    offlineAt: 0,
    address: '',
  }
  return { row, deviceSecret }
}

/** 20 letters and digits, `00`, 6 more; unique for ever by chance alone. */
function newIotId(maker: Maker): string {
  const text = letters(maker.random, 26)
  return `${text.slice(0, 20)}00${text.slice(20)}`
}

/** DeleteDevice: leaves a tombstone. The device's relations and tags go with it. */
export function deleteDevice(device: Device, now: number): RegistryChange {
  const { productKey, deviceName, iotId } = device
  return { kind: 'device-delete', row: { productKey, deviceName, iotId, deletedAt: now } }
}

/** DisableThing, EnableThing: no change where it is so already. */
export function setDisabled(directory: Directory, device: Device, disabled: boolean, now: number): RegistryChange[] {
  if (device.disabled === disabled) return []
  return [{ kind: 'device-put', row: { ...device.row(directory.arena), disabled, modifiedAt: now } }]
}

/** A new secret. The old one is void once this is stored. */
export function setSecret(
  directory: Directory,
  maker: Maker,
  device: Device,
  now: number,
  given?: string,
): Plan<DeviceReason, string> {
  const wrong = given === undefined ? null : secretProblem(given)
  if (wrong) return refused('device secret', wrong)
  const secret = given ?? letters(maker.random, 32)
  const row = { ...device.row(directory.arena), deviceSecret: maker.sealer.seal(secret), modifiedAt: now }
  return planned([{ kind: 'device-put', row }], secret)
}

export interface NicknameInput {
  readonly device: Device
  /** `''` takes it away. */
  readonly nickname: string
}

/** BatchUpdateDeviceNickname, all or nothing. */
export function setNicknames(
  directory: Directory,
  inputs: readonly NicknameInput[],
  now: number,
): Plan<DeviceReason, void> {
  if (inputs.length === 0 || inputs.length > batchLimits.nicknames) return refused('batch size', String(inputs.length))
  const changes: RegistryChange[] = []
  for (const { device, nickname } of inputs) {
    const wrong = nickname === '' ? null : nicknameProblem(nickname)
    if (wrong) return refused('nickname', wrong)
    if (device.nickname === nickname) continue
    changes.push({ kind: 'device-put', row: { ...device.row(directory.arena), nickname, modifiedAt: now } })
  }
  return planned(changes, undefined)
}

function checkInput(directory: Directory, productKey: string, input: DeviceInput, others: ReadonlySet<string>) {
  const { deviceName, nickname = '', deviceSecret } = input
  if (deviceName !== undefined) {
    if (deviceNameProblem(deviceName)) return refused('device name', deviceName)
    if (directory.device(productKey, deviceName)) return refused('device name taken', deviceName)
    if (others.has(deviceName)) return refused('device name twice', deviceName)
  }
  if (nickname !== '' && nicknameProblem(nickname)) return refused('nickname', nickname)
  const wrong = deviceSecret === undefined ? null : secretProblem(deviceSecret)
  return wrong ? refused('device secret', wrong) : undefined
}
