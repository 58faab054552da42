import type { Clock } from '../clock/clock.ts'
import { ByteReader } from '../facts/bytes.ts'
import type { Fact } from '../facts/fact.ts'
import { readFact } from '../facts/fact.ts'
import { Checkpoints } from './checkpoint.ts'
import { GroupCommit } from './commit.ts'
import { GroupLog } from './group-log.ts'
import { Health } from './health.ts'
import { Compaction } from './log/compaction.ts'
import type { SegmentLog } from './log/segment-log.ts'
import type { LogLine, Position } from './log/segments.ts'
import { Probe } from './probe.ts'
import type { Records } from './records/records.ts'
import type { StatusRow } from './records/rows.ts'
import type { Sqlite } from './records/sqlite.ts'
import { RegistryQueue } from './registry-queue.ts'
import type { GroupOutcome, RegistryReader, Store } from './store.ts'
import { Values } from './values.ts'

export interface Parts<E> {
  readonly clock: Clock
  readonly durability: 'process' | 'power'
  readonly commitTimeout: number
  readonly outcome: GroupOutcome<E>
  readonly log: LogLine
  readonly facts: SegmentLog
  readonly keep: SegmentLog
  readonly records: Records
  readonly factsRetention: number
  readonly sqlite: Sqlite
  readonly unlock: () => void
}

/** The store on one directory: SQLite and two logs, put together. */
export class FileStore<E> implements Store<E> {
  readonly commit: GroupCommit<E>
  readonly registry: RegistryQueue
  readonly read: RegistryReader
  readonly values: Values
  readonly #parts: Parts<E>
  readonly #logs: GroupLog
  readonly #health: Health
  readonly #checkpoints: Checkpoints
  readonly #compaction: Compaction
  readonly #probe: Probe
  #closing: Promise<void> | undefined

  constructor(parts: Parts<E>) {
    this.#parts = parts
    const { clock, records, log, commitTimeout } = parts
    const health = new Health(log)
    this.#health = health
    this.#logs = new GroupLog(parts.keep, parts.facts)
    this.commit = new GroupCommit({
      clock,
      logs: this.#logs,
      health,
      durability: parts.durability,
      commitTimeout,
      outcome: parts.outcome,
    })
    this.registry = new RegistryQueue({ clock, records, health, commitTimeout })
    this.values = new Values(clock, records)
    this.#probe = new Probe(
      clock,
      health,
      () => this.commit.probe(),
      () => this.registry.probe(),
    )
    this.#checkpoints = new Checkpoints({
      clock,
      records,
      log,
      registryBusy: () => this.registry.busy,
      position: () => ({ ...this.commit.undecidedFacts(), group: this.commit.decided }),
      completed: (position) => this.#retire(position),
    })
    this.#compaction = new Compaction({
      clock,
      keep: parts.keep,
      log,
      decided: () => this.commit.decided,
      open: () => this.commit.open,
    })
    this.commit.afterStored = () => this.#compaction.check()
    this.read = {
      products: () => records.products.all(),
      topicClasses: () => records.topicClasses.all(),
      devices: () => records.devices.all(),
      tombstones: () => records.tombstones.all(),
      relations: () => records.relations.all(),
      tags: () => records.tags.all(),
      accessKeys: () => records.accessKeys.all(),
      applies: () => records.applies.all(),
    }
  }

  *factsSinceCheckpoint(): Generator<Fact> {
    for (const frame of this.#parts.facts.read(this.#checkpoints.position)) {
      while (frame.left > 0) yield readFact(frame)
    }
  }

  *keepRecords(): Generator<ByteReader> {
    for (const frame of this.#parts.keep.read()) {
      while (frame.left > 0) {
        const length = frame.u32()
        const end = frame.offset + length
        yield new ByteReader(frame.buffer, frame.offset, end)
        frame.offset = end
      }
    }
  }

  onCompact(snapshot: Compaction['snapshot'] & object): void {
    this.#compaction.snapshot = snapshot
  }

  onCheckpoint(changed: () => Iterable<StatusRow>): void {
    this.#checkpoints.changed = changed
  }

  health(): { readonly ok: boolean; readonly cause: string } {
    return this.#health.state()
  }

  onCommitTime(observe: (milliseconds: number) => void): void {
    this.commit.observe = observe
    this.registry.observe = observe
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { sqlite, unlock, log } = this.#parts
    this.#probe.close()
    this.registry.close()
    await this.commit.close()
    this.#compaction.close()
    if (!this.#checkpoints.close()) log('warn', 'no last status checkpoint: the next start reads more of the log', {})
    this.values.close()
    this.#logs.close()
    sqlite.database.close()
    unlock()
  }

  /** Deletes segments of facts that are older than the retention and behind the checkpoint. */
  #retire(position: Position): void {
    const { facts, clock, factsRetention } = this.#parts
    const oldest = clock.wall() - factsRetention
    facts.deleteOldest(
      (segment, next) => segment.number < position.segment && next.firstTime > 0 && next.firstTime < oldest,
    )
  }
}
