/** A TCP connection to a server, for Homeport's own MQTT client. */
import { connect } from 'node:net'
import type { Wire } from './transport.ts'

/** Resolves once the connection stands. */
export function dial(port: number, host: string): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      let over = false
      const end = () => {
        if (over) return
        over = true
        wire.user?.ended()
      }
      const wire: Wire = {
        remote: `${host}:${port}`,
        user: null,
        write(bytes) {
          // The stream keeps what it could not send at once, so it gets a copy.
          if (!over) socket.write(Buffer.from(bytes))
          return true
        },
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        end: () => socket.end(),
        destroy() {
          over = true
          socket.destroy()
        },
      }
      socket.on('error', end)
      socket.on('end', end)
      socket.on('close', end)
      socket.on('data', (bytes: Buffer) => wire.user?.received(bytes, bytes.length))
      resolve(wire)
    })
  })
}
