import { nameForms } from '../../devices/names.ts'
import type { Plan } from '../../devices/plan.ts'
import type { ProductReason } from '../../devices/products.ts'
import type { DeviceReason } from '../../devices/registration.ts'
import type { TopicClassReason } from '../../devices/topic-classes.ts'
import type { ApiContext } from '../context.ts'
import { Problem } from './problem.ts'

type Reason = ProductReason | DeviceReason | TopicClassReason

/** Status, text and hint of what a domain function refuses. `{}` is what it is about. */
const problems: Readonly<Record<Reason, readonly [status: number, text: string, hint: string]>> = {
  'product unknown': [404, 'product {} does not exist', 'homeport product list shows those that exist'],
  'product key': [400, 'the product key is not valid: {}', `use ${nameForms.productKey}`],
  'product key taken': [409, 'the product {} exists already', 'choose another product key, or leave it out'],
  'product name': [
    400,
    'the product name is not valid: {}',
    'use 4 to 30 letters, digits, _ - @ ( ) or Chinese characters',
  ],
  'product name taken': [409, 'a product named {} exists already', 'choose another name'],
  'product secret': [400, 'the product secret is not valid: {}', 'use 1 to 64 printable characters without blanks'],
  description: [400, 'the description is {}', 'use at most 100 characters'],
  'node type': [400, 'the node type {} is not known', 'use gateway or device'],
  'too many products': [409, 'there are {} products', 'delete one first'],
  'has devices': [409, 'the product has {} devices', 'delete its devices first'],
  'device unknown': [404, 'device {} does not exist', 'homeport device list shows those that exist'],
  'device name': [400, 'the device name {} is not valid', `use ${nameForms.deviceName}`],
  'device name taken': [409, 'the device {} exists already', 'choose another name, or delete it first'],
  'device name twice': [400, 'the device name {} stands there twice', 'name each device once'],
  nickname: [400, 'the nickname is not valid: {}', 'use 4 to 64 letters, digits, _ or Chinese characters'],
  'device secret': [400, 'the device secret is not valid: {}', 'use 1 to 64 printable characters without blanks'],
  'too many devices': [409, 'the product has {} devices', 'make another product'],
  'batch size': [400, '{} devices in one call', 'use 1 to 1000, or the import'],
  'class unknown': [404, 'topic class {} does not exist', 'homeport product topics shows those that exist'],
  'class exists': [409, 'the topic class {} exists already', 'choose another name'],
  'too many classes': [409, 'the product has {} topic classes', 'delete one first'],
  'short name': [400, 'the topic is not valid: {}', 'use levels of letters, digits and _; + and # only for SUB'],
  operation: [400, 'the operation {} is not known', 'use PUB, SUB or ALL'],
}

/** Decides when no change is under way, stores what was decided, and gives its value. Throws the Problem of a refusal. */
export function carryOut<T>(context: ApiContext, plan: () => Plan<Reason, T>): Promise<T> {
  return context.exclusive(async () => {
    const decided = plan()
    if (!decided.ok) throw problemOf(decided.reason, decided.about)
    if (decided.changes.length > 0) await context.change(decided.changes)
    return decided.value
  })
}

function problemOf(reason: Reason, about: string): Problem {
  const [status, text, hint] = problems[reason]
  const code = reason.replace(/(^| )([a-z])/g, (_match, _blank, letter: string) => letter.toUpperCase())
  return new Problem(status, code, text.replace('{}', about), hint)
}
