/** The worker of the page: a builder on the browser's platform. It can be ended at any time, also in an endless RUN. */

import { browserPlatform } from "../../platform/browser";
import { catalogImages, catalogPackages } from "../catalog";
import { PlayBuilder } from "./builder";
import type { Answer, Message } from "./protocol";

const scope = self as unknown as {
  onmessage: ((event: { readonly data: Message }) => void) | null;
  /** Where `catalog.ts` finds it. */
  LAYERBOOK_CATALOG: Readonly<Record<string, string>>;
  postMessage(answer: Answer): void;
};

const builder = new PlayBuilder(
  { platform: browserPlatform, catalog: catalogImages, packages: () => catalogPackages },
  (answer) => scope.postMessage(answer),
  () => performance.now(),
);
let queue = Promise.resolve();
scope.onmessage = ({ data }) => {
  if (data.kind === "catalog") scope.LAYERBOOK_CATALOG = data.texts;
  else queue = queue.then(() => builder.take(data));
};
scope.postMessage({ kind: "ready" });
