/** A row: the statements that it holds the server to, a name, and a script (script.ts) for each version it runs in. */
import type { Version } from './encode.ts'

export interface Row {
  readonly versions: readonly Version[]
  /** Numbers without `MQTT-`, of 3.1.1 and of 5.0; empty where a row tries what no statement spells out. */
  readonly v4: readonly string[]
  readonly v5: readonly string[]
  readonly name: string
  readonly script: string
}

const split = (numbers: string) => numbers.split(' ').filter((it) => it !== '')

function row(versions: readonly Version[], v4: string, v5: string, name: string, script: string): Row {
  return { versions, v4: split(v4), v5: split(v5), name, script }
}

/** 3.1, 3.1.1 and 5.0. */
export const all = (v4: string, v5: string, name: string, script: string) => row([3, 4, 5], v4, v5, name, script)
/** 3.1.1 and 5.0. */
export const both = (v4: string, v5: string, name: string, script: string) => row([4, 5], v4, v5, name, script)
/** 3.1 and 3.1.1. */
export const old = (v4: string, name: string, script: string) => row([3, 4], v4, '', name, script)
export const v3 = (name: string, script: string) => row([3], '', '', name, script)
export const v4 = (numbers: string, name: string, script: string) => row([4], numbers, '', name, script)
export const v5 = (numbers: string, name: string, script: string) => row([5], '', numbers, name, script)

export const versionNames = { 3: '3.1', 4: '3.1.1', 5: '5.0' } as const
