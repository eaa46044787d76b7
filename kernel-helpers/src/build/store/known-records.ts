/** Digests of file records that can be written down with the files they belong to. */

import type { RecordCache } from "../../context";

/** As `memoryRecordCache`, but tells what it knows of a content. */
export class KnownRecords implements RecordCache {
  private readonly known = new WeakMap<object, Map<string, string>>();

  get(content: object, header: string): string | undefined {
    return this.known.get(content)?.get(header);
  }

  put(content: object, header: string, digest: string): void {
    const digests = this.known.get(content);
    if (digests) digests.set(header, digest);
    else this.known.set(content, new Map([[header, digest]]));
  }

  /** Header and digest of every record of *content* hashed so far. */
  of(content: object): readonly (readonly [header: string, digest: string])[] {
    return [...(this.known.get(content) ?? [])];
  }
}
