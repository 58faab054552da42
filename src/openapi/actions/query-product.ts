import { action } from '../action.ts'
import { productOf } from '../resolve.ts'

/** NetType as answers have it (openapi.md §6). */
const netTypes: Readonly<Record<string, number>> = { WIFI: 3, CELLULAR: 6, ETHERNET: 7, OTHER: 8 }

export const queryProductAction = action('QueryProduct', (params, context) => {
  const product = productOf(context, params.ProductKey)
  const { row } = product
  const data = {
    ProductKey: row.productKey,
    ProductName: row.productName,
    ProductSecret: context.secrets.productText(product),
    NodeType: row.nodeType,
    DataFormat: row.dataFormat,
    AliyunCommodityCode: row.commodityCode,
    AuthType: row.authType,
    Description: row.description,
    ProtocolType: row.protocolType,
    NetType: netTypes[row.netType] ?? 8,
    CategoryKey: row.categoryKey,
    CategoryName: '',
    DeviceCount: product.devices.size,
    GmtCreate: row.createdAt,
    ProductStatus: 'DEVELOPMENT_STATUS',
    ValidateType: 1,
    Id2: false,
    Owner: true,
  }
  return { Data: data }
})
