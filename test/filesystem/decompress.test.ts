/** bzip2 and xz: streams that Python's libraries wrote, and what is broken. */

import assert from "node:assert/strict";
import fc from "fast-check";

import {
  buildSnapshot,
  bunzip2,
  DecompressError,
  emptySnapshot,
  executeFileOp,
  unxz,
} from "../../kernel-helpers/src/filesystem";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { runs } from "../sweep";

const expected = Buffer.concat([
  Buffer.from("layerbook ".repeat(40)),
  Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  Buffer.alloc(300, "a"),
]);

const bzip2 = Buffer.from(
  [
    "QlpoOTFBWSZTWb0BDNUAALJ/////////////////////////////////////////////sAD7S0kwAEwABMAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAEAAAAAAAAAABMAAAAAAAAAAAmAAAAAAAAAAAAAAAAAAEwEwNSppHoQwNCZMExMmAgDTAATTRpkyYARhANHqZMEMAAI0aNDEMJiYJo",
    "xMJk0GEwJkwQ000GEyYmmBDTRg15gUMdRqSpkZmmq1esNTY3ODk6LHZ4e60+P9cgIKEhojoimBCEARUZH2CQk7FKS3IsLS4vMDEyMzQ1Njc4OT",
    "o7PD0+P/4gIKEhoiKjI6QkpSWmJqcnqCipKaoqqyusLK0trjfwuG4OKiT/6RQcQuACAoHgAEHH5HJfAAQOnL5hfmu4AIHbgEIQDeMhxzioAIDc",
    "AEDuUeDYAEDyWenvn9Don4AIHw+fX5/gIGCg4P+wkLDQ8RExUXGRsdHyEjJScpKy0vMTM1Nzk7PT9BQ0VHSUtNT1FTVVdZW11fYWNlZ2VnaWtt",
    "b3FzdXd5e31/gYOFh4mLjY+Rk5WXmZudn6Gjpaepq62vsbO1t7m7vb/Bw8XHzc/R09XX2dvd3+Hj5ef+9PX29/j5gvqd//3+fou5IpwoSF6Ahm",
    "qA==",
  ].join(""),
  "base64",
);

const xz = Buffer.from(
  [
    "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AO7APxdADYYS5jpxT/ZF/AyAe0x1rdhn+LyB+Cw8A/PWjuJ+lPl/0VL9CyRO/MWQhRsJOfKDdshkH",
    "IkEYjVtvlaoI3Qxs5xLuFeS2OGr2+VNZtBfeRey+uM7pDnk6fDusLhST6KcbtmhzlxvJpakHBMVDFF54uHgiWCe+9FqupWEB6phQnvp24g+Ps4",
    "ykQZs/hqApMIsEhkIAYsUlDiU1XDugpRPp20QOechXNk4jImaNnVA367h86vEx22eZXXV3c7vQYC3lxDO0aBTuGripklW4OJECH0wkUK6qkpLF",
    "Tm0VlhAJYbCMahnfQFWX7rcXL4YFxR7Bncm2xWlqPREs0+AAAMVC4YS3l7NgABmAK8BwAANPRLGrHEZ/sCAAAAAARZWg==",
  ].join(""),
  "base64",
);

const xzCrc32 = Buffer.from(
  [
    "/Td6WFoAAAFpIt42AgAhAQwAAACPmEGc4AO7APxdADYYS5jpxT/Vg6ZbLTU1SyccK3fVPFKtOakD+xMhdZpxyT8rtfebEC4/JuJ8ZE/Pz+BG+9",
    "m0z2vsb9uQB6uWbOMxaFgReWf2556rndF9w3vWdvdC+Xe/2luKWyBJRaGdc0OZ4IG12hYP5cvt2xnKM1kA/dGzR3Rc5yDpDrEdJa4IUYh9YBP7",
    "SLPzamZJN8bEp3W0EdAXdYlQ0bqUuBLbQzqLq2Ntf+zkw8ImH1DVnl7GxsasgrEeLwZjkK7cl/BAbfEMLdvEelYZAHGdxUy/Jx2OCa9kMmdgFJ",
    "JOFifqfS9XGH+p8SXS/J6K3kkfdqMtMtMZoSsECWjr97KWAAA6Lp+zAAGUArwHAABPNIltPjANiwIAAAAAAVla",
  ].join(""),
  "base64",
);

describe("decompression", () => {
  for (const [name, data, undo] of [
    ["bzip2", bzip2, bunzip2],
    ["xz", xz, unxz],
    ["xz with another check", xzCrc32, unxz],
  ] as const) {
    it(`undoes ${name}, also of two streams`, () => {
      assert.deepEqual(Buffer.from(undo(data)), expected);
      assert.deepEqual(Buffer.from(undo(Buffer.concat([data, data]))), Buffer.concat([expected, expected]));
    });

    it(`stops ${name} at a limit`, () => assert.throws(() => undo(data, 100), DecompressError));

    it(`answers broken ${name} with a DecompressError or the bytes`, () => {
      fc.assert(
        fc.property(fc.nat(data.length - 1), fc.nat(255), fc.nat(data.length), (at, value, length) => {
          const broken = Uint8Array.from(data.subarray(0, length));
          if (at < broken.length) broken[at] = value;
          try {
            const bytes = Buffer.from(undo(broken, 1 << 20));
            assert.ok(bytes.equals(expected) || broken.length === 0);
          } catch (error) {
            assert.ok(error instanceof DecompressError, String(error));
          }
        }),
        { numRuns: runs(400, 1500), seed: 3 },
      );
    });
  }

  it("ADD copies what is compressed but no tar", () => {
    const source = buildSnapshot([{ path: "x.xz", type: "file", content: Uint8Array.from(xz) }]);
    const result = executeFileOp(
      {
        kind: "file",
        actions: [
          {
            action: "copy",
            input: -1,
            secondaryInput: 0,
            src: "/x.xz",
            dest: "/",
            mode: -1,
            followSymlink: true,
            dirCopyContents: true,
            attemptUnpack: true,
            createDestPath: true,
            allowWildcard: true,
            allowEmptyWildcard: true,
            includePatterns: [],
            excludePatterns: [],
            requiredPaths: [],
            alwaysReplaceExistingDestPaths: false,
            timestamp: -1,
          },
        ],
      },
      [source],
      { platform: nodePlatform, now: 1 },
    );
    assert.equal(result.lstat("/x.xz")?.size, xz.length);
    assert.deepEqual(emptySnapshot().readdir("/"), []);
  });
});
