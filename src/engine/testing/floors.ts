/** Counts the cases of a test file that reached an assertion, and fails the file where they were too few. */
import { afterAll, expect } from 'vitest';

/** The function it returns notes one case; after the file's last test every name must have been noted `floor` times. */
export function caseFloors(): (name: string, floor: number) => void {
  const reached: Record<string, number> = {};
  const floors: Record<string, number> = {};
  afterAll(() => {
    for (const [name, floor] of Object.entries(floors))
      expect(reached[name], `${name}: cases that reached the assertion`).toBeGreaterThanOrEqual(floor);
  });
  return (name, floor) => {
    reached[name] = (reached[name] ?? 0) + 1;
    floors[name] = floor;
  };
}
