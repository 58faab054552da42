import type { Device } from '../devices/device.ts'
import type { Product } from '../devices/product.ts'
import type { ApiContext } from './context.ts'
import { BusinessFailure } from './failure.ts'

/** A topic that can be published to: begins with a slash, has no wildcard and no empty level, and keeps the limits of direct.md §5. */
export function isWellFormed(context: ApiContext, topic: string): boolean {
  const { topicBytes, topicSlashes } = context.settings.limits
  const levels = topic.split('/')
  if (levels[0] !== '' || levels.length < 2 || levels.length - 1 > topicSlashes) return false
  if (levels.some((level, i) => i > 0 && level === '')) return false
  return !/[+#\0]/.test(topic) && Buffer.byteLength(topic) <= topicBytes
}

function wrongTopic(): BusinessFailure {
  return new BusinessFailure('iot.messagebroker.InvalidFormattedTopicName')
}

/** `/broadcast/{ProductKey}/…` of this product. */
export function broadcastTopicOf(context: ApiContext, product: Product, topic: string): string {
  const [, room, productKey, ...rest] = topic.split('/')
  if (!isWellFormed(context, topic) || room !== 'broadcast' || productKey !== product.productKey || rest.length === 0) {
    throw wrongTopic()
  }
  return topic
}

/** The device of `/{ProductKey}/{DeviceName}/user/…`, whose product must have a class for it that can be subscribed. */
export function customTopicOf(context: ApiContext, product: Product, topic: string): Device {
  if (!isWellFormed(context, topic)) throw wrongTopic()
  const [, productKey, deviceName = '', user, ...short] = topic.split('/')
  if (productKey !== product.productKey || user !== 'user' || !product.match(short.join('/'), 'SUB')) throw wrongTopic()
  const device = product.devices.get(deviceName)
  if (!device) throw new BusinessFailure('iot.device.NotExistedDevice')
  return device
}
