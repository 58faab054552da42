import { deleteTags } from '../../devices/tags.ts'
import { asMembers, text } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'
import { tagFact } from './tag-fact.ts'

/** A device deletes tags of its own; one that is not there is no error (thing-model.md §11.2). */
export const deviceinfoDelete: AlinkRow = {
  path: 'thing/deviceinfo/delete',
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
    const keys: string[] = []
    for (const [index, value] of params.entries()) {
      const members = asMembers(value)
      const key = members && text(members, 'attrKey')
      if (!key)
        return refuse(world, turn, request, 460, {
          check: 'members',
          why: `member ${index}: attrKey is missing or no string`,
        })
      keys.push(key)
    }
    const plan = deleteTags(request.owner, keys)
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
