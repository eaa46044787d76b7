/** The variables of a shell. */

/** One variable. `value` is absent when it was only declared. */
export interface Variable {
  value?: string;
  array?: Map<string, string>;
  associative?: boolean;
  integer?: boolean;
  exported: boolean;
  readonly: boolean;
}

export class Variables {
  private map = new Map<string, Variable>();
  /** Saved variables of the functions that run, innermost last. */
  private readonly scopes: Map<string, Variable | undefined>[] = [];

  clone(): Variables {
    const copy = new Variables();
    for (const [name, variable] of this.map) {
      copy.map.set(name, {
        ...variable,
        ...(variable.array === undefined ? {} : { array: new Map(variable.array) }),
      });
    }
    for (const scope of this.scopes) copy.scopes.push(new Map(scope));
    return copy;
  }

  find(name: string): Variable | undefined {
    return this.map.get(name);
  }

  get(name: string): string | undefined {
    const variable = this.map.get(name);
    if (variable?.array !== undefined) return variable.array.get("0");
    return variable?.value;
  }

  /** The variable, made when it is not there. */
  need(name: string): Variable {
    let variable = this.map.get(name);
    if (variable === undefined) {
      variable = { exported: false, readonly: false };
      this.map.set(name, variable);
    }
    return variable;
  }

  delete(name: string): void {
    this.map.delete(name);
  }

  entries(): [string, Variable][] {
    return [...this.map];
  }

  /** Begins a function call. */
  push(): void {
    this.scopes.push(new Map());
  }

  /** Ends a function call: local variables get their old values back. */
  pop(): void {
    for (const [name, old] of this.scopes.pop() ?? []) {
      if (old === undefined) this.map.delete(name);
      else this.map.set(name, old);
    }
  }

  get inFunction(): boolean {
    return this.scopes.length > 0;
  }

  /** Makes *name* local to the present function; it keeps its value when *inherit*. */
  local(name: string, inherit: boolean): void {
    const scope = this.scopes.at(-1);
    if (scope === undefined || scope.has(name)) return;
    const old = this.map.get(name);
    scope.set(name, old);
    if (old !== undefined && inherit) this.map.set(name, { ...old });
    else this.map.set(name, { exported: old?.exported ?? false, readonly: false });
  }
}
