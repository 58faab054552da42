import { publishRows } from './publish-table.ts'
import { runRows, useAppNode } from './run.fixture.ts'

runRows('publish', publishRows, useAppNode())
