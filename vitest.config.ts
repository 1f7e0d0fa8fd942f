import { defineConfig } from 'vitest/config';

// The commands that tests run write to pipes: no variable makes terminals of these.
delete process.env.FORCE_COLOR;

/** `npm test`: the commit tier; `npm run test:deep` (--mode deep): what takes minutes or gigabytes. */
export default defineConfig(({ mode }) => {
  const deep = mode === 'deep';
  const file = `test-results/${deep ? 'deep' : 'commit'}.json`;
  return {
    test: {
      include: deep ? ['test/deep/*.test.ts'] : ['test/*.test.ts', 'test/!(deep)/*.test.ts'],
      testTimeout: deep ? 900_000 : 120_000,
      hookTimeout: 300_000,
      fileParallelism: !deep,
      reporters: process.env.CI ? ['default', ['json', { outputFile: file }]] : ['default'],
    },
  };
});
