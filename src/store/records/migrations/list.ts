import type { Migration } from 'kysely/migration'
import * as registry from './0001-registry.ts'

/** In the order of their names. A migration that was released is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-registry': registry,
}
