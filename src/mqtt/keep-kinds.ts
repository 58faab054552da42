import type { KeepRecord } from './keep.ts'

/** What stands first in a record, by kind. */
export const kinds = {
  session: 1,
  'session-gone': 2,
  filter: 3,
  'filter-gone': 4,
  owner: 5,
  'owner-gone': 6,
  queued: 7,
  delivered: 8,
  message: 9,
  sent: 10,
  received: 11,
  'message-gone': 12,
  'qos2-in': 13,
  'qos2-in-gone': 14,
  retained: 15,
  'retained-gone': 16,
  will: 17,
  'will-gone': 18,
} as const satisfies Record<KeepRecord['kind'], number>
