import { judgeConnect } from '../../src/auth/connect.ts'
import { verifyLogin } from '../../src/auth/login.ts'
import { makeConnect, makeLogin } from '../../src/auth/make.ts'
import { SealKey } from '../../src/auth/seal.ts'
import { Secrets } from '../../src/auth/secrets.ts'
import { Directory } from '../../src/devices/directory.ts'
import { createProduct } from '../../src/devices/products.ts'
import type { NewDevice } from '../../src/devices/registration.ts'
import { createDevices } from '../../src/devices/registration.ts'
import { seededRandom } from '../../src/random/random.ts'

const random = seededRandom(1)
const sealer = new SealKey(random.bytes(32), random)
const directory = new Directory()
const productKey = 'a1B2c3D4e5F'
const product = createProduct(directory, { random, sealer }, { productName: 'bench', nodeType: 0, productKey }, 1)
if (!product.ok) throw new Error(product.reason)
for (const change of product.changes) directory.apply(change)
const made = createDevices(
  directory,
  { random, sealer },
  productKey,
  Array.from({ length: 1000 }, () => ({})),
  1,
)
if (!made.ok) throw new Error(made.reason)
for (const change of made.changes) directory.apply(change)

const named = made.value.map(({ row, deviceSecret }: NewDevice) => ({
  productKey,
  deviceName: row.deviceName,
  deviceSecret,
}))
const logins = named.map((device) => makeLogin(device, { timestamp: 1581417203000 }))
const connects = named.map((device) => makeConnect(device, { timestamp: 2524608000000, extra: { _ss: 1, ext: 3 } }))
const devices = named.map(({ deviceName }) => directory.device(productKey, deviceName))
const secrets = new Secrets(directory, sealer)

export const benches: { name: string; run(iterations: number): void }[] = [
  {
    name: 'auth: verify the sign of a login',
    run(iterations) {
      for (let i = 0; i < iterations; i++) {
        const device = devices[i % devices.length]
        const request = logins[i % logins.length]
        if (!device || !request || !verifyLogin(secrets, device, request)) throw new Error('a good login was refused')
      }
    },
  },
  {
    name: 'auth: judge a CONNECT',
    run(iterations) {
      for (let i = 0; i < iterations; i++) {
        const { clientId, userName, password } = connects[i % connects.length] as (typeof connects)[number]
        if (!judgeConnect(directory, secrets, { clientId, userName, password }).ok)
          throw new Error('a good CONNECT was refused')
      }
    },
  },
  {
    name: 'auth: open a sealed secret',
    run(iterations) {
      for (let i = 0; i < iterations; i++) {
        const device = devices[i % devices.length]
        if (device) secrets.text(device)
      }
    },
  },
]
