/**
 * Sweeps over many cases of one kind: whole in `npm run test:long`, which runs every file again that imports this one; thinned in `npm test`,
 * always to the same cases, so that a failure is met again.
 */

/** Are the sweeps whole in this run? */
export const isWhole = Boolean(process.env["LAYERBOOK_TEST_LONG"]);

/** Every *nth* of *cases*, the first among them; all of them in a whole run. */
export function some<T>(cases: readonly T[], nth: number): readonly T[] {
  return isWhole ? cases : cases.filter((_, index) => index % nth === 0);
}

/** How often a property is tried: *usual* times, *whole* times in a whole run. */
export function runs(usual: number, whole: number): number {
  return isWhole ? whole : usual;
}
