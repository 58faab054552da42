/** What the MQTT ports promise beside plain TCP (direct.md §1.1, §1.8, §3.2; docs/tls.md). */
export const listenerPromises = [
  {
    id: 'tls.one-port',
    text: 'the MQTT port answers TCP and TLS 1.2 and 1.3: the first byte decides',
    source: 'direct.md §1.1',
  },
  { id: 'tls.own-port', text: 'mqtt.tlsPort answers TLS alone', source: 'docs/tls.md' },
  {
    id: 'tls.reload',
    text: 'new certificates without a restart; connections that stand go on; bad files change nothing',
    source: 'docs/tls.md',
  },
  {
    id: 'tls.sni',
    text: 'certificates of tls.sni are shown to whoever asks for a host name in them',
    source: 'docs/tls.md',
  },
  { id: 'web-socket', text: 'MQTT over WebSocket and secure WebSocket, any path', source: 'direct.md §3.2' },
  { id: 'proxy-protocol', text: 'the PROXY header names the client; one without it is closed', source: 'docs/tls.md' },
  {
    id: 'x509.connect',
    text: 'with a certificate of tls.ca no password is needed: user name empty, `&`, or the device that it names',
    source: 'direct.md §1.8',
  },
  {
    id: 'x509.identity',
    text: 'a device that does not say who it is gets /ext/auth/identity/response after its CONNACK, unsubscribed',
    source: 'direct.md §1.8',
  },
  {
    id: 'x509.refused',
    text: 'disabled, deleted, unknown devices are refused as by password; revoked certificates end the handshake',
    source: 'direct.md §1.8',
  },
] as const
