/**
 * The store as others see it. It knows no room: facts and keep records are bytes to it, registry changes are rows.
 *
 * Three engines, one directory (`docs/decisions/`): the registry in SQLite, facts and MQTT's memory in two segment logs. The two
 * logs share one sequence of groups: a group is what one loop turn brought. Registry transactions are serial among themselves.
 */
import type { ByteReader, ByteWriter } from '../facts/bytes.ts'
import type { Fact } from '../facts/fact.ts'
import type {
  AccessKeyRow,
  ApplyRow,
  DeviceRow,
  ProductRow,
  RegistryChange,
  RelationRow,
  StatusRow,
  TagRow,
  TombstoneRow,
  TopicClassRow,
} from './records/rows.ts'

/** Who is told what became of a group; E is what waits for it, in the order recorded. */
export interface GroupOutcome<E> {
  stored(group: number, waiting: readonly E[]): void
  /** The group was taken back: nothing of it is in the logs. */
  failed(group: number, waiting: readonly E[], cause: Error): void
}

export interface Commit<E> {
  /** The group that records join now. */
  readonly open: number
  /** Every group up to this one is stored or failed. */
  readonly decided: number
  /** Appends a fact to the open group. */
  fact(fact: Fact): void
  /** Appends a record of MQTT's memory to the open group; `write` puts its bytes at the writer's end. */
  keep(write: (out: ByteWriter) => void): void
  /** `waiting` is handed to the outcome when the open group is decided. Returns the group's number. */
  wait(waiting: E): number
  /** Writes the open group now (durability `process` decides it too), not at the end of the turn. Nothing happens within an outcome. */
  flush(): void
}

/** What a registry transaction ended in. */
export interface Registry {
  /**
   * Stores the changes in one SQLite transaction, all or nothing. At once where SQLite is free; where another process holds the
   * write lock it is tried again by a timer until `store.commitTimeout`, then `failed` is called, and for all that queue behind
   * it as well. Transactions are decided in the order of these calls. The main thread never waits for the lock.
   * What waits is limited to 10,000; one more fails at once. @returns true if it was decided before returning.
   */
  transact(changes: readonly RegistryChange[], outcome: { stored(): void; failed(cause: Error): void }): boolean
  /** True while a transaction waits for the lock: a step that decides on registry state should run behind it (`whenFree`). */
  readonly busy: boolean
  /** Runs `step` when no transaction waits, at once if that is now; `failed` if the one it waits behind fails by time-out. */
  whenFree(step: () => void, failed: (cause: Error) => void): void
}

/** Reads the registry row by row, at start. */
export interface RegistryReader {
  products(): Iterable<ProductRow>
  topicClasses(): Iterable<TopicClassRow>
  devices(): Iterable<DeviceRow>
  tombstones(): Iterable<TombstoneRow>
  relations(): Iterable<RelationRow>
  tags(): Iterable<TagRow>
  accessKeys(): Iterable<AccessKeyRow>
  applies(): Iterable<ApplyRow>
}

export interface Store<E> {
  readonly commit: Commit<E>
  readonly registry: Registry
  readonly read: RegistryReader
  /** Small named values that must outlive the process (id marks). Written in the background; `set` may be lost by kill -9 unless `now`
   * (and even then while SQLite is locked or fails: it is tried again until it is written). Names `store.…` are the store's own. */
  readonly values: { get(name: string): string | undefined; set(name: string, value: string, now?: boolean): void }
  /** Facts that came after the last status checkpoint, oldest first. */
  factsSinceCheckpoint(): Iterable<Fact>
  /** Every live keep record, oldest first; payloads are views that live during the iteration step only. */
  keepRecords(): Iterable<ByteReader>
  /** Gives the live keep records for a compaction; called when the log has grown to twice what lives. It
   * is iterated over several turns, so a record may be newer than the call. */
  onCompact(snapshot: () => Iterable<(out: ByteWriter) => void>): void
  /** Folds status into the registry in the background; called now and then with what changed since the last time. It is
   * iterated over several turns, each row once: a row given may be forgotten as changed, and one may be newer than the call. */
  onCheckpoint(changed: () => Iterable<StatusRow>): void
  /** 'ok', or why the last write failed; `/readyz` and the log show it. */
  health(): { readonly ok: boolean; readonly cause: string }
  /** Durations of the commits for the metrics: called with milliseconds. */
  onCommitTime(observe: (milliseconds: number) => void): void
  /** Writes what is open, checkpoints, closes files, releases the directory's lock. */
  close(): Promise<void>
}
