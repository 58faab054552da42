import { action } from '../action.ts'
import { productOf } from '../resolve.ts'

/** Operation as answers have it (openapi.md §6). */
const operations = { PUB: '0', SUB: '1', ALL: '2' } as const

/** TopicShortName holds the whole class, whatever its name says. */
export const queryProductTopicAction = action('QueryProductTopic', (params, context) => {
  const { classes } = productOf(context, params.ProductKey)
  const topics = classes.map(({ row }) => ({
    Id: String(row.id),
    ProductKey: row.productKey,
    TopicShortName: `/${row.productKey}/\${deviceName}/user/${row.shortName}`,
    Operation: operations[row.operation],
    Desc: row.description,
    EnableProxySubscribe: row.proxySubscribe,
  }))
  return { Data: { ProductTopicInfo: topics } }
})
