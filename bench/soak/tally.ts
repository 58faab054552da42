/** What one worker counted since it began. Counters only grow. */
export interface Tally {
  /** Connections that stand. */
  connections: number
  sent: [qos0: number, qos1: number, qos2: number]
  /** First arrivals by the QoS that they were published at. */
  arrived: [qos0: number, qos1: number, qos2: number]
  /** QoS 1 messages that came more than once, which the standard allows when a connection was cut. */
  again: number
  /** QoS 1 and 2 messages that a later one overtook and that had not come by then. */
  lost: number
  /** QoS 2 messages that came more than once. */
  twice: number
  reconnects: number
  takeOvers: number
  /** Device posts sent at QoS 1, acknowledged, answered with 200, and seen by the application that watches them. */
  posts: number
  postsAcknowledged: number
  replies: number
  watched: number
  logins: number
  logouts: number
  /** What should not have been, the first few as text. */
  faults: number
}

export function emptyTally(): Tally {
  return {
    connections: 0,
    sent: [0, 0, 0],
    arrived: [0, 0, 0],
    again: 0,
    lost: 0,
    twice: 0,
    reconnects: 0,
    takeOvers: 0,
    posts: 0,
    postsAcknowledged: 0,
    replies: 0,
    watched: 0,
    logins: 0,
    logouts: 0,
    faults: 0,
  }
}

export function sum(tallies: Iterable<Tally>): Tally {
  const total = emptyTally()
  for (const tally of tallies) {
    for (const [name, value] of Object.entries(tally) as [keyof Tally, Tally[keyof Tally]][]) {
      if (name === 'sent' || name === 'arrived')
        for (const qos of [0, 1, 2] as const) total[name][qos] += tally[name][qos]
      else total[name] += value as number
    }
  }
  return total
}

/** What has happened between two of them; what stands as of the later one. */
export function difference(before: Tally, after: Tally): Tally {
  const out = sum([after])
  for (const [name, value] of Object.entries(before) as [keyof Tally, Tally[keyof Tally]][]) {
    if (name === 'connections') continue
    if (name === 'sent' || name === 'arrived') for (const qos of [0, 1, 2] as const) out[name][qos] -= before[name][qos]
    else out[name] -= value as number
  }
  return out
}

/** Numbers of one sender at one QoS, as they come. */
export class Sequence {
  /** Highest that came. */
  last = 0

  /** How many were skipped; -1 where it came before. */
  take(number: number): number {
    if (number <= this.last) return -1
    const skipped = number - this.last - 1
    this.last = number
    return skipped
  }
}
