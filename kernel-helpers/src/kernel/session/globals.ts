/** The functions that TypeScript cells find in scope: display, clearOutput, input, prompt, `lab`, and the package's exports. */

import { randomUUID } from "node:crypto";
import type { Iopub } from "../output/iopub";
import { toMimeBundle, withBase64 } from "../output/mime";
import type { Control } from "../protocol/control";
import { currentCell } from "./cell-context";
import { type DisplayCall, noInput, withNames } from "./cell-scope";
import { Interrupted } from "./outcome";

/** What the functions need of the kernel. */
export interface GlobalsHost {
  readonly iopub: Iopub;
  readonly control: () => Control;
  /** `lab` and the exports of the package, loaded when one is first used. */
  readonly lazy: (name: string) => unknown;
}

/** The scope behind all cells. */
export function createGlobals(host: GlobalsHost): object {
  const { iopub } = host;
  const parent = (): object => currentCell()?.parent ?? {};
  const show = (value: unknown, options: DisplayCall): void => {
    const cell = currentCell();
    if (cell?.silent === true) return;
    const put = (data: Readonly<Record<string, unknown>>): void =>
      iopub.display(data, parent(), {
        displayId: options.id,
        update: options.update,
        metadata: options.metadata,
      });
    if (options.raw === true) put(withBase64(value as Record<string, unknown>));
    else void toMimeBundle(value).then(put);
  };
  const own = {
    display(value: unknown, options: DisplayCall = {}) {
      const id = options.id ?? randomUUID();
      show(value, { ...options, id });
      return { id, update: (next: unknown) => show(next, { ...options, id, update: true }) };
    },
    clearOutput(wait = false) {
      iopub.clear(wait, parent());
    },
    async input(prompt = "", options: { readonly password?: boolean } = {}) {
      const cell = currentCell();
      if (cell === undefined || !cell.allowStdin) throw noInput();
      iopub.flushAll();
      return host.control().ask({
        identities: cell.identities,
        parent: cell.parent,
        prompt,
        password: options.password === true,
      });
    },
    prompt(message = "", otherwise = "") {
      const cell = currentCell();
      if (cell === undefined || !cell.allowStdin) throw noInput();
      iopub.flushAll();
      const answer = host
        .control()
        .askSync({ identities: cell.identities, parent: cell.parent, prompt: message, password: false });
      if (answer === undefined) throw new Interrupted("입력을 중단했습니다.");
      return answer === "" ? otherwise : answer;
    },
  };
  return withNames(own, (name) => host.lazy(name));
}
