import { defineConfig } from 'vitest/config'

// Each file runs in a process of its own, so a test that kills, blocks or leaks harms no other.
export default defineConfig({
  test: {
    include: ['{src,test,bench,demo}/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: true,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    allowOnly: false,
  },
})
