/** A key store seen through a sheet of glass: everything can be asked and added, nothing reaches the store below. */

import { type KeyRecord, type KeyResult, KeyStore } from "./key-store";

/** A fork of *base*: what is added is kept here only. The base must not change while the fork is in use. Costs nothing to make. */
export class KeyStoreFork<R> extends KeyStore<R> {
  private candidatesOf: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(
    private readonly base: KeyStore<R>,
    newId: (text: string) => string,
    firstSequence: number,
    /** Results of the base that are newer, and keys that have only such, are not seen. Default: all are. */
    private readonly asOf = Infinity,
  ) {
    super(newId);
    this.sequence = firstSequence;
  }

  override record(id: string): KeyRecord | undefined {
    return this.records.get(id) ?? this.base.record(id);
  }

  override results(id: string): readonly KeyResult<R>[] {
    const own = this.found.get(id);
    const all = this.base.results(id);
    const below = this.asOf === Infinity ? all : all.filter(({ sequence }) => sequence <= this.asOf);
    return own ? [...own, ...below] : below;
  }

  protected override has(id: string): boolean {
    return this.records.has(id) || this.base.record(id) !== undefined;
  }

  protected override children(name: string): ReadonlySet<string> {
    const own = super.children(name);
    const below = this.base.childrenOf(name);
    if (below.size === 0) return own;
    if (own.size === 0 && this.asOf === Infinity) return below;
    const children = new Set(own);
    for (const id of below) if (!this.isTooNew(id)) children.add(id);
    return children;
  }

  override childrenOf(name: string): ReadonlySet<string> {
    return this.children(name);
  }

  /** All keys that an operation has been stored under, whatever its inputs were: what an input of unknown content may lead to. */
  candidates(opDigest: string): readonly string[] {
    this.candidatesOf ??= byOperation(this.base);
    const own = [...this.records.values()]
      .filter((record) => record.opDigest === opDigest)
      .map(({ id }) => id);
    return [...(this.candidatesOf.get(opDigest) ?? []), ...own].filter((id) => !this.isTooNew(id));
  }

  private isTooNew(id: string): boolean {
    if (this.asOf === Infinity) return false;
    const results = this.base.results(id);
    return results.length > 0 && results.every(({ sequence }) => sequence > this.asOf);
  }
}

function byOperation<R>(store: KeyStore<R>): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>();
  for (const { id, opDigest } of store.allRecords()) {
    const list = index.get(opDigest);
    if (list) list.push(id);
    else index.set(opDigest, [id]);
  }
  return index;
}
