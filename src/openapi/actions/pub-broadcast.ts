import { action } from '../action.ts'
import { decodePayload, payloadLimits } from '../base64.ts'
import { productOf } from '../resolve.ts'
import { sent } from '../sent.ts'
import { broadcastTopicOf } from '../topic-names.ts'

/** With a topic: to its subscribers. Without: to every device of the product that is on line. Nothing is kept. */
export const pubBroadcastAction = action('PubBroadcast', async (params, context) => {
  const product = productOf(context, params.ProductKey)
  const payload = decodePayload(params.MessageContent, payloadLimits.broadcast)
  const topic = params.TopicFullName
  const id =
    topic === undefined
      ? await sent(context.messages.broadcast(product, payload))
      : await sent(context.messages.broadcastTopic(broadcastTopicOf(context, product, topic), payload))
  return { MessageId: BigInt(id) }
})
