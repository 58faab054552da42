import { deleteTopicClass } from '../../devices/topic-classes.ts'
import { action } from '../action.ts'
import type { ApiContext } from '../context.ts'
import { BusinessFailure } from '../failure.ts'
import { carryOut } from '../outcome.ts'

/** By TopicId alone, which is unique among all products. */
export const deleteProductTopicAction = action('DeleteProductTopic', async (params, context) => {
  if (!/^\d{1,15}$/.test(params.TopicId)) {
    throw new BusinessFailure('iot.messagebroker.InvalidFormattedTopicTemplateId')
  }
  const id = Number(params.TopicId)
  await carryOut(context, () => deleteTopicClass(context.directory, productWith(context, id), id))
  return {}
})

function productWith(context: ApiContext, id: number): string {
  for (const product of context.directory.products()) {
    if (product.classes.some(({ row }) => row.id === id)) return product.productKey
  }
  throw new BusinessFailure('iot.messagebroker.TopicTemplateIsNotFound')
}
