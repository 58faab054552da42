/** Makes a failure small: which connections bring it about, one after the other, and with which of their writes. */
import type { FuzzOptions, Part, Suspect } from './fuzz.ts'
import { fuzz } from './fuzz.ts'

/** Parts of scripts that fail together, as few as taking connections and writes away makes them; null where all together do not. */
export async function shrink(options: FuzzOptions, suspects: readonly Suspect[]): Promise<readonly Part[] | null> {
  const fails = async (only: readonly Part[]) => {
    const { seed, packets, connections, round } = options
    return (await fuzz({ seed, packets, connections, round, only })).failure !== null
  }
  const all = suspects.toReversed().map(({ index, writes }) => ({ index, writes: numbers(writes) }))
  if (!(await fails(all))) return null
  let parts: readonly Required<Part>[] = await fewer(all, fails)
  for (const part of parts) {
    const having = (writes: readonly number[]) =>
      parts.map((one) => (one.index === part.index ? { ...one, writes } : one))
    const writes = await fewer(part.writes, (some) => fails(having(some)))
    parts = having(writes)
  }
  return parts
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at)

/** Takes halves away, then quarters, down to single ones, as long as it still fails. */
async function fewer<T>(items: readonly T[], fails: (some: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let kept = items
  for (let size = (kept.length + 1) >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < kept.length && kept.length > 1; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (rest.length > 0 && (await fails(rest))) kept = rest
      else from += size
    }
  }
  return kept
}
