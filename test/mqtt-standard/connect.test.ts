import { connectRows } from './connect-table.ts'
import { runRows, useAppNode } from './run.fixture.ts'

runRows('connect', connectRows, useAppNode())
