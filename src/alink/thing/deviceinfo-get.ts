import { tagLimits, userTags } from '../../devices/tags.ts'
import { quote } from '../envelope.ts'
import { asMembers } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'

/** A device reads tags of its own, not those of the SDK; what is not there is left out (thing-model.md §11.2). */
export const deviceinfoGet: AlinkRow = {
  path: 'thing/deviceinfo/get',
  form: 'sys',
  who: 'any',
  errorData: '[]',
  ackable: false,
  exempt: false,
  registry: false,
  handle(request, turn, world) {
    const keys = asMembers(request.params)?.attrKeys
    if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'string')) {
      return refuse(world, turn, request, 460, { check: 'members', why: 'params.attrKeys is no array of strings' })
    }
    if (keys.length > tagLimits.getKeys) {
      return refuse(world, turn, request, 460, {
        check: 'members',
        why: `${keys.length} keys, at most ${tagLimits.getKeys}`,
      })
    }
    const found = userTags(request.owner, [...new Set(keys as string[])])
    turn.answer(
      request,
      `[${found.map((tag) => `{"attrKey":${quote(tag.key)},"attrValue":${quote(tag.value)}}`).join(',')}]`,
    )
  },
}
