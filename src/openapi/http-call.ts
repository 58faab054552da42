/** A name and its value, decoded, in the order they came. */
export type Pair = readonly [name: string, value: string]

/** An HTTP request to `/`, as the pipeline sees it. */
export interface HttpCall {
  readonly method: string
  readonly path: string
  readonly query: readonly Pair[]
  /** Of an urlencoded body. */
  readonly form: readonly Pair[]
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As it came: ACS3 signs its hash. */
  readonly body: Buffer
  /** Address of the caller, for the log. */
  readonly remote: string
}

/** Decodes `a=1&b=2`; a `+` is a blank. Broken escapes stay as they are. */
export function parsePairs(text: string): Pair[] {
  const pairs: Pair[] = []
  for (const pair of new URLSearchParams(text)) pairs.push(pair)
  return pairs
}

const NO_BODY = Buffer.alloc(0)

export function httpCall(
  method: string,
  url: string,
  headers: HttpCall['headers'],
  body: Buffer = NO_BODY,
  remote = '',
): HttpCall {
  const mark = url.indexOf('?')
  const type = headers['content-type']
  const isForm = body.length > 0 && (type === undefined || type.toLowerCase().includes('x-www-form-urlencoded'))
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? [] : parsePairs(url.slice(mark + 1)),
    form: isForm ? parsePairs(body.toString('utf8')) : [],
    headers,
    body,
    remote,
  }
}
