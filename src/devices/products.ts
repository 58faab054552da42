import { letters } from '../random/random.ts'
import type { ProductRow } from '../store/records/rows.ts'
import type { Directory } from './directory.ts'
import { descriptionProblem, productKeyProblem, productNameProblem, secretProblem } from './names.ts'
import type { Maker, Plan } from './plan.ts'
import { planned, refused } from './plan.ts'
import { defaultClasses } from './topic-classes.ts'

/** Products at most. The vendor has 1,000 an account; here a new name is compared with all others, so there is an end. */
export const productLimit = 10_000

export type ProductReason =
  | 'product unknown'
  | 'product key'
  | 'product key taken'
  | 'product name'
  | 'product name taken'
  | 'product secret'
  | 'description'
  | 'node type'
  | 'too many products'
  | 'has devices'

export interface ProductInput {
  readonly productName: string
  readonly nodeType: number
  /** Made where absent: 11 letters and digits, starting `a1`. */
  readonly productKey?: string
  /** Made where absent: 16 letters and digits. */
  readonly productSecret?: string
  readonly dynamicRegistration?: boolean
  /** `iothub`, the default, or `iothub_senior`. */
  readonly commodityCode?: string
  readonly dataFormat?: 0 | 1
  readonly netType?: string
  readonly protocolType?: string
  readonly authType?: string
  readonly categoryKey?: string
  readonly description?: string
}

/** A product as made, with its secret in clear. */
export interface NewProduct {
  readonly row: ProductRow
  readonly productSecret: string
}

/** CreateProduct: the product and its three topic classes. */
export function createProduct(
  directory: Directory,
  maker: Maker,
  input: ProductInput,
  now: number,
): Plan<ProductReason, NewProduct> {
  if (input.nodeType !== 0 && input.nodeType !== 1) return refused('node type', String(input.nodeType))
  const wrong = checkTexts(directory, input) ?? checkKeys(directory, input)
  if (wrong) return wrong
  if (directory.productCount >= productLimit) return refused('too many products', String(productLimit))
  const productSecret = input.productSecret ?? letters(maker.random, 16)
  const row: ProductRow = {
    productKey: input.productKey ?? freeKey(directory, maker),
    productName: input.productName,
    nodeType: input.nodeType,
    productSecret: maker.sealer.seal(productSecret),
    dynamicRegistration: input.dynamicRegistration ?? false,
    commodityCode: input.commodityCode ?? 'iothub',
    dataFormat: input.dataFormat ?? 1,
    netType: input.netType ?? 'WIFI',
    protocolType: input.protocolType ?? '',
    authType: input.authType ?? 'secret',
    categoryKey: input.categoryKey ?? '',
    description: input.description ?? '',
    createdAt: now,
    modifiedAt: now,
  }
  return planned([{ kind: 'product-put', row }, ...defaultClasses(directory, row.productKey)], { row, productSecret })
}

export interface ProductUpdate {
  readonly productName?: string
  readonly description?: string
  readonly dynamicRegistration?: boolean
}

/** UpdateProduct, and the switch of dynamic registration; what is not given stays. */
export function updateProduct(
  directory: Directory,
  productKey: string,
  update: ProductUpdate,
  now: number,
): Plan<ProductReason, ProductRow> {
  const product = directory.product(productKey)
  if (!product) return refused('product unknown', productKey)
  const old = product.row
  const {
    productName = old.productName,
    description = old.description,
    dynamicRegistration = old.dynamicRegistration,
  } = update
  const wrong = checkTexts(directory, { productName, description }, productKey)
  if (wrong) return wrong
  const row: ProductRow = { ...old, productName, description, dynamicRegistration, modifiedAt: now }
  return planned([{ kind: 'product-put', row }], row)
}

/** DeleteProduct: refused while it has devices. */
export function deleteProduct(directory: Directory, productKey: string): Plan<ProductReason, void> {
  const product = directory.product(productKey)
  if (!product) return refused('product unknown', productKey)
  if (product.devices.size > 0) return refused('has devices', String(product.devices.size))
  return planned([{ kind: 'product-delete', productKey }], undefined)
}

/** The product of that name, if any: names are unique. */
export function productNamed(directory: Directory, productName: string): ProductRow | undefined {
  for (const { row } of directory.products()) if (row.productName === productName) return row
  return undefined
}

function checkTexts(
  directory: Directory,
  input: { readonly productName: string; readonly description?: string },
  productKey = '',
) {
  const wrong = productNameProblem(input.productName)
  if (wrong) return refused('product name', wrong)
  if (descriptionProblem(input.description ?? '')) return refused('description', 'too long')
  const namesake = productNamed(directory, input.productName)
  return namesake && namesake.productKey !== productKey ? refused('product name taken', input.productName) : undefined
}

function checkKeys(directory: Directory, input: ProductInput) {
  const { productKey, productSecret } = input
  const wrongKey = productKey === undefined ? null : productKeyProblem(productKey)
  if (wrongKey) return refused('product key', wrongKey)
  if (productKey !== undefined && directory.product(productKey)) return refused('product key taken', productKey)
  const wrongSecret = productSecret === undefined ? null : secretProblem(productSecret)
  return wrongSecret ? refused('product secret', wrongSecret) : undefined
}

function freeKey(directory: Directory, maker: Maker): string {
  for (;;) {
    const key = `a1${letters(maker.random, 9)}`
    if (!directory.product(key)) return key
  }
}
