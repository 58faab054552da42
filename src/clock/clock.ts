/**
 * Time as everything else sees it. Three clocks (ARCHITECTURE.md): `mono` for windows, time-outs and keep-alive, `wall` for
 * stored times and retention, `real` for what others sign (never virtual). Timers come only from here, so a test can own time.
 */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds that never jump; the origin means nothing. */
  mono(): number
  /** Milliseconds since 1970, for times that are stored or sent. */
  wall(): number
  /** Milliseconds since 1970 by the machine's clock, also under a virtual clock. For signatures of HTTP callers and log lines. */
  real(): number
  /** Calls `run` once, `ms` milliseconds from now. Does not keep the process alive. */
  after(ms: number, run: () => void): Timer
  /** Calls `run` at the end of this loop turn, after the input that is already there was read. */
  endOfTurn(run: () => void): void
}
