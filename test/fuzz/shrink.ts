/** Makes a failure small: which connection alone brings it about, and with which of its writes. */
import type { FuzzOptions, Part, Suspect } from './fuzz.ts'
import { fuzz } from './fuzz.ts'

/** The part of one script that fails alone, as small as taking writes away makes it; null where no suspect fails alone. */
export async function shrink(options: FuzzOptions, suspects: readonly Suspect[]): Promise<Part | null> {
  for (const suspect of suspects) {
    const { index } = suspect
    if (await fails(options, { index })) return { index, writes: await fewer(options, suspect) }
  }
  return null
}

async function fails(options: FuzzOptions, part: Part): Promise<boolean> {
  const { seed, packets, connections, round } = options
  const { failure } = await fuzz({ seed, packets, connections, round, only: [part] })
  return failure !== null
}

/** Takes halves away, then quarters, down to single ones, as long as it still fails. */
async function fewer(options: FuzzOptions, { index, writes }: Suspect): Promise<readonly number[]> {
  let kept: readonly number[] = Array.from({ length: writes }, (_, at) => at)
  for (let size = kept.length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < kept.length; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (await fails(options, { index, writes: rest })) kept = rest
      else from += size
    }
  }
  return kept
}
