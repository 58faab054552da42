import { asMembers } from '../members.ts'
import type { AlinkRow } from '../row.ts'
import { loginBatch, loginOne } from './login.ts'

/** A sub-device comes on line through this gateway (sub-devices.md §1). A batch in this topic is answered in the batch's form (§3). */
export const combineLogin: AlinkRow = {
  path: 'combine/login',
  form: 'ext',
  who: 'gateway',
  errorData: '{}',
  ackable: false,
  exempt: true,
  registry: false,
  handle: (request, turn, world) =>
    Array.isArray(asMembers(request.params)?.deviceList)
      ? loginBatch(request, turn, world)
      : loginOne(request, turn, world),
}
