/** Command lines of Debian's mosquitto-clients, ready to copy. */

export interface Connect {
  readonly host: string
  readonly port: number
  readonly clientId: string
  readonly userName: string
  readonly password: string
}

/** A word as a POSIX shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function line(program: string, connect: Connect, rest: readonly string[]): string {
  const { host, port, clientId, userName, password } = connect
  const words = [
    '-h',
    host,
    '-p',
    String(port),
    '-V',
    'mqttv311',
    '-i',
    clientId,
    '-u',
    userName,
    '-P',
    password,
    '-q',
    '1',
  ]
  return [program, ...[...words, ...rest].map(quoted)].join(' ')
}

/** Publishes one message and leaves. */
export function publishLine(connect: Connect, topic: string, payload: string): string {
  return line('mosquitto_pub', connect, ['-t', topic, '-m', payload])
}

/** Publishes one message, prints what comes on `reply`, and leaves; waits five seconds at most. */
export function requestLine(connect: Connect, topic: string, payload: string, reply: string): string {
  return line('mosquitto_rr', connect, ['-W', '5', '-t', topic, '-e', reply, '-m', payload])
}

/** Publishes one message, and stays for `seconds`; prints nothing, which of these programs only mosquitto_sub does and stays. */
export function holdLine(connect: Connect, topic: string, payload: string, seconds: number): string {
  return `{ echo ${quoted(payload)}; sleep ${seconds}; } | ${line('mosquitto_pub', connect, ['-l', '-t', topic])}`
}

/** Stays, with a clean session, and prints all that comes on the filters, each with its topic. */
export function listenLine(connect: Connect, filters: readonly string[]): string {
  return line('mosquitto_sub', connect, ['-v', ...filters.flatMap((filter) => ['-t', filter])])
}
