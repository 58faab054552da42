import type { ApplyRow, RegistryChange } from '../store/records/rows.ts'
import type { RegistryReader } from '../store/store.ts'

/** A device of a batch, as asked for. */
export interface ApplyDevice {
  readonly deviceName: string
  readonly nickname?: string
}

/** A device of a batch that cannot be made, and why. */
export interface ApplyProblem {
  readonly deviceName: string
  readonly nickname: string
  readonly error: string
}

/** Batches of BatchRegisterDevice and BatchCheckDeviceNames in memory, by ApplyId. Only `load` and `apply` change it. */
export class Applies {
  readonly #rows = new Map<number, ApplyRow>()
  #last = 0

  load(reader: RegistryReader): void {
    for (const row of reader.applies()) this.#put(row)
  }

  /** Puts a stored change into memory; changes of other records are not looked at. */
  apply(change: RegistryChange): void {
    if (change.kind === 'apply-put') this.#put(change.row)
  }

  get(id: number): ApplyRow | undefined {
    return this.#rows.get(id)
  }

  /** An id for a new batch; never given twice, far below 2^53. */
  nextId(): number {
    return ++this.#last
  }

  #put(row: ApplyRow): void {
    this.#rows.set(row.id, row)
    this.#last = Math.max(this.#last, row.id)
  }
}

export function devicesOf(row: ApplyRow): readonly ApplyDevice[] {
  return JSON.parse(row.devices) as ApplyDevice[]
}

export function problemsOf(row: ApplyRow): readonly ApplyProblem[] {
  return JSON.parse(row.invalid) as ApplyProblem[]
}

/** What stores a batch. */
export function applyPut(batch: {
  readonly id: number
  readonly productKey: string
  readonly status: ApplyRow['status']
  readonly devices: readonly ApplyDevice[]
  readonly invalid?: readonly ApplyProblem[]
  readonly createdAt: number
}): Extract<RegistryChange, { kind: 'apply-put' }> {
  const { id, productKey, status, createdAt } = batch
  const devices = JSON.stringify(batch.devices)
  const invalid = JSON.stringify(batch.invalid ?? [])
  return { kind: 'apply-put', row: { id, productKey, status, devices, invalid, createdAt } }
}
