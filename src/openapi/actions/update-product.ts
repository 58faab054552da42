import { updateProduct } from '../../devices/products.ts'
import { action } from '../action.ts'
import { carryOut } from '../outcome.ts'
import { productOf } from '../resolve.ts'

/** Name and description only; an absent Description stays. */
export const updateProductAction = action('UpdateProduct', async (params, context) => {
  await carryOut(context, () => {
    const { productKey } = productOf(context, params.ProductKey)
    const update = { productName: params.ProductName }
    const description = params.Description
    const given = description === undefined ? update : { ...update, description }
    return updateProduct(context.directory, productKey, given, context.clock.wall())
  })
  return {}
})
