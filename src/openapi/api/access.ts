import type { AccessKeys } from '../../accounts/keys.ts'
import { equalTexts } from '../signature/equal.ts'

/**
 * May the caller of `/api/v1` in? `Bearer TOKEN` of `local.json`, or HTTP Basic with an access key.
 */
export function mayEnter(header: string | undefined, token: string, keys: AccessKeys): boolean {
  const [, scheme, credentials] = /^(\w+) +(\S+)$/.exec(header ?? '') ?? []
  if (credentials === undefined) return false
  if (scheme?.toLowerCase() === 'bearer') return token !== '' && equalTexts(credentials, token)
  if (scheme?.toLowerCase() !== 'basic') return false
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  const secret = keys.secret(text.slice(0, colon))
  return secret !== undefined && equalTexts(text.slice(colon + 1), secret)
}
