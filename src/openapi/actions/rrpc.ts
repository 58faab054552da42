import { action } from '../action.ts'
import { decodePayload, payloadLimits } from '../base64.ts'
import { BusinessFailure } from '../failure.ts'
import { deviceOf } from '../resolve.ts'
import { isWellFormed } from '../topic-names.ts'

/** Success says that the call was made: RrpcCode says what became of it. */
export const rRpcAction = action('RRpc', async (params, context) => {
  const device = deviceOf(context, params)
  const payload = decodePayload(params.RequestBase64Byte, payloadLimits.message)
  const topic = params.Topic ?? null
  if (topic !== null && !isWellFormed(context, topic)) {
    throw new BusinessFailure('iot.messagebroker.InvalidFormattedTopicName')
  }
  const result = await context.messages.rrpc(device, payload, params.Timeout, topic)
  const answer = { MessageId: BigInt(result.messageId), RrpcCode: result.code }
  if (result.code !== 'SUCCESS') return answer
  return { ...answer, PayloadBase64Byte: (result.payload ?? Buffer.alloc(0)).toString('base64') }
})
