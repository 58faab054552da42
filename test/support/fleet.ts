/** Makes products, devices and relations by the domain functions that OpenAPI and the command line use. */
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { Device } from '../../src/devices/device.ts'
import type { Plan } from '../../src/devices/plan.ts'
import type { ProductInput } from '../../src/devices/products.ts'
import { createProduct, updateProduct } from '../../src/devices/products.ts'
import { createDevices, deleteDevice, setSecret } from '../../src/devices/registration.ts'
import type { TopicClassInput } from '../../src/devices/topic-classes.ts'
import { createTopicClass } from '../../src/devices/topic-classes.ts'
import type { DeviceRef } from '../../src/effects/effect.ts'
import type { HomeportNode } from '../../src/platform/node.ts'
import type { RegistryChange } from '../../src/store/records/rows.ts'

export const gatewayProduct = 'a1GwPk00001'
/** Its devices may be sub-devices or connect themselves. */
export const subProduct = 'a1SuBPk0002'
/** With dynamic registration. */
export const dynamicProduct = 'a1DynPk0003'

export class Fleet {
  readonly #node: () => HomeportNode
  #count = 0

  constructor(node: () => HomeportNode) {
    this.#node = node
  }

  gateways(count: number): Promise<DeviceSecret[]> {
    return this.devices(gatewayProduct, count, 'gw')
  }

  subs(count: number): Promise<DeviceSecret[]> {
    return this.devices(subProduct, count, 'sub')
  }

  /** A new device of a product. The product is made where it is one of the three above and does not exist. */
  async device(productKey: string = subProduct, deviceName?: string): Promise<DeviceSecret> {
    const [device] = await this.devices(productKey, 1, 'dev', deviceName)
    return device as DeviceSecret
  }

  async devices(productKey: string, count: number, prefix: string, deviceName?: string): Promise<DeviceSecret[]> {
    await this.#standard(productKey)
    const { world, maker } = this.#node()
    const made = Array.from({ length: count }, () => {
      const name = deviceName ?? `${prefix}_${String(++this.#count).padStart(3, '0')}`
      return { productKey, deviceName: name, deviceSecret: `secret-of-${name}` }
    })
    for (let at = 0; at < made.length; at += 1000) {
      await this.carryOut(
        createDevices(world.directory, maker, productKey, made.slice(at, at + 1000), world.clock.wall()),
      )
    }
    return made
  }

  async #standard(productKey: string): Promise<void> {
    if (this.#node().world.directory.product(productKey)) return
    await this.product({
      productKey,
      nodeType: productKey === gatewayProduct ? 1 : 0,
      dynamicRegistration: productKey === dynamicProduct,
    })
  }

  /** Names and keys are made where they are not given. */
  async product(input: Partial<ProductInput> = {}): Promise<string> {
    const { world, maker } = this.#node()
    const productKey = input.productKey ?? `a1Product${++this.#count}`
    const row = {
      productName: `name_${productKey}`,
      nodeType: 0,
      productSecret: `secret-of-${productKey}`,
      productKey,
      ...input,
    }
    await this.carryOut(createProduct(world.directory, maker, row, world.clock.wall()))
    return productKey
  }

  /** Switches dynamic registration. */
  async setDynamic(productKey: string, on: boolean): Promise<void> {
    const { world } = this.#node()
    await this.carryOut(updateProduct(world.directory, productKey, { dynamicRegistration: on }, world.clock.wall()))
  }

  async topicClass(productKey: string, input: TopicClassInput): Promise<void> {
    await this.carryOut(createTopicClass(this.#node().world.directory, productKey, input))
  }

  /** Puts sub-devices into a gateway's topology, beside those that it has, as an operator would. */
  async relate(gateway: DeviceRef, ...subs: readonly DeviceRef[]): Promise<void> {
    if (subs.length === 0) return
    await this.#node().lifecycle.relate(
      this.of(gateway),
      subs.map((sub) => this.of(sub)),
      { exclusive: false },
    )
  }

  disable(device: DeviceRef): Promise<void> {
    return this.#node().lifecycle.disable(this.of(device))
  }

  enable(device: DeviceRef): Promise<void> {
    return this.#node().lifecycle.enable(this.of(device))
  }

  remove(device: DeviceRef): Promise<void> {
    return this.#node().lifecycle.remove(this.of(device))
  }

  unrelate(gateway: DeviceRef, sub: DeviceRef): Promise<void> {
    return this.#node().lifecycle.unrelate(this.of(gateway), this.of(sub))
  }

  /** Deletes the record alone, as if nobody were told. */
  async forget(device: DeviceRef): Promise<void> {
    await this.change([deleteDevice(this.of(device), this.#node().world.clock.wall())])
  }

  async newSecret(device: DeviceRef, secret: string): Promise<void> {
    const { world, maker } = this.#node()
    await this.carryOut(setSecret(world.directory, maker, this.of(device), world.clock.wall(), secret))
  }

  /** The record of a device that exists. */
  of(device: DeviceRef): Device {
    const found = this.#node().world.directory.device(device.productKey, device.deviceName)
    if (!found) throw new Error(`no device ${device.productKey}/${device.deviceName}`)
    return found
  }

  /** `productKey/deviceName` of the gateway through which it is on line, `direct`, or null where it is off line or gone. */
  onlineThrough(device: DeviceRef): string | null {
    const { directory, sessions } = this.#node().world
    const found = directory.device(device.productKey, device.deviceName)
    const session = found ? sessions.holder(found) : null
    if (session === null) return null
    return session.gateway === null ? 'direct' : `${session.gateway.productKey}/${session.gateway.deviceName}`
  }

  /** Number of its session: it grows with each take-over, and a refresh leaves it. */
  epoch(device: DeviceRef): number {
    return this.#node().world.sessions.holder(this.of(device))?.epoch ?? 0
  }

  async carryOut<T>(plan: Plan<string, T>): Promise<T> {
    if (!plan.ok) throw new Error(`${plan.reason} ${plan.about}`)
    await this.change(plan.changes)
    return plan.value
  }

  change(changes: readonly RegistryChange[]): Promise<void> {
    const { registry } = this.#node()
    return new Promise((resolve, reject) => {
      registry.run(changes, { stored: resolve, failed: reject })
    })
  }
}
