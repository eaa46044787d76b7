/** Containers over closed images: what commit makes of them, and that they outlive the process. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Lab } from "../../kernel-helpers/src";
import { BASES, dockerOf } from "./engine";

const DOCKERFILE = 'FROM busybox\nWORKDIR /app\nCOPY note.txt .\nEXPOSE 80\nCMD ["cat", "note.txt"]\n';

async function built(options: { cacheDir?: string } = {}): Promise<Lab> {
  const lab = await Lab.open({ bases: BASES, ...options });
  lab.context.write("note.txt", "처음\n");
  const record = await lab.build({ dockerfile: DOCKERFILE, tags: ["memo"] });
  assert.equal(record.exitCode, 0);
  return lab;
}

describe("containers", function () {
  this.timeout(30_000);

  it("commit makes a real image: it is run, built on, saved and loaded elsewhere", async () => {
    const lab = await built();
    const files = new Map<string, Uint8Array>();
    const here = dockerOf(lab, files);
    await here("run --name c memo sh -c 'echo 둘째 > note.txt && echo x > /x && rm /bin/[a'");
    const { out: id } = await here(`commit -a me -m 고침 -c 'CMD ["cat", "note.txt"]' c memo:next`);
    assert.match(id, /^sha256:[0-9a-f]{64}\n$/);
    assert.equal((await here("run --rm memo:next")).out, "둘째\n");
    assert.equal((await here("run --rm memo")).out, "처음\n");
    const history = await here("history --no-trunc --format '{{.CreatedBy}} / {{.Comment}}' memo:next");
    assert.match(history.out, /^sh -c echo 둘째 > note.txt .* \/ 고침\n/);
    const next = await lab.build({
      dockerfile: "FROM memo:next\nRUN cat note.txt > /copy\n",
      tags: ["third"],
    });
    assert.equal(next.exitCode, 0, next.progress("plain"));
    assert.equal((await here("run --rm third cat /copy /x")).out, "둘째\nx\n");
    assert.deepEqual(await here("save -o next.tar memo:next"), { status: 0, out: "", err: "" });
    const there = dockerOf(await Lab.open(), files);
    assert.equal((await there("load -i next.tar")).out, "Loaded image: memo:next\n");
    assert.equal((await there("run --rm memo:next")).out, "둘째\n");
    assert.equal((await there("images -q --no-trunc")).out, id);
    const { out: unnamed } = await here("commit c");
    assert.match((await here("images -a")).out, /<none> +<none>/);
    assert.equal((await here(`run --rm ${unnamed.trim()} cat /x`)).out, "x\n");
  });

  it("and committed images outlive the process, until they are removed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook-containers-"));
    try {
      const cacheDir = join(folder, "저장소");
      const first = dockerOf(await built({ cacheDir }));
      await first("run --name c memo sh -c 'echo 바뀜 > note.txt; rm -r /bin; echo 로그; exit 3'");
      await first("run -d --name gone memo");
      await first("commit c memo:next");
      await first("rm -f gone");
      const second = dockerOf(await Lab.open({ bases: BASES, cacheDir }));
      assert.match((await second("ps -a")).out, /Exited \(3\).* c\n$/);
      assert.equal((await second("ps -aq")).out.split("\n").length, 2);
      assert.equal((await second("logs c")).out, "로그\n");
      assert.match((await second("diff c")).out, /C \/app\nC \/app\/note.txt\nD \/bin\n/);
      assert.match((await second("run --name c memo")).err, /Conflict. The container name "\/c"/);
      assert.equal((await second("run --name d memo")).out, "처음\n");
      await second("rm c d");
      await second("builder prune -af");
      const third = dockerOf(await Lab.open({ bases: BASES, cacheDir }));
      assert.equal((await third("ps -aq")).out, "");
      assert.equal((await third("create memo:next cat note.txt")).status, 0);
      assert.match((await third("images memo")).out, /next[^]*latest|latest[^]*next/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
