import type { RegistryChange } from '../store/records/rows.ts'
import type { Directory } from './directory.ts'
import type { ImportRow, ImportText, RowError } from './import-rows.ts'
import { readRows } from './import-rows.ts'
import { deviceNameProblem, nameForms, productKeyProblem, secretProblem } from './names.ts'
import type { Maker } from './plan.ts'
import { createProduct, productLimit, productNamed } from './products.ts'
import { deviceLimit, newDevice } from './registration.ts'

/** Devices in one file at most. */
export const importLimit = 1_000_000

export interface ImportPlanned {
  readonly ok: true
  /** Empty where the file says nothing new. */
  readonly changes: readonly RegistryChange[]
  /** Devices that are new, and those that stood already. */
  readonly created: number
  readonly unchanged: number
  readonly createdProducts: number
}

export interface ImportRefused {
  readonly ok: false
  /** Every bad row, in the order of the file; a row with several defects comes several times. */
  readonly errors: readonly RowError[]
}

/** What one file says of a product, by its first row that says it. */
interface ProductDraft {
  readonly productKey: string
  readonly nodeType: 0 | 1
  productSecret: string | undefined
  dynamicRegistration: boolean | undefined
  devices: number
}

/**
 * Reads devices from JSON (an array of objects) or CSV (a header with the same names): productKey, deviceName, deviceSecret,
 * nodeType `gateway`, `subdevice` or `device`, and optionally productSecret and dynamicRegistration. All or nothing. Products that
 * do not exist are made; what exists must agree, and the same file a second time changes nothing.
 */
export function planImport(
  text: string,
  format: 'json' | 'csv',
  directory: Directory,
  maker: Maker,
  now: number,
): ImportPlanned | ImportRefused {
  const read = readRows(text, format)
  const importer = new Importer(directory, maker, now)
  for (const { row, reason } of read.errors) importer.fail(row, reason)
  if (read.rows.length > importLimit) importer.fail(0, `more than ${importLimit} devices`)
  else for (const row of read.rows) importer.take(row)
  return importer.finish()
}

class Importer {
  readonly errors: RowError[] = []
  readonly #directory: Directory
  readonly #maker: Maker
  readonly #now: number
  readonly #products = new Map<string, ProductDraft>()
  /** New devices by `productKey/deviceName`: their secrets, to compare with later rows. */
  readonly #seen = new Map<string, string>()
  readonly #changes: RegistryChange[] = []
  #unchanged = 0

  constructor(directory: Directory, maker: Maker, now: number) {
    this.#directory = directory
    this.#maker = maker
    this.#now = now
  }

  fail(row: number, reason: string): void {
    this.errors.push({ row, reason })
  }

  take(row: ImportRow): void {
    const before = this.errors.length
    const { productKey, deviceName, deviceSecret, productSecret } = row
    this.#text(row.row, 'productKey', productKey, productKeyProblem, nameForms.productKey)
    this.#text(row.row, 'deviceName', deviceName, deviceNameProblem, nameForms.deviceName)
    this.#text(row.row, 'deviceSecret', deviceSecret, secretProblem, nameForms.secret)
    if (productSecret !== undefined)
      this.#text(row.row, 'productSecret', productSecret, secretProblem, nameForms.secret)
    const nodeType = nodeTypeOf(row.nodeType)
    if (nodeType === undefined && row.nodeType !== null) {
      this.fail(row.row, 'nodeType is none of gateway, subdevice, device')
    }
    if (!productKey || productKeyProblem(productKey) || nodeType === undefined) return
    const product = this.#product(row, productKey, nodeType)
    if (this.errors.length === before) this.#device(row.row, product, deviceName ?? '', deviceSecret ?? '')
  }

