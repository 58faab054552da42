import type { Device } from '../devices/device.ts'
import { deviceNameProblem, productKeyProblem } from '../devices/names.ts'
import type { Product } from '../devices/product.ts'
import type { ApiContext } from './context.ts'
import { BusinessFailure } from './failure.ts'

/** How most actions name a device (openapi.md §1.5): with both, IotId wins and the pair is not looked at. */
export interface DeviceNaming {
  readonly IotId?: string | undefined
  readonly ProductKey?: string | undefined
  readonly DeviceName?: string | undefined
}

export function productOf(context: ApiContext, productKey: string): Product {
  if (productKeyProblem(productKey)) throw new BusinessFailure('iot.prod.InvalidFormattedProductkey')
  const product = context.directory.product(productKey)
  if (!product) throw new BusinessFailure('iot.prod.NotExistedProduct')
  return product
}

export function deviceOf(context: ApiContext, naming: DeviceNaming): Device {
  const { IotId, ProductKey, DeviceName } = naming
  if (IotId !== undefined) {
    const device = context.directory.byIotId(IotId)
    if (!device) throw new BusinessFailure('iot.device.InvalidIoTId')
    return device
  }
  if (ProductKey === undefined) throw new BusinessFailure('iot.prod.NullProductKey')
  if (DeviceName === undefined) throw new BusinessFailure('iot.device.NullDeviceName')
  const product = productOf(context, ProductKey)
  if (deviceNameProblem(DeviceName)) throw new BusinessFailure('iot.device.InvalidFormattedDeviceName')
  const device = product.devices.get(DeviceName)
  if (!device) throw new BusinessFailure('iot.device.NotExistedDevice')
  return device
}

/** Is a session of the device stored and told? */
export function isOnline(context: ApiContext, device: Device): boolean {
  return context.sessions.holder(device) !== null
}

/** The old id of a device: what stands before the last 6 characters of its IotId (openapi.md §8.8). */
export function oldIdOf(device: Device): string {
  return device.iotId.slice(0, -6)
}
