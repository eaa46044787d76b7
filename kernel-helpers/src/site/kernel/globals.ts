/** The functions that TypeScript cells of the browser edition find in scope: as on a desktop, but for a `prompt()` that waits. */

import { toMimeBundle, withBase64 } from "../../kernel/output/mime";
import type { CellContext } from "../../kernel/session/cell-context";
import type { CellOutput } from "../../kernel/magics/types";
import { type DisplayCall, noInput, withNames } from "../../kernel/session/cell-scope";

/** What the functions need of the kernel. */
export interface GlobalsHost {
  output(): CellOutput;
  newId(): string;
  /** The cell that runs. */
  cell(): CellContext | undefined;
  ask(prompt: string, password: boolean): Promise<string>;
  /** `lab` and the exports of the package. Throws a ReferenceError for any other name. */
  lazy(name: string): unknown;
}

/** The scope behind all cells. */
export function createGlobals(host: GlobalsHost): object {
  const put = (value: unknown, { raw, id, update, metadata }: DisplayCall): void => {
    const show = (data: Readonly<Record<string, unknown>>): void =>
      host.output().display(data, { displayId: id, update, metadata });
    if (raw === true) show(withBase64(value as Record<string, unknown>));
    else void toMimeBundle(value).then(show);
  };
  const own = {
    display(value: unknown, options: DisplayCall = {}) {
      const id = options.id ?? host.newId();
      put(value, { ...options, id });
      return { id, update: (next: unknown) => put(next, { ...options, id, update: true }) };
    },
    clearOutput(wait = false) {
      host.output().clear(wait);
    },
    async input(prompt = "", options: { readonly password?: boolean } = {}) {
      if (host.cell()?.allowStdin !== true) throw noInput();
      return host.ask(prompt, options.password === true);
    },
    prompt() {
      throw Object.assign(
        new Error(
          '브라우저판에서는 prompt()가 답을 기다릴 수 없습니다. const 답 = await input("…")을 쓰세요. ' +
            "(prompt() cannot wait in a browser's worker; use `await input(…)`.)",
        ),
        { code: "LB_NO_PROMPT" },
      );
    },
  };
  return withNames(own, (name) => host.lazy(name));
}
