import { createTopicClass } from '../../devices/topic-classes.ts'
import { action } from '../action.ts'
import { carryOut } from '../outcome.ts'
import { productOf } from '../resolve.ts'

/** `/{ProductKey}/${deviceName}/user/` is put in front of TopicShortName. Codec is for scripts, which this product has none of. */
export const createProductTopicAction = action('CreateProductTopic', async (params, context) => {
  const row = await carryOut(context, () =>
    createTopicClass(context.directory, productOf(context, params.ProductKey).productKey, {
      shortName: params.TopicShortName,
      operation: params.Operation,
      description: params.Desc ?? '',
      proxySubscribe: params.EnableProxySubscribe ?? false,
    }),
  )
  return { TopicId: row.id }
})
