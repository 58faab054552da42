/** The topics of the Alink protocol that devices publish to. One file a topic; a test fails for a file that this list lacks. */
import { combineBatchLogin } from './ext-session/combine-batch-login.ts'
import { combineBatchLogout } from './ext-session/combine-batch-logout.ts'
import { combineLogin } from './ext-session/combine-login.ts'
import { combineLogout } from './ext-session/combine-logout.ts'
import type { AlinkRow } from './row.ts'
import { deviceinfoDelete } from './thing/deviceinfo-delete.ts'
import { deviceinfoGet } from './thing/deviceinfo-get.ts'
import { deviceinfoUpdate } from './thing/deviceinfo-update.ts'
import {
  deleteReply,
  disableReply,
  enableReply,
  gatewayPermitReply,
  topoAddNotifyReply,
  topoChangeReply,
} from './thing/downlink-reply.ts'
import { eventPost } from './thing/event-post.ts'
import { eventPropertyPost } from './thing/event-property-post.ts'
import { listFound } from './thing/list-found.ts'
import { productRegister } from './thing/product-register.ts'
import { subRegister } from './thing/sub-register.ts'
import { subUnregister } from './thing/sub-unregister.ts'
import { topoAdd } from './thing/topo-add.ts'
import { topoDelete } from './thing/topo-delete.ts'
import { topoGet } from './thing/topo-get.ts'

export const alinkRows: readonly AlinkRow[] = [
  combineLogin,
  combineLogout,
  combineBatchLogin,
  combineBatchLogout,
  topoAdd,
  topoDelete,
  topoGet,
  topoChangeReply,
  topoAddNotifyReply,
  listFound,
  subRegister,
  subUnregister,
  productRegister,
  gatewayPermitReply,
  disableReply,
  enableReply,
  deleteReply,
  eventPropertyPost,
  eventPost,
  deviceinfoUpdate,
  deviceinfoDelete,
  deviceinfoGet,
]

interface Found {
  readonly row: AlinkRow
  readonly parts: readonly string[]
}

const exact = new Map(
  alinkRows
    .filter((row) => !row.path.includes('{'))
    .map((row) => [`${row.form} ${row.path}`, { row, parts: [] } satisfies Found]),
)
const patterns = alinkRows
  .filter((row) => row.path.includes('{'))
  .map((row) => ({ row, pattern: new RegExp(`^${row.form} ${row.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`) }))

/** The row of a topic behind the device's name, e.g. ('sys', 'thing/topo/add'). */
export function findRow(form: 'ext' | 'sys', path: string): Found | null {
  const key = `${form} ${path}`
  const found = exact.get(key)
  if (found) return found
  for (const { row, pattern } of patterns) {
    const match = pattern.exec(key)
    if (match) return { row, parts: match.slice(1) }
  }
  return null
}
