/** Reasons read as a Dockerfile does, not as the JSON that is hashed. */
import assert from "node:assert/strict";

import { openLab } from "../build/labs";

/** The reason of the step that matches *step* after *before* became *after*. */
async function reason(before: string, after: string, step: RegExp): Promise<string> {
  const lab = await openLab();
  lab.context.writeAll({ "a/x": "1", "b/x": "2", s: "3" });
  await lab.build({ dockerfile: `FROM busybox\n${before}\n` });
  const built = await lab.build({ dockerfile: `FROM busybox\n${after}\n` });
  const found = built.steps.find(({ name }) => step.test(name));
  return `${found?.miss?.sentence.ko} | ${found?.miss?.sentence.en}`;
}

describe("reasons in the words of the Dockerfile", () => {
  it("mounts", async () => {
    const text = await reason(
      "RUN true",
      "RUN --mount=type=cache,target=/root/.npm --mount=type=tmpfs,target=/t true",
      /RUN/,
    );
    assert.equal(
      text,
      "마운트(--mount)가 바뀜: — → --mount=type=cache,target=/root/.npm --mount=type=tmpfs,target=/t | " +
        "a mount (--mount) changed: — → --mount=type=cache,target=/root/.npm --mount=type=tmpfs,target=/t",
    );
  });

  it("permissions that were not given before are none", async () => {
    const text = await reason("COPY s /s", "COPY --chmod=600 s /s", /COPY/);
    assert.equal(text, "권한(--chmod)이 바뀜: — → 0600 | the permissions (--chmod) changed: — → 0600");
  });

  it("permissions are octal, as in --chmod", async () => {
    assert.match(await reason("COPY --chmod=644 s /s", "COPY --chmod=755 s /s", /COPY/), /0644 → 0755/);
  });

  it("a list of sources is written as in the Dockerfile", async () => {
    const text = await reason("COPY a b /d/", "COPY b /d/", /COPY/);
    assert.doesNotMatch(text, /[{}]|followSymlink/, text);
  });

  it("no field of the JSON is named", async () => {
    const texts = await Promise.all([
      reason("COPY --exclude=x a /d", "COPY --exclude=y a /d", /COPY/),
      reason("COPY --parents a/x /d/", "COPY --parents b/x /d/", /COPY/),
      reason("COPY a /d", "COPY --link a /d", /COPY/),
      reason("ADD s /d", "COPY s /d", /COPY/),
      reason("COPY --chown=1:2 s /d", "COPY --chown=3:4 s /d", /COPY/),
      reason("WORKDIR /a", "WORKDIR /b", /WORKDIR/),
      reason("RUN true", "RUN --security=sandbox --network=none true", /RUN/),
    ]);
    for (const text of texts) assert.doesNotMatch(text, /[A-Za-z]+\[\d|_patterns|[{}]|undefined/, text);
  });
});
