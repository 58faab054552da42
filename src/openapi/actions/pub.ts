import { action } from '../action.ts'
import { decodePayload, payloadLimits } from '../base64.ts'
import { productOf } from '../resolve.ts'
import { sent } from '../sent.ts'
import { broadcastTopicOf, customTopicOf } from '../topic-names.ts'

/** To a device's custom topic, or to a broadcast topic. Succeeds whether or not anybody listens. */
export const pubAction = action('Pub', async (params, context) => {
  const product = productOf(context, params.ProductKey)
  const payload = decodePayload(params.MessageContent, payloadLimits.message)
  const topic = params.TopicFullName
  if (topic.startsWith('/broadcast/')) {
    return {
      MessageId: await sent(context.messages.broadcastTopic(broadcastTopicOf(context, product, topic), payload)),
    }
  }
  const device = customTopicOf(context, product, topic)
  return { MessageId: await sent(context.messages.pub(device, topic, payload, params.Qos === 1 ? 1 : 0)) }
})
