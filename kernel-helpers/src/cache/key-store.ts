/** The graph of cache keys: which operation on which inputs led to which key, and the results that hang on it (BuildKit solver/cachemanager.go, memorycachestorage.go). */

/** One way to a key: a parent key (or content digest) and what was taken of it. */
export interface KeyLink {
  /** Id of a key, or of a content: `content:sha256:…`. */
  readonly parent: string;
  /** "" for a content link. */
  readonly selector: string;
}

/** A key of the store. */
export interface KeyRecord {
  readonly id: string;
  readonly opDigest: string;
  readonly output: number;
  /** By input: the links it was saved with. Empty for a source. */
  readonly deps: readonly (readonly KeyLink[])[];
}

/** A result that hangs on a key. *sequence* grows with every result of the store: the newest wins. */
export interface KeyResult<R> {
  readonly key: string;
  readonly sequence: number;
  readonly value: R;
}

/** The id under which a content digest takes part in links. */
export function contentKey(digest: string): string {
  return "content:" + digest;
}

/** Keys, links and results. `R` is what a result is: opaque here. Every change returns or logs an undo, so that a failed build can take back what it never finished. */
export class KeyStore<R> {
  protected readonly records = new Map<string, KeyRecord>();
  protected readonly links = new Map<string, Set<string>>();
  protected readonly found = new Map<string, KeyResult<R>[]>();
  protected sequence = 0;
  /** Called with every new record, link and result: for keeping them elsewhere. */
  onChange: ((change: KeyChange<R>) => void) | undefined;

  /** *newId* makes an id from a text that is unique for operation and inputs: a hash. */
  constructor(protected readonly newId: (text: string) => string) {}

  get size(): number {
    return this.records.size;
  }

  record(id: string): KeyRecord | undefined {
    return this.records.get(id);
  }

  allRecords(): IterableIterator<KeyRecord> {
    return this.records.values();
  }

  /** Results of a key, newest first. */
  results(id: string): readonly KeyResult<R>[] {
    return this.found.get(id) ?? [];
  }

  /**
   * Keys that *parents* lead to as input number *input* of an operation. Parents that know only some of them are linked to
   * the others as well: so a content match makes the definition match next time (`Query`).
   */
  query(parents: readonly KeyLink[], input: number, opDigest: string, output: number): Set<string> {
    const all = new Set<string>();
    const names = parents.map((parent) => linkName(parent, input, opDigest, output));
    for (const name of names) for (const child of this.children(name)) all.add(child);
    if (all.size > 0 && names.length > 1)
      for (const name of names) for (const child of all) this.addLink(name, child);
    return all;
  }

  /** Keys that still exist behind a link. Not to be kept: it may be the store's own set. */
  protected children(name: string): ReadonlySet<string> {
    const linked = this.links.get(name);
    if (linked === undefined) return NONE;
    for (const id of linked) if (!this.has(id)) return new Set([...linked].filter((one) => this.has(one)));
    return linked;
  }

  /** Keys behind a link, as `children`, for a fork. */
  childrenOf(name: string): ReadonlySet<string> {
    return this.children(name);
  }

  /** Number of the newest result. */
  get lastSequence(): number {
    return this.sequence;
  }

  protected has(id: string): boolean {
    return this.records.has(id);
  }

  /** The key of a source, if it is stored. */
  queryRoot(opDigest: string): string | undefined {
    const id = rootId(opDigest);
    return this.has(id) ? id : undefined;
  }

  /** Is the key of a source, or one that all of *deps* lead to, stored already? Gives its id. */
  find(opDigest: string, output: number, deps: readonly (readonly KeyLink[])[]): string | undefined {
    if (deps.length === 0) return this.queryRoot(opDigest);
    let matches: ReadonlySet<string> | undefined;
    for (const [input, links] of deps.entries()) {
      for (const link of links) {
        const children = this.children(linkName(link, input, opDigest, output));
        matches = matches ? intersect(matches, children) : children;
        if (matches.size === 0) return undefined;
      }
    }
    for (const id of matches ?? []) return id;
    return undefined;
  }

  /** Stores the key of an operation on *deps* (by input: the ways in which the input is known), unless it is there. Gives its id (`getIDFromDeps`, `ensurePersistentKey`). */
  save(opDigest: string, output: number, deps: readonly (readonly KeyLink[])[]): string {
    const id = this.find(opDigest, output, deps) ?? this.makeId(opDigest, output, deps);
    this.add({ id, opDigest, output, deps });
    return id;
  }

