import { runRows, useAppNode } from './run.fixture.ts'
import { sessionRows } from './session-table.ts'

runRows('session', sessionRows, useAppNode())
