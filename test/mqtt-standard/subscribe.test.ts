import { runRows, useAppNode } from './run.fixture.ts'
import { subscribeRows } from './subscribe-table.ts'

runRows('subscribe', subscribeRows, useAppNode())
