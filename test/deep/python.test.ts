import { describe, expect, test } from 'vitest';
import { hasEnvironment, runModule } from '../support/python.ts';

describe.skipIf(!hasEnvironment('dev'))('the Python package', () => {
  test('installs and works on each CPython of the machine', async () => {
    const { status, text } = await runModule('dev', 'pytest', '-m', 'slow');
    expect({ status, text }).toMatchObject({ status: 0, text: expect.stringMatching(/^\d+ passed/m) });
  });
});
