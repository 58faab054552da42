import type { Clock, Timer } from './clock.ts'

/** The machine's clock. */
export class SystemClock implements Clock {
  mono(): number {
    return performance.now()
  }

  wall(): number {
    return Date.now()
  }

  real(): number {
    return Date.now()
  }

  after(ms: number, run: () => void): Timer {
    const timer = setTimeout(run, ms)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  }

  endOfTurn(run: () => void): void {
    setImmediate(run)
  }
}
