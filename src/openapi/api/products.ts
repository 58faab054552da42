import { z } from 'zod'
import type { Product } from '../../devices/product.ts'
import { createProduct, deleteProduct, updateProduct } from '../../devices/products.ts'
import { slice } from '../pages.ts'
import type { ApiRoute } from './call.ts'
import { bodyOf, created, flagIn, ok, pageIn, productIn } from './call.ts'
import { carryOut } from './decide.ts'

const newProduct = z.strictObject({
  productName: z.string(),
  nodeType: z.enum(['gateway', 'device']),
  productKey: z.string().optional(),
  productSecret: z.string().optional(),
  dynamicRegistration: z.boolean().optional(),
  description: z.string().optional(),
})

const update = z.strictObject({
  productName: z.string().optional(),
  dynamicRegistration: z.boolean().optional(),
  description: z.string().optional(),
})

export const productRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/products',
    handle: (call) => {
      const page = pageIn(call)
      const products = slice(call.context.directory.products(), page)
      const { productCount } = call.context.directory
      return ok({ products: products.map(view), page: page.page, pageSize: page.size, total: productCount })
    },
  },
  {
    method: 'POST',
    path: '/products',
    handle: async (call) => {
      const { context } = call
      const { nodeType, ...rest } = bodyOf(call, newProduct)
      const input = { ...present(rest), nodeType: nodeType === 'gateway' ? 1 : 0 }
      const { row, productSecret } = await carryOut(context, () =>
        createProduct(context.directory, context.maker, input, context.clock.wall()),
      )
      return created({ ...view(context.directory.product(row.productKey) as Product), productSecret })
    },
  },
  {
    method: 'GET',
    path: '/products/{pk}',
    handle: (call) => {
      const product = productIn(call)
      if (!flagIn(call, 'secret')) return ok(view(product))
      return ok({ ...view(product), productSecret: call.context.secrets.productText(product) })
    },
  },
  {
    method: 'PATCH',
    path: '/products/{pk}',
    handle: async (call) => {
      const { context } = call
      const { productKey } = productIn(call)
      const changes = present(bodyOf(call, update))
      await carryOut(context, () => updateProduct(context.directory, productKey, changes, context.clock.wall()))
      return ok(view(productIn(call)))
    },
  },
  {
    method: 'DELETE',
    path: '/products/{pk}',
    handle: async (call) => {
      const { productKey } = productIn(call)
      await carryOut(call.context, () => deleteProduct(call.context.directory, productKey))
      return ok({ deleted: true })
    },
  },
]

function view(product: Product) {
  const { row } = product
  return {
    productKey: row.productKey,
    productName: row.productName,
    nodeType: row.nodeType === 1 ? 'gateway' : 'device',
    dynamicRegistration: row.dynamicRegistration,
    description: row.description,
    devices: product.devices.size,
    createdAt: new Date(row.createdAt).toISOString(),
  }
}

/** Leaves out members that are undefined: for domain functions, absent and undefined differ. */
export function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}
