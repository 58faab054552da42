import type { BusinessCode } from '../codes/openapi.ts'
import type { Plan } from '../devices/plan.ts'
import type { ProductReason } from '../devices/products.ts'
import type { DeviceReason } from '../devices/registration.ts'
import type { TagReason } from '../devices/tags.ts'
import type { TopicClassReason } from '../devices/topic-classes.ts'
import type { ApiContext } from './context.ts'
import { BusinessFailure } from './failure.ts'

/** The vendor's code for each reason that a domain function gives (openapi.md §4). */
export const codeByReason: Readonly<Record<ProductReason | DeviceReason | TagReason | TopicClassReason, BusinessCode>> =
  {
    'product unknown': 'iot.prod.NotExistedProduct',
    'product key': 'iot.prod.InvalidFormattedProductkey',
    'product key taken': 'iot.prod.AlreadyExistedProductKey',
    'product name': 'iot.prod.InvalidFormattedProductName',
    'product name taken': 'iot.prod.AlreadyExistedProductName',
    'product secret': 'iot.common.InvalidFormattedParameter',
    description: 'iot.prod.LongProductDesc',
    'node type': 'iot.prod.InvalidNodeType',
    'too many products': 'iot.prod.ProductCountExceedMax',
    'has devices': 'iot.prod.ProductHasDevices',
    'device unknown': 'iot.device.NotExistedDevice',
    'device name': 'iot.device.InvalidFormattedDeviceName',
    'device name taken': 'iot.device.AlreadyExistedDeviceName',
    'device name twice': 'iot.device.InvalidFormattedDeviceNameInNameArray',
    nickname: 'iot.device.InvalidFormattedNickname',
    'device secret': 'iot.common.InvalidFormattedParameter',
    'too many devices': 'iot.device.DeviceNumerExceedTenant',
    'batch size': 'iot.device.DeviceCountExceeded',
    'no tags': 'iot.device.NoneDeviceProperties',
    'too many items': 'iot.device.TooManyDevicePropertiesPerTime',
    key: 'iot.device.InvalidFormattedDevicePropertyKey',
    value: 'iot.device.InvalidFormattedDevicePropertiesString',
    'too many tags': 'iot.device.TooManyDevicePropertiesPerTime',
    'class unknown': 'iot.messagebroker.TopicTemplateIsNotFound',
    'class exists': 'iot.messagebroker.TopicAlreadyFound',
    'too many classes': 'iot.messagebroker.TopicTemplateCountExceedMax',
    'short name': 'iot.messagebroker.InvalidFormattedTopicName',
    operation: 'iot.messagebroker.InvalidTopicTemplateOperationValue',
  }

type Reason = keyof typeof codeByReason

/** Decides when no change is under way, stores what was decided, and gives its value. Throws the code of a refusal. */
export function carryOut<T>(context: ApiContext, decide: () => Plan<Reason, T>): Promise<T> {
  return context.exclusive(async () => {
    const plan = decide()
    if (!plan.ok) throw new BusinessFailure(codeByReason[plan.reason])
    if (plan.changes.length > 0) await context.change(plan.changes)
    return plan.value
  })
}
