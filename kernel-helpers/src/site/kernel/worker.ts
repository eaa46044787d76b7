/** The worker of one kernel: opens it with the first message, then answers one message after the other; interrupts and input at once. */

import { BrowserKernel } from "./kernel";
import type { FromWorker, ToWorker } from "./protocol";
import { TypeScriptPart } from "./typescript-part";

const scope = self as unknown as {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker): void;
};

let kernel: Promise<BrowserKernel> | undefined;
let queue: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  if (data.kind === "start") {
    kernel = BrowserKernel.open(
      data,
      (message) => scope.postMessage(message),
      (host) => new TypeScriptPart(host, data.typescript),
    );
    kernel.catch(() => undefined);
  } else if (data.kind === "interrupt") void kernel?.then((opened) => opened.interrupt());
  else if (data.kind === "input") void kernel?.then((opened) => opened.input(data.value));
  else {
    queue = queue.then(async () => {
      let value: unknown;
      try {
        value = await (await kernel)?.answer(data);
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        value = { error: { ename: name, evalue: message, traceback: [message] } };
      }
      scope.postMessage({ kind: "reply", id: data.id, value });
    });
  }
};
