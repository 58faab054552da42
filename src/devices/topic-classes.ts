import type { RegistryChange, TopicClassRow } from '../store/records/rows.ts'
import type { Directory } from './directory.ts'
import { descriptionProblem, topicShortNameProblem } from './names.ts'
import type { Plan } from './plan.ts'
import { planned, refused } from './plan.ts'
import type { Product } from './product.ts'

/** Topic classes of a product at most, the three defaults among them (openapi.md §5). */
export const topicClassLimit = 50

/** What every new product has (direct.md §4.1), without `user/`. */
export const defaultTopicClasses: readonly { readonly shortName: string; readonly operation: 'PUB' | 'SUB' }[] = [
  { shortName: 'get', operation: 'SUB' },
  { shortName: 'update', operation: 'PUB' },
  { shortName: 'update/error', operation: 'PUB' },
]

export type TopicClassReason =
  | 'product unknown'
  | 'class unknown'
  | 'class exists'
  | 'too many classes'
  | 'short name'
  | 'operation'
  | 'description'

export interface TopicClassInput {
  readonly shortName: string
  readonly operation: string
  readonly description?: string
  readonly proxySubscribe?: boolean
}

/** The three classes of a new product, as changes. */
export function defaultClasses(directory: Directory, productKey: string): RegistryChange[] {
  return defaultTopicClasses.map(({ shortName, operation }) => ({
    kind: 'topic-put',
    row: { id: directory.nextTopicId(), productKey, shortName, operation, description: '', proxySubscribe: false },
  }))
}

/** CreateProductTopic; the value is the class with its id. */
export function createTopicClass(
  directory: Directory,
  productKey: string,
  input: TopicClassInput,
): Plan<TopicClassReason, TopicClassRow> {
  const product = directory.product(productKey)
  if (!product) return refused('product unknown', productKey)
  if (product.classes.length >= topicClassLimit) return refused('too many classes', String(topicClassLimit))
  return put(product, { ...input, id: 0 }, () => directory.nextTopicId())
}

/** UpdateProductTopic: what is not given stays. */
export function updateTopicClass(
  directory: Directory,
  productKey: string,
  id: number,
  input: Partial<TopicClassInput>,
): Plan<TopicClassReason, TopicClassRow> {
  const product = directory.product(productKey)
  if (!product) return refused('product unknown', productKey)
  const existing = product.classes.find((topicClass) => topicClass.row.id === id)
  if (!existing) return refused('class unknown', String(id))
  return put(product, { ...existing.row, ...input, id }, () => id)
}

export function deleteTopicClass(directory: Directory, productKey: string, id: number): Plan<TopicClassReason, void> {
  const product = directory.product(productKey)
  if (!product) return refused('product unknown', productKey)
  if (!product.classes.some((topicClass) => topicClass.row.id === id)) return refused('class unknown', String(id))
  return planned([{ kind: 'topic-delete', productKey, id }], undefined)
}

function put(
  product: Product,
  input: TopicClassInput & { readonly id: number },
  id: () => number,
): Plan<TopicClassReason, TopicClassRow> {
  const { shortName, operation, description = '', proxySubscribe = false } = input
  if (operation !== 'PUB' && operation !== 'SUB' && operation !== 'ALL') return refused('operation', operation)
  const wrong = topicShortNameProblem(shortName, operation)
  if (wrong) return refused('short name', wrong)
  if (descriptionProblem(description)) return refused('description', 'too long')
  if (product.classes.some(({ row }) => row.shortName === shortName && row.id !== input.id)) {
    return refused('class exists', shortName)
  }
  const row = { id: id(), productKey: product.productKey, shortName, operation, description, proxySubscribe } as const
  return planned([{ kind: 'topic-put', row }], row)
}
