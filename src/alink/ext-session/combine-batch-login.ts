import type { AlinkRow } from '../row.ts'
import { loginBatch } from './login.ts'

/** Several sub-devices come on line at once, all or none (sub-devices.md §3). */
export const combineBatchLogin: AlinkRow = {
  path: 'combine/batch_login',
  form: 'ext',
  who: 'gateway',
  errorData: '[]',
  ackable: false,
  exempt: true,
  registry: false,
  handle: loginBatch,
}
