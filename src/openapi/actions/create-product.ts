import { createProduct } from '../../devices/products.ts'
import { action } from '../action.ts'
import { BusinessFailure } from '../failure.ts'
import { carryOut } from '../outcome.ts'

/** ProductKey stands both beside Data and inside it. One authentication type is offered: secret. */
export const createProductAction = action('CreateProduct', async (params, context) => {
  if (params.AuthType !== 'secret') throw new BusinessFailure('iot.prod.InvalidProductAuthType')
  const commodityCode = params.AliyunCommodityCode ?? 'iothub'
  if (commodityCode !== 'iothub' && commodityCode !== 'iothub_senior') {
    throw new BusinessFailure('iot.prod.InvalidAliyunCommodityCode')
  }
  const { row, productSecret } = await carryOut(context, () =>
    createProduct(
      context.directory,
      context.maker,
      {
        productName: params.ProductName,
        nodeType: params.NodeType,
        commodityCode,
        dataFormat: params.DataFormat === 0 ? 0 : 1,
        netType: params.NetType,
        protocolType: params.ProtocolType ?? '',
        categoryKey: params.CategoryKey ?? '',
        description: params.Description ?? '',
      },
      context.clock.wall(),
    ),
  )
  const data = {
    ProductKey: row.productKey,
    ProductName: row.productName,
    ProductSecret: productSecret,
    NodeType: row.nodeType,
    DataFormat: row.dataFormat,
    AliyunCommodityCode: row.commodityCode,
    AuthType: row.authType,
    Description: row.description,
    ProtocolType: row.protocolType,
    Id2: false,
  }
  return { ProductKey: row.productKey, Data: data }
})
