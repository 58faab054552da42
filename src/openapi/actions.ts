import type { Action } from './action.ts'
import { batchAddThingTopoAction } from './actions/batch-add-thing-topo.ts'
import { batchCheckDeviceNamesAction } from './actions/batch-check-device-names.ts'
import { batchGetDeviceStateAction } from './actions/batch-get-device-state.ts'
import { batchRegisterDeviceAction } from './actions/batch-register-device.ts'
import { batchRegisterDeviceWithApplyIdAction } from './actions/batch-register-device-with-apply-id.ts'
import { batchUpdateDeviceNicknameAction } from './actions/batch-update-device-nickname.ts'
import { createProductAction } from './actions/create-product.ts'
import { createProductTopicAction } from './actions/create-product-topic.ts'
import { deleteDeviceAction } from './actions/delete-device.ts'
import { deleteDevicePropAction } from './actions/delete-device-prop.ts'
import { deleteProductAction } from './actions/delete-product.ts'
import { deleteProductTopicAction } from './actions/delete-product-topic.ts'
import { disableThingAction } from './actions/disable-thing.ts'
import { enableThingAction } from './actions/enable-thing.ts'
import { getDeviceStatusAction } from './actions/get-device-status.ts'
import { getGatewayBySubDeviceAction } from './actions/get-gateway-by-sub-device.ts'
import { getThingTopoAction } from './actions/get-thing-topo.ts'
import { notifyAddThingTopoAction } from './actions/notify-add-thing-topo.ts'
import { pubAction } from './actions/pub.ts'
import { pubBroadcastAction } from './actions/pub-broadcast.ts'
import { queryBatchRegisterDeviceStatusAction } from './actions/query-batch-register-device-status.ts'
import { queryDeviceAction } from './actions/query-device.ts'
import { queryDeviceDetailAction } from './actions/query-device-detail.ts'
import { queryDeviceInfoAction } from './actions/query-device-info.ts'
import { queryDevicePropAction } from './actions/query-device-prop.ts'
import { queryDeviceStatisticsAction } from './actions/query-device-statistics.ts'
import { queryPageByApplyIdAction } from './actions/query-page-by-apply-id.ts'
import { queryProductAction } from './actions/query-product.ts'
import { queryProductListAction } from './actions/query-product-list.ts'
import { queryProductTopicAction } from './actions/query-product-topic.ts'
import { registerDeviceAction } from './actions/register-device.ts'
import { removeThingTopoAction } from './actions/remove-thing-topo.ts'
import { rRpcAction } from './actions/rrpc.ts'
import { saveDevicePropAction } from './actions/save-device-prop.ts'
import { updateProductAction } from './actions/update-product.ts'

/** Every action that Homeport answers; a file each in `actions/`. */
export const actions: readonly Action[] = [
  batchAddThingTopoAction,
  batchCheckDeviceNamesAction,
  batchGetDeviceStateAction,
  batchRegisterDeviceWithApplyIdAction,
  batchRegisterDeviceAction,
  batchUpdateDeviceNicknameAction,
  createProductTopicAction,
  createProductAction,
  deleteDevicePropAction,
  deleteDeviceAction,
  deleteProductTopicAction,
  deleteProductAction,
  disableThingAction,
  enableThingAction,
  getDeviceStatusAction,
  getGatewayBySubDeviceAction,
  getThingTopoAction,
  notifyAddThingTopoAction,
  pubBroadcastAction,
  pubAction,
  queryBatchRegisterDeviceStatusAction,
  queryDeviceDetailAction,
  queryDeviceInfoAction,
  queryDevicePropAction,
  queryDeviceStatisticsAction,
  queryDeviceAction,
  queryPageByApplyIdAction,
  queryProductListAction,
  queryProductTopicAction,
  queryProductAction,
  registerDeviceAction,
  removeThingTopoAction,
  rRpcAction,
  saveDevicePropAction,
  updateProductAction,
]