  private makeId(opDigest: string, output: number, deps: readonly (readonly KeyLink[])[]): string {
    if (deps.length === 0) return rootId(opDigest);
    const chosen = deps.map((links) => links.find(({ parent }) => parent.startsWith("content:")) ?? links[0]);
    return this.newId(
      `${opDigest}@${output}\n${chosen.map((link) => (link ? `${link.parent} ${link.selector}` : "-")).join("\n")}`,
    );
  }

  /** Puts a record in as it is: also for records that come from elsewhere. */
  add(record: KeyRecord): void {
    if (!this.has(record.id)) {
      this.records.set(record.id, record);
      this.onChange?.({ type: "record", record });
    }
    for (const [input, links] of record.deps.entries()) {
      for (const link of links)
        this.addLink(linkName(link, input, record.opDigest, record.output), record.id);
    }
  }

  /** Hangs a result on a key. */
  addResult(key: string, value: R): KeyResult<R> {
    const result = { key, sequence: ++this.sequence, value };
    const list = this.found.get(key);
    if (list) list.unshift(result);
    else this.found.set(key, [result]);
    this.onChange?.({ type: "result", key, value });
    return result;
  }

  /** Takes a result off again. The key stays: what was built on it can still be found through it. */
  removeResult(result: KeyResult<R>): void {
    const list = this.found.get(result.key);
    if (!list) return;
    const kept = list.filter((other) => other !== result);
    if (kept.length > 0) this.found.set(result.key, kept);
    else this.found.delete(result.key);
    this.onChange?.({ type: "unresult", key: result.key, value: result.value });
  }

  /** Removes a key as if it had never been saved. */
  forget(id: string): void {
    if (!this.records.delete(id)) return;
    this.found.delete(id);
    this.onChange?.({ type: "forget", key: id });
  }

  /** All results. */
  *allResults(): Generator<KeyResult<R>> {
    for (const list of this.found.values()) yield* list;
  }

  /** Forgets everything. */
  clear(): void {
    this.records.clear();
    this.links.clear();
    this.found.clear();
  }

  /** Puts a link in as it is. False when it was there. */
  addLink(name: string, child: string): boolean {
    const children = this.links.get(name);
    if (children?.has(child)) return false;
    if (children) children.add(child);
    else this.links.set(name, new Set([child]));
    this.onChange?.({ type: "link", name, child });
    return true;
  }

  removeLink(name: string, child: string): void {
    const children = this.links.get(name);
    if (!children?.delete(child)) return;
    if (children.size === 0) this.links.delete(name);
    this.onChange?.({ type: "unlink", name, child });
  }

  /** The links that lead to one of *children*. */
  linksTo(children: ReadonlySet<string>): [name: string, child: string][] {
    const found: [string, string][] = [];
    for (const [name, ids] of this.links) for (const id of ids) if (children.has(id)) found.push([name, id]);
    return found;
  }

  /** *keys* and all keys from which links lead to them. */
  leadingTo(keys: Iterable<string>): Set<string> {
    const parents = new Map<string, string[]>();
    for (const [name, ids] of this.links) {
      const parent = name.slice(0, name.indexOf("|"));
      for (const id of ids) {
        const known = parents.get(id);
        if (known) known.push(parent);
        else parents.set(id, [parent]);
      }
    }
    const found = new Set<string>();
    const todo = [...keys];
    while (todo.length > 0) {
      const id = todo.pop()!;
      if (found.has(id) || !this.records.has(id)) continue;
      found.add(id);
      todo.push(...(parents.get(id) ?? []));
    }
    return found;
  }

  /** Says by which links a record was saved, without making them. */
  setDeps(record: KeyRecord): void {
    if (this.records.has(record.id)) this.records.set(record.id, record);
  }

  allLinks(): IterableIterator<[string, Set<string>]> {
    return this.links.entries();
  }
}

const NONE: ReadonlySet<string> = new Set();

export type KeyChange<R> =
  | { readonly type: "record"; readonly record: KeyRecord }
  | { readonly type: "link" | "unlink"; readonly name: string; readonly child: string }
  | { readonly type: "forget"; readonly key: string }
  | { readonly type: "result" | "unresult"; readonly key: string; readonly value: R };

function rootId(opDigest: string): string {
  return "source:" + opDigest;
}

function linkName(link: KeyLink, input: number, opDigest: string, output: number): string {
  return `${link.parent}|${input}|${output}|${opDigest}|${link.selector}`;
}

function intersect(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  const both = new Set<string>();
  for (const value of a) if (b.has(value)) both.add(value);
  return both;
}
