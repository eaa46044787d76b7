/** The hidden parts of TypeScript that the kernel rests on are there, in exactly the pinned version. */

import assert from "node:assert/strict";
import ts from "typescript";
import { TYPESCRIPT_VERSION } from "../../kernel-helpers/src/kernel/kernel-info";
import { internal } from "../../kernel-helpers/src/kernel/typescript/service/internal";

describe("kernel: TypeScript's hidden parts", () => {
  it("are there", () => {
    assert.equal(ts.version, TYPESCRIPT_VERSION);
    assert.equal(typeof internal.bindSourceFile, "function");
    assert.equal(typeof internal.getSetExternalModuleIndicator, "function");
    assert.equal(typeof internal.getTouchingPropertyName, "function");
    assert.equal(typeof internal.Completions.getCompletionsAtPosition, "function");
    assert.equal(typeof internal.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind, "function");
    assert.equal(Object.values(internal.Diagnostics)[0]?.key.length !== 0, true);
  });
});
