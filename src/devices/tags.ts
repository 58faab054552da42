import type { RegistryChange } from '../store/records/rows.ts'
import type { Device } from './device.ts'
import { tagKeyProblem, tagValueProblem } from './names.ts'
import type { Plan } from './plan.ts'
import { planned, refused } from './plan.ts'

/** Tags of a device at most, and as many of domain SYSTEM beside them; items in one call; keys in one deviceinfo/get. */
export const tagLimits = { tags: 100, systemTags: 100, items: 200, getKeys: 10 }

export type TagReason = 'no tags' | 'too many items' | 'key' | 'value' | 'too many tags'

export interface TagInput {
  readonly key: string
  readonly value: string
  /** `"domain":"SYSTEM"`. A key belongs to the domain that wrote it last. */
  readonly system?: boolean
}

/** deviceinfo/update and SaveDeviceProp: puts these, all or nothing; other tags stay. The last of a key given twice counts. */
export function putTags(device: Device, inputs: readonly TagInput[]): Plan<TagReason, void> {
  if (inputs.length === 0) return refused('no tags')
  if (inputs.length > tagLimits.items) return refused('too many items', String(inputs.length))
  const tags = new Map(device.tags)
  const changed = new Set<string>()
  for (const { key, value, system = false } of inputs) {
    if (tagKeyProblem(key)) return refused('key', key)
    if (tagValueProblem(value)) return refused('value', key)
    const old = tags.get(key)
    if (old?.value === value && old.system === system) continue
    tags.set(key, { value, system })
    changed.add(key)
  }
  let system = 0
  for (const tag of tags.values()) if (tag.system) system++
  if (tags.size - system > tagLimits.tags || system > tagLimits.systemTags) return refused('too many tags')
  const { productKey, deviceName } = device
  return planned(
    Array.from(changed, (key): RegistryChange => {
      const tag = tags.get(key)
      return {
        kind: 'tag-put',
        row: { productKey, deviceName, key, value: tag?.value ?? '', system: tag?.system ?? false },
      }
    }),
    undefined,
  )
}

/** deviceinfo/delete and DeleteDeviceProp: an absent key is no error. */
export function deleteTags(device: Device, keys: readonly string[]): Plan<TagReason, void> {
  if (keys.length > tagLimits.items) return refused('too many items', String(keys.length))
  const { productKey, deviceName } = device
  const present = new Set(keys.filter((key) => device.tags?.has(key)))
  return planned(
    Array.from(present, (key): RegistryChange => ({ kind: 'tag-delete', productKey, deviceName, key })),
    undefined,
  )
}

/** The user's tags: of these keys, or all. */
export function userTags(device: Device, keys?: readonly string[]): readonly { key: string; value: string }[] {
  const found: { key: string; value: string }[] = []
  for (const key of keys ?? device.tags?.keys() ?? []) {
    const tag = device.tags?.get(key)
    if (tag && !tag.system) found.push({ key, value: tag.value })
  }
  return found
}
