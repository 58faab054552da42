/** Reason strings of 5.0, for whoever reads a client's log. Only failures have one. */
const texts: Readonly<Record<number, string>> = {
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'this server does not take it',
  133: 'client identifier not valid',
  134: 'user name or password is wrong',
  135: 'not authorized',
  136: 'the server is unavailable',
  137: 'the server is busy',
  138: 'banned',
  139: 'the server is shutting down',
  140: 'enhanced authentication is not offered',
  141: 'keep-alive ran out',
  142: 'another connection took over the session',
  143: 'topic filter not valid',
  144: 'topic name not valid',
  145: 'packet identifier is in use',
  146: 'packet identifier not found',
  147: 'more messages without acknowledgement than the receive maximum',
  148: 'topic alias not valid',
  149: 'packet is larger than the maximum',
  150: 'messages come too fast',
  151: 'a queue or quota is full',
  152: 'closed by an administrator',
  153: 'payload format not valid',
  154: 'retained messages are not offered',
  155: 'quality of service is not offered',
  158: 'shared subscriptions are not offered',
  159: 'connections come too fast',
  161: 'subscription identifiers are not offered',
  162: 'wildcard subscriptions are not offered',
}

/** `''` for none. */
export function reasonText(code: number): string {
  return texts[code] ?? ''
}
