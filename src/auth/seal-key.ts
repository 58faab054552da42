import { scryptSync } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../random/random.ts'
import { SealError, SealKey } from './seal.ts'

/** Name of the key's file in the data directory. */
export const keyFileName = 'secret.key'

const KEY_BYTES = 32
/** Characters of a passphrase at least. */
const PASSPHRASE_LEAST = 12
/** About 0.1 s and 32 MiB, once a start. */
const SCRYPT = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 }
const CHECK_TEXT = 'homeport'

/** The key is missing, malformed or not the one that the data was sealed by: the message says which, and what to do. */
export class SealKeyError extends Error {}

/** `store.values`. */
export interface Values {
  get(name: string): string | undefined
  set(name: string, value: string, now?: boolean): void
}

export interface SealKeySource {
  /** The data directory; it exists. */
  readonly directory: string
  /** `HOMEPORT_SECRET_KEY`: 64 hex digits, base64 of 32 bytes, or a passphrase; `undefined` or `''` where not set. */
  readonly given: string | undefined
  readonly values: Values
  readonly random: Random
}

/**
 * The key by which secrets are sealed: from the environment, else from `secret.key`, which is made at the first start. It is held
 * against a check value in the store, so a wrong key stops the start instead of refusing every device. Throws {@link SealKeyError}.
 */
export function loadSealKey(source: SealKeySource): SealKey {
  const { values, random } = source
  const check = values.get('seal.check')
  const key = new SealKey(source.given ? givenKey(source.given, source) : fileKey(source, check !== undefined), random)
  if (check === undefined) values.set('seal.check', Buffer.from(key.seal(CHECK_TEXT)).toString('base64'), true)
  else if (!opens(key, check)) throw new SealKeyError(wrongKey(source))
  return key
}

function opens(key: SealKey, check: string): boolean {
  try {
    return key.open(Buffer.from(check, 'base64')) === CHECK_TEXT
  } catch (error) {
    if (error instanceof SealError) return false
    throw error
  }
}

function wrongKey({ given, directory }: SealKeySource): string {
  const which = given ? 'HOMEPORT_SECRET_KEY' : join(directory, keyFileName)
  return `${which} is not the key that the secrets in this data directory were sealed by; start with that key`
}

function givenKey(text: string, { values, random }: SealKeySource): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64')
  if (text.length < PASSPHRASE_LEAST) {
    throw new SealKeyError(
      `HOMEPORT_SECRET_KEY is neither 64 hex digits nor base64 of 32 bytes, and too short for a passphrase (${PASSPHRASE_LEAST} characters)`,
    )
  }
  let salt = values.get('seal.salt')
  if (salt === undefined) {
    salt = random.bytes(16).toString('base64')
    values.set('seal.salt', salt, true)
  }
  return scryptSync(text.normalize('NFC'), Buffer.from(salt, 'base64'), KEY_BYTES, SCRYPT)
}

function fileKey({ directory, random }: SealKeySource, sealed: boolean): Uint8Array {
  const path = join(directory, keyFileName)
  if (existsSync(path)) {
    const text = readFileSync(path, 'utf8').trim()
    if (!/^[0-9a-f]{64}$/i.test(text))
      throw new SealKeyError(`${path} does not hold 64 hex digits; restore it from a backup`)
    return Buffer.from(text, 'hex')
  }
  if (sealed) {
    throw new SealKeyError(
      `${path} is gone, and the secrets in this data directory were sealed by it; restore it, or set HOMEPORT_SECRET_KEY`,
    )
  }
  const key = random.bytes(KEY_BYTES)
  writeKey(directory, path, `${key.toString('hex')}\n`)
  return key
}

/** Whole or not at all, and on the disk before anything is sealed by it. */
function writeKey(directory: string, path: string, text: string): void {
  const temporary = `${path}.new`
  rmSync(temporary, { force: true })
  const file = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  const folder = openSync(directory, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
