import type { Product } from '../../devices/product.ts'
import { action } from '../action.ts'
import { BusinessFailure } from '../failure.ts'
import { pageCount, slice } from '../pages.ts'

/** Newest first; without ProductSecret, AliyunCommodityCode and NetType, which QueryProduct has. */
export const queryProductListAction = action('QueryProductList', (params, context) => {
  const { CurrentPage, PageSize, AliyunCommodityCode } = params
  if (AliyunCommodityCode !== undefined && !/^iothub(_senior)?$/.test(AliyunCommodityCode)) {
    throw new BusinessFailure('iot.prod.InvalidAliyunCommodityCode')
  }
  const wanted = [...context.directory.products()].filter(
    ({ row }) => AliyunCommodityCode === undefined || row.commodityCode === AliyunCommodityCode,
  )
  const page = slice(wanted.reverse(), { page: CurrentPage, size: PageSize })
  const data = {
    CurrentPage,
    PageSize,
    PageCount: pageCount(wanted.length, PageSize),
    Total: wanted.length,
    List: { ProductInfo: page.map(info) },
  }
  return { Data: data }
})

function info(product: Product) {
  const { row } = product
  return {
    ProductKey: row.productKey,
    ProductName: row.productName,
    NodeType: row.nodeType,
    DataFormat: row.dataFormat,
    AuthType: row.authType,
    Description: row.description,
    DeviceCount: product.devices.size,
    GmtCreate: row.createdAt,
  }
}
