/** Numbers of the statements about WebSocket, in both versions; web-socket.test.ts holds the devices' listener against them. */
export const webSocketStatements = ['6.0.0-1', '6.0.0-2', '6.0.0-4'] as const
