/**
 * Node 24 calls its SQLite experimental, 26 no longer does. Only this warning is kept back; to be called before anything loads SQLite.
 */
export function withoutSqliteWarning(): void {
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void
  process.emitWarning = ((warning: unknown, ...rest: unknown[]) => {
    const type = typeof rest[0] === 'object' ? (rest[0] as { type?: string } | null)?.type : rest[0]
    if (type === 'ExperimentalWarning' && String(warning).startsWith('SQLite ')) return
    emitWarning(warning, ...rest)
  }) as typeof process.emitWarning
}
