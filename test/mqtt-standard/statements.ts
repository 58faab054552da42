/** The normative statements of MQTT 3.1.1 and MQTT 5.0 (their appendices B), each with a gist in words of our own. */

import { statements5 } from './statements-5-table.ts'
import { statements311 } from './statements-311-table.ts'

export interface Statement {
  /** Without `MQTT-`. */
  readonly number: string
  readonly version: 4 | 5
  readonly concerns: 'server' | 'client' | 'both'
  readonly gist: string
  /** Why no test over a socket can see whether a server obeys; `''` where one can. */
  readonly unseen: string
}

const who = { S: 'server', C: 'client', B: 'both' } as const

/** Lines `NUMBER S|C|B GIST`, with `(unseen: WHY)` at the end where it is so. */
function read(lines: string, version: 4 | 5): Statement[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const found = /^(\S+) ([SCB]) (.+?)(?: \(unseen: (.+)\))?$/.exec(line.trim())
      if (!found) throw new Error(`no statement: ${line}`)
      const [, number = '', letter = 'S', gist = '', unseen = ''] = found
      return { number, version, concerns: who[letter as keyof typeof who], gist, unseen }
    })
}

export const statements: readonly Statement[] = [...read(statements311, 4), ...read(statements5, 5)]
