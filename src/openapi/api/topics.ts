import { z } from 'zod'
import { createTopicClass, deleteTopicClass } from '../../devices/topic-classes.ts'
import type { TopicClassRow } from '../../store/records/rows.ts'
import type { ApiRoute } from './call.ts'
import { bodyOf, created, ok, productIn } from './call.ts'
import { carryOut } from './decide.ts'

const newTopic = z.strictObject({
  /** What stands behind `/{pk}/{dn}/user/`. */
  topic: z.string().describe('what stands behind /{pk}/{dn}/user/; + and # with SUB alone'),
  operation: z.enum(['PUB', 'SUB', 'ALL']).describe('PUB, SUB or ALL: what a device may do'),
  description: z.string().optional().describe('100 characters at most'),
})

export const topicRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/products/{pk}/topics',
    summary: 'The topic classes of a product.',
    handle: (call) => ok({ topics: productIn(call).classes.map(({ row }) => view(row)) }),
  },
  {
    method: 'POST',
    path: '/products/{pk}/topics',
    summary: 'Makes a topic class.',
    body: newTopic,
    handle: async (call) => {
      const { productKey } = productIn(call)
      const { topic, operation, description = '' } = bodyOf(call, newTopic)
      const row = await carryOut(call.context, () =>
        createTopicClass(call.context.directory, productKey, { shortName: topic, operation, description }),
      )
      return created(view(row))
    },
  },
  {
    method: 'DELETE',
    path: '/products/{pk}/topics/{id}',
    summary: 'Deletes a topic class.',
    handle: async (call) => {
      const { productKey } = productIn(call)
      await carryOut(call.context, () => deleteTopicClass(call.context.directory, productKey, Number(call.parts.id)))
      return ok({ deleted: true })
    },
  },
]

function view(row: TopicClassRow) {
  return {
    id: row.id,
    topic: row.shortName,
    fullTopic: `/${row.productKey}/\${deviceName}/user/${row.shortName}`,
    operation: row.operation,
    description: row.description,
  }
}
