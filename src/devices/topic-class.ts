import type { TopicClassRow } from '../store/records/rows.ts'

/** A custom topic class of a product, ready to be matched (openapi.md §5, direct.md §4.2). */
export class TopicClass {
  readonly row: TopicClassRow
  readonly levels: readonly string[]
  readonly wildcard: boolean

  constructor(row: TopicClassRow) {
    this.row = row
    this.levels = row.shortName.split('/')
    this.wildcard = this.levels.some((level) => level === '+' || level === '#')
  }

  allows(operation: 'PUB' | 'SUB'): boolean {
    return this.row.operation === 'ALL' || this.row.operation === operation
  }
}

/**
 * Does the class cover the filter, that is, does every topic that the filter matches also match the class? Both are what stands
 * behind `/{pk}/{dn}/user/`. A topic is a filter without wildcards, so this also tells whether a topic matches.
 */
export function covers(classLevels: readonly string[], filterLevels: readonly string[]): boolean {
  for (let i = 0; i < classLevels.length; i++) {
    const mine = classLevels[i]
    if (mine === '#') return true
    const theirs = filterLevels[i]
    if (theirs === undefined || theirs === '#') return false
    if (mine !== '+' && mine !== theirs) return false
  }
  return filterLevels.length === classLevels.length
}
