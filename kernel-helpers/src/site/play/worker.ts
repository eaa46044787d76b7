/** The worker of the page: a builder on the browser's platform. It can be ended at any time, also in an endless RUN. */

import { browserPlatform } from "../../platform/browser";
import { catalogImages, catalogPackages } from "../catalog";
import { PlayBuilder } from "./builder";
import type { Answer, Request } from "./protocol";

const scope = self as unknown as {
  onmessage: ((event: { readonly data: Request }) => void) | null;
  postMessage(answer: Answer): void;
};

const builder = new PlayBuilder(
  { platform: browserPlatform, catalog: catalogImages, packages: () => catalogPackages },
  (answer) => scope.postMessage(answer),
  () => performance.now(),
);
let queue = Promise.resolve();
scope.onmessage = ({ data }) => {
  queue = queue.then(() => builder.take(data));
};
scope.postMessage({ kind: "ready" });
