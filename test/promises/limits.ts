/** What is promised of limits (docs/operations.md). */
const source = 'docs/operations.md'

export const limitPromises = [
  {
    id: 'limits.connections-per-second',
    text: 'connections beyond limits.connectionsPerSecond are closed unread; those that stand do not notice',
    source,
  },
  {
    id: 'limits.connections-per-address',
    text: 'connections of one address beyond limits.connectionsPerAddress are closed; one that ends makes room',
    source,
  },
  {
    id: 'limits.failed-connects',
    text: 'beyond the failures of a device, a product or an address: CONNACK 3 or 0x9F until the minute has passed',
    source,
  },
  {
    id: 'limits.failed-sign-ins',
    text: 'beyond the failed sign-ins of an address: CONNACK 3 to applications until the minute has passed',
    source,
  },
  {
    id: 'limits.open-files',
    text: 'at the limit of open files connections are closed; the store, HTTP and the log go on, and it is said before',
    source,
  },
  {
    id: 'limits.slow-readers',
    text: 'readers that do not read take bounded memory; others do not notice; what is dropped is counted and logged',
    source,
  },
] as const
