import type { Answer, BusinessFailure, RequestFailure } from './failure.ts'
import { toXml } from './xml.ts'

export type Format = 'JSON' | 'XML'

export interface HttpAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** To whom an answer goes. */
export interface Addressee {
  readonly requestId: string
  readonly format: Format
  /** `''` where it could not be read. */
  readonly action: string
  /** The Host header of the request. */
  readonly host: string
}

interface RawJson {
  rawJSON(text: string): unknown
}

/** JSON with bigints as plain digits: MessageIds of 19 digits are longs. */
function toJson(answer: Answer): string {
  return JSON.stringify(answer, (_name, value: unknown) =>
    typeof value === 'bigint' ? (JSON as unknown as RawJson).rawJSON(String(value)) : value,
  )
}

function write(format: Format, status: number, root: string, answer: Answer): HttpAnswer {
  if (format === 'XML') return { status, type: 'text/xml;charset=utf-8', body: toXml(root, answer) }
  return { status, type: 'application/json;charset=utf-8', body: toJson(answer) }
}

/** openapi.md §2: success. */
export function success(to: Addressee, answer: Answer): HttpAnswer {
  return write(to.format, 200, `${to.action}Response`, { RequestId: to.requestId, Success: true, Code: '', ...answer })
}

/** openapi.md §2: business failure. */
export function refusal(to: Addressee, failure: BusinessFailure, status: number): HttpAnswer {
  const answer = { RequestId: to.requestId, Success: false, Code: failure.code, ErrorMessage: failure.message }
  return write(to.format, status, `${to.action}Response`, { ...answer, ...failure.answer })
}

/** openapi.md §2: gateway failure. Recommend leads to `GET /troubleshoot` of this server. */
export function rejection(to: Addressee, failure: RequestFailure): HttpAnswer {
  const query = `q=${encodeURIComponent(failure.code)}&product=Iot&requestId=${to.requestId}`
  return write(to.format, failure.status, 'Error', {
    RequestId: to.requestId,
    HostId: to.host,
    Code: failure.code,
    Message: failure.message,
    Recommend: `http://${to.host}/troubleshoot?${query}`,
  })
}
