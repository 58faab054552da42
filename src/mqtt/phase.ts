/** What a connection waits for. */
export const Phase = {
  /** Its CONNECT. */
  connect: 0,
  /** The host, to let it in or not. */
  verdict: 1,
  /** Let in. */
  open: 2,
  /** Closed: what was sent still goes out, nothing is read. */
  closing: 3,
  /** The wire is gone. */
  gone: 4,
} as const
export type Phase = (typeof Phase)[keyof typeof Phase]
