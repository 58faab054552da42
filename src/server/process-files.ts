/** What the system says of this process's open files. */
import { readdirSync, readFileSync } from 'node:fs'
import type { ProcessFiles } from '../platform/open-files.ts'

/** Null where the limit cannot be read, or there is none. */
export function processFiles(): ProcessFiles | null {
  const limit = fromProc() ?? fromReport()
  return limit === null || !(limit > 0) ? null : { limit, count }
}

/** Linux. Node has raised the soft limit to the hard one by now, so it is the first number that counts. */
function fromProc(): number | null {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return match ? Number(match[1]) : null
  } catch {
    return null
  }
}

/** Elsewhere Node knows, among much else. */
function fromReport(): number | null {
  try {
    const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } }
    const limit = Number(report.userLimits?.open_files?.soft)
    return Number.isFinite(limit) ? limit : null
  } catch {
    return null
  }
}

function count(): number | null {
  for (const directory of ['/proc/self/fd', '/dev/fd']) {
    try {
      // The directory itself is open while it is read.
      return readdirSync(directory).length - 1
    } catch {
      // The other may be there.
    }
  }
  return null
}