  finish(): ImportPlanned | ImportRefused {
    const products: RegistryChange[] = []
    let createdProducts = 0
    for (const draft of this.errors.length > 0 ? [] : this.#products.values()) {
      if (this.#directory.product(draft.productKey)) continue
      products.push(...this.#create(draft))
      createdProducts++
    }
    if (this.#directory.productCount + createdProducts > productLimit)
      this.fail(0, `more than ${productLimit} products`)
    if (this.errors.length > 0) return { ok: false, errors: this.errors.sort((a, b) => a.row - b.row) }
    const changes = [...products, ...this.#changes]
    return { ok: true, changes, created: this.#changes.length, unchanged: this.#unchanged, createdProducts }
  }

  #text(row: number, name: string, text: ImportText, rule: (text: string) => string | null, form: string): void {
    if (text === null) return
    const problem = rule(text ?? '')
    if (problem === null) return
    this.fail(row, `${name} ${problem === 'missing' ? 'is missing' : `is not valid: ${problem} (${form})`}`)
  }

  #product(row: ImportRow, productKey: string, nodeType: 0 | 1): ProductDraft {
    let draft = this.#products.get(productKey)
    if (!draft) {
      draft = this.#existing(productKey) ?? {
        productKey,
        nodeType,
        productSecret: undefined,
        dynamicRegistration: undefined,
        devices: 0,
      }
      this.#products.set(productKey, draft)
    }
    if (draft.nodeType !== nodeType) {
      this.fail(
        row.row,
        `nodeType differs: product ${productKey} is of ${draft.nodeType === 1 ? 'gateways' : 'devices'}`,
      )
    }
    if (typeof row.productSecret === 'string') {
      draft.productSecret ??= row.productSecret
      if (draft.productSecret !== row.productSecret) {
        this.fail(row.row, `productSecret differs from the one of product ${productKey}`)
      }
    }
    if (row.dynamicRegistration !== undefined) {
      draft.dynamicRegistration ??= row.dynamicRegistration
      if (draft.dynamicRegistration !== row.dynamicRegistration) {
        this.fail(row.row, `dynamicRegistration differs from the one of product ${productKey}`)
      }
    }
    return draft
  }

  #existing(productKey: string): ProductDraft | undefined {
    const product = this.#directory.product(productKey)
    if (!product) return undefined
    return {
      productKey,
      nodeType: product.nodeType,
      productSecret: this.#maker.sealer.open(product.row.productSecret),
      dynamicRegistration: product.dynamicRegistration,
      devices: product.devices.size,
    }
  }

  #device(row: number, product: ProductDraft, deviceName: string, deviceSecret: string): void {
    const { productKey } = product
    const key = `${productKey}/${deviceName}`
    const device = this.#directory.device(productKey, deviceName)
    const secret =
      this.#seen.get(key) ?? (device ? this.#maker.sealer.open(this.#directory.sealedSecret(device)) : undefined)
    if (secret !== undefined) {
      if (secret !== deviceSecret) this.fail(row, `deviceSecret differs from the one of device ${key}`)
      else this.#unchanged++
      return
    }
    if (++product.devices > deviceLimit) this.fail(row, `product ${productKey} has more than ${deviceLimit} devices`)
    this.#seen.set(key, deviceSecret)
    const { row: made } = newDevice(this.#maker, productKey, { deviceName, deviceSecret }, this.#now)
    this.#changes.push({ kind: 'device-put', row: made })
  }

  #create(draft: ProductDraft): readonly RegistryChange[] {
    const { productKey, nodeType, productSecret, dynamicRegistration = false } = draft
    const plan = createProduct(
      this.#directory,
      this.#maker,
      {
        productKey,
        nodeType,
        productName: this.#freeName(productKey),
        dynamicRegistration,
        commodityCode: 'iothub_senior',
        ...(productSecret === undefined ? {} : { productSecret }),
      },
      this.#now,
    )
    if (plan.ok) return plan.changes
    this.fail(0, `product ${productKey}: ${plan.reason} ${plan.about}`)
    return []
  }

  /** Its key, which no other product of the file has as a name, or with something behind it where a product bears that name. */
  #freeName(productKey: string): string {
    const base = productKey.length < 4 ? `product_${productKey}` : productKey
    let name = base
    for (let i = 2; productNamed(this.#directory, name); i++) name = `${base}_${i}`
    return name
  }
}

function nodeTypeOf(word: ImportText): 0 | 1 | undefined {
  if (word === 'gateway') return 1
  return word === 'device' || word === 'subdevice' ? 0 : undefined
}
