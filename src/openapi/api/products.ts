import { z } from 'zod'
import type { Product } from '../../devices/product.ts'
import { createProduct, deleteProduct, updateProduct } from '../../devices/products.ts'
import { slice } from '../pages.ts'
import type { ApiRoute } from './call.ts'
import { bodyOf, created, flagIn, ok, pageIn, pageQuery, productIn } from './call.ts'
import { carryOut } from './decide.ts'

const nameForm = '4 to 30 letters, digits, _ - @ ( ) or Chinese characters; no two products have the same'
const registrationForm = 'true: devices may fetch their secrets by the secret of the product'
const descriptionForm = '100 characters at most'

const newProduct = z.strictObject({
  productName: z.string().describe(nameForm),
  nodeType: z.enum(['gateway', 'device']).describe('gateway, or device: devices and sub-devices'),
  productKey: z.string().optional().describe('1 to 20 letters and digits; made where it is missing'),
  productSecret: z
    .string()
    .optional()
    .describe('1 to 64 printable characters without blanks; made where it is missing'),
  dynamicRegistration: z.boolean().optional().describe(registrationForm),
  description: z.string().optional().describe(descriptionForm),
})

const update = z.strictObject({
  productName: z.string().optional().describe(nameForm),
  dynamicRegistration: z.boolean().optional().describe(registrationForm),
  description: z.string().optional().describe(descriptionForm),
})

export const productRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/products',
    summary: 'The products.',
    query: pageQuery,
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
    summary: 'Makes a product; answers with its secret.',
    body: newProduct,
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
    summary: 'One product.',
    query: { secret: 'true: with its secret' },
    handle: (call) => {
      const product = productIn(call)
      if (!flagIn(call, 'secret')) return ok(view(product))
      return ok({ ...view(product), productSecret: call.context.secrets.productText(product) })
    },
  },
  {
    method: 'PATCH',
    path: '/products/{pk}',
    summary: 'Changes the members that are sent.',
    body: update,
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
    summary: 'Deletes a product that has no devices.',
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
