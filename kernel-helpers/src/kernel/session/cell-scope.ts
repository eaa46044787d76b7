/** What the functions in the scope of TypeScript cells have in common on the desktop and in a browser. */

/** Options of `display`. */
export interface DisplayCall {
  /** *value* is a MIME bundle already. Default: false. */
  readonly raw?: boolean;
  /** Name of the display, for later updates. */
  readonly id?: string;
  /** Replaces what the display *id* shows. Default: false. */
  readonly update?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** *own* with names behind it that are looked up only when a cell uses one: `lab` and the exports of the package. */
export function withNames(own: object, lazy: (name: string) => unknown): object {
  const behind = new Proxy(Object.create(null) as object, {
    get: (_target, name) => (typeof name === "string" ? lazy(name) : undefined),
  });
  return Object.setPrototypeOf(own, behind) as object;
}

/** The error of `input()` where nobody can answer (`LB_NO_STDIN`). */
export function noInput(): Error {
  return Object.assign(
    new Error(
      "여기서는 입력을 받을 수 없습니다: 사람 없이 실행 중입니다. (This client does not allow input.)",
    ),
    { code: "LB_NO_STDIN" },
  );
}
