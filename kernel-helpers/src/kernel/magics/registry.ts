/** The magics by name. Folders after `kernel` and the kernel's own files add theirs here; nothing else knows the list. */

import type { Magic } from "./types";

export class MagicRegistry {
  private readonly byKey = new Map<string, Magic>();

  /** Adds a magic; a later one of the same kind and name replaces it. */
  register(...magics: readonly Magic[]): void {
    for (const magic of magics) this.byKey.set(key(magic.kind, magic.name), magic);
  }

  find(kind: Magic["kind"], name: string): Magic | undefined {
    return this.byKey.get(key(kind, name));
  }

  /** All magics, cell magics first, each group by name. */
  list(): readonly Magic[] {
    return [...this.byKey.values()].sort(
      (a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name),
    );
  }

  /** The magic whose name is nearest to the misspelt *name*, or undefined when none is near. */
  nearest(kind: Magic["kind"], name: string): Magic | undefined {
    let best: { readonly magic: Magic; readonly distance: number } | undefined;
    for (const magic of this.list()) {
      const distance = editDistance(name.toLowerCase(), magic.name) + (magic.kind === kind ? 0 : 0.5);
      if (distance < (best?.distance ?? Infinity)) best = { magic, distance };
    }
    return best !== undefined && best.distance <= Math.max(2, name.length * 0.4) ? best.magic : undefined;
  }
}

/** How a magic is written: `%%name` or `%name`. */
export function magicLabel(magic: Pick<Magic, "kind" | "name">): string {
  return (magic.kind === "cell" ? "%%" : "%") + magic.name;
}

function key(kind: Magic["kind"], name: string): string {
  return `${kind}:${name}`;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn *a* into *b*. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) {
        row.push(i + j);
        continue;
      }
      const up = rows[i - 1] as number[];
      let least = Math.min(
        (up[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (up[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}
