import { BusinessFailure } from './failure.ts'

/**
 * The payload of a message: standard base64, padded or not (openapi.md §5). Throws MessageContentIsNotBase64Encode, or
 * MessageContentIsTooLarge beyond `limit` bytes.
 */
export function decodePayload(text: string, limit: number): Buffer {
  const [, digits = '', padding = ''] = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(text) ?? [null, ' ', '']
  const over = digits.length % 4
  if (digits === ' ' || over === 1 || (padding !== '' && (digits.length + padding.length) % 4 !== 0)) {
    throw new BusinessFailure('iot.messagebroker.MessageContentIsNotBase64Encode')
  }
  const payload = Buffer.from(digits, 'base64')
  if (payload.length > limit) throw new BusinessFailure('iot.messagebroker.MessageContentIsTooLarge')
  return payload
}

/** Decoded bytes at most (openapi.md §5). */
export const payloadLimits = { message: 256 * 1024, broadcast: 64 * 1024 }
