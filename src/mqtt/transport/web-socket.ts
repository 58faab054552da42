/** MQTT over WebSocket ([MQTT-6.0.0-1] to [MQTT-6.0.0-4]): any path, sub-protocol `mqtt`, binary frames alone. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { Wire, WireUser } from './transport.ts'

/** What a client may offer; Paho's JavaScript client names the second where it speaks 3.1. */
const PROTOCOLS = ['mqtt', 'mqttv3.1'] as const
/** Bytes of one message: a frame, or several that continue each other. */
export const MESSAGE_LIMIT = 1024 * 1024
/** Bytes of the HTTP request. */
const REQUEST_LIMIT = 8 * 1024
/** RFC 6455 §7.4.1: data of a kind that is not taken. */
const UNSUPPORTED_DATA = 1003

/** Who waits for the end of an upgrade. */
export type Upgraded = (socket: WebSocket) => void

export class WebSockets {
  readonly #http: Server
  readonly #upgrades: WebSocketServer
  readonly #waiting = new WeakMap<Duplex, Upgraded>()

  /** `packet`: bytes of the largest packet; a message may be as large, or {@link MESSAGE_LIMIT}. */
  constructor(packet: number) {
    this.#upgrades = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: Math.max(packet, MESSAGE_LIMIT),
      perMessageDeflate: false,
      handleProtocols: (offered) => PROTOCOLS.find((name) => offered.has(name)) ?? false,
    })
    this.#http = createServer({ maxHeaderSize: REQUEST_LIMIT, keepAlive: false }, onlyUpgrades)
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#http.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Reads the request on a paused socket. Where it is no upgrade to MQTT, it is answered so and the socket closed. */
  upgrade(socket: Socket, upgraded: Upgraded): void {
    this.#waiting.set(socket, upgraded)
    this.#http.emit('connection', socket)
    socket.resume()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    if (!PROTOCOLS.some((name) => offered.includes(name))) {
      const text = 'the sub-protocol mqtt is needed\n'
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      )
      return
    }
    const upgraded = this.#waiting.get(socket)
    this.#upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      if (upgraded) upgraded(webSocket)
      else webSocket.terminate()
    })
  }
}

function onlyUpgrades(_request: IncomingMessage, response: ServerResponse): void {
  const text = 'MQTT over WebSocket: upgrade to websocket with the sub-protocol mqtt\n'
  response.writeHead(426, {
    Connection: 'close',
    Upgrade: 'websocket',
    'Content-Type': 'text/plain',
    'Content-Length': text.length,
  })
  response.end(text)
}

export class WebSocketWire implements Wire {
  readonly remote: string
  readonly certificate: string
  user: WireUser | null = null
  readonly #socket: WebSocket
  #over = false
  readonly #written = () => {
    if (!this.#over) this.user?.drained()
  }

  constructor(socket: WebSocket, remote: string, certificate: string) {
    this.#socket = socket
    this.remote = remote
    this.certificate = certificate
    const over = () => this.#ended()
    socket.on('error', over)
    socket.on('close', over)
    socket.on('message', (data: Buffer, binary: boolean) => this.#message(data, binary))
  }

  #message(data: Buffer, binary: boolean): void {
    if (this.#over) return
    if (binary) {
      this.user?.received(data, data.length)
      return
    }
    this.#socket.close(UNSUPPORTED_DATA, 'MQTT comes in binary frames')
    this.#ended()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#over) return true
    this.#socket.send(bytes, { binary: true }, this.#written)
    return false
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.close(1000)
  }

  destroy(): void {
    this.#over = true
    this.#socket.terminate()
  }

  #ended(): void {
    if (this.#over) return
    this.#over = true
    this.user?.ended()
  }
}
