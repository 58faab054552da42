import { runRows, useAppNode } from './run.fixture.ts'
import { sweepRows } from './sweeps-table.ts'

runRows('sweep', sweepRows, useAppNode())
