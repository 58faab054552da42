/** The access key that the first start makes, or that the variables give. */
import type { Settings } from '../config/settings.ts'
import type { HomeportNode } from '../platform/node.ts'

/** Resolves with the key if this start made it: it is shown this once. One that was given is known already. */
export async function firstKey(node: HomeportNode, settings: Settings): Promise<{ id: string; secret: string } | null> {
  const { accessKeyId: id, accessKeySecret: secret } = settings
  const given = id !== '' && secret !== '' ? { id, secret } : undefined
  const plan = node.keys.ensure(node.world.clock.wall(), given)
  if (!plan.ok) throw new Error(`the access key ${plan.about} cannot be used: ${plan.reason}`)
  if (plan.changes.length > 0) {
    await new Promise<void>((resolve, reject) => {
      node.registry.run(plan.changes, { stored: resolve, failed: reject })
    })
  }
  return given ? null : plan.value
}
