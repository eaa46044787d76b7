/** Image names against the recorded answers of distribution/reference. */

import { isDockerfileError, parseReference } from "../../kernel-helpers/src/dockerfile";
import { compareAll, readVectors } from "./vectors";

interface ReferenceCase {
  id: string;
  in: string;
}

describe("vectors: reference", () => {
  const { cases } = readVectors<{ cases: ReferenceCase[] }>("reference");

  it(`agrees in all ${cases.length} cases`, () => {
    compareAll(
      cases,
      ({ id: _id, in: _in, ...rest }) => rest,
      ({ in: text }) => {
        const answer = parseReference(text);
        if (isDockerfileError(answer)) return { error: answer.message };
        const { kind: _kind, ...rest } = answer;
        return rest;
      },
    );
  });
});
