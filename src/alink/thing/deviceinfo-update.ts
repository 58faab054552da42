import type { TagInput } from '../../devices/tags.ts'
import { putTags } from '../../devices/tags.ts'
import { asMembers, text } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'
import { tagFact } from './tag-fact.ts'

/** A device sets tags of its own; other tags stay (thing-model.md §11.2). `"domain":"SYSTEM"` marks those of the SDK. */
export const deviceinfoUpdate: AlinkRow = {
  path: 'thing/deviceinfo/update',
  form: 'sys',
  who: 'any',
  errorData: '{}',
  ackable: true,
  exempt: false,
  registry: true,
  handle(request, turn, world) {
    const { params } = request
    if (!Array.isArray(params))
      return refuse(world, turn, request, 460, { check: 'members', why: 'params is no array' })
    const tags: TagInput[] = []
    for (const [index, value] of params.entries()) {
      const members = asMembers(value)
      const key = members && text(members, 'attrKey')
      if (!members || !key || typeof members.attrValue !== 'string') {
        return refuse(world, turn, request, 460, {
          check: 'members',
          why: `member ${index}: attrKey or attrValue is missing or no string`,
        })
      }
      tags.push({ key, value: members.attrValue, system: members.domain === 'SYSTEM' })
    }
    const plan = putTags(request.owner, tags)
    if (!plan.ok)
      return refuse(world, turn, request, 460, { check: 'tags', why: `${plan.reason} ${plan.about}`.trim() })
    const fact = tagFact(request)
    return {
      changes: plan.changes,
      stored(after) {
        after.fact(fact)
        after.answer(request, '{}')
      },
    }
  },
}
