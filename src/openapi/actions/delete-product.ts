import { deleteProduct } from '../../devices/products.ts'
import { action } from '../action.ts'
import { carryOut } from '../outcome.ts'
import { productOf } from '../resolve.ts'

export const deleteProductAction = action('DeleteProduct', async (params, context) => {
  await carryOut(context, () => deleteProduct(context.directory, productOf(context, params.ProductKey).productKey))
  return {}
})
