/** Tables, filters and refusals of the docker commands as a real Docker (20.10, recorded) answers them; newer wording where it changed since. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Lab } from "../../kernel-helpers/src";
import { type Answer, BASES, dockerOf } from "./engine";

describe("docker: answers", function () {
  this.timeout(30_000);
  let run: (line: string) => Promise<Answer>;
  before(async () => {
    const lab = await Lab.open({ bases: BASES });
    await lab.build({
      dockerfile: "FROM busybox\nLABEL a=b\nRUN echo x > /x\n",
      tags: ["memo", "team/memo:v1"],
    });
    run = dockerOf(lab);
    await run("run --name done memo sh -c 'echo 12345 > /y; exit 3'");
    await run("run -d --name srv -p 8080:80 memo sleep infinity");
    await run("commit -c 'LABEL c=d' done snap:1");
  });

  const cases = (list: readonly (readonly [string, number, RegExp, RegExp?])[]): (() => Promise<void>) =>
    async function () {
      for (const [line, status, out, err = /^$/] of list) {
        const found = await run(line);
        assert.equal(found.status, status, `${line}\n${found.out}${found.err}`);
        assert.match(found.out, out, line);
        assert.match(found.err, err, line);
      }
    };

  it(
    "ps and exec: what sleeps in the background runs",
    cases([
      ["ps --format '{{.Names}} {{.State}} {{.Networks}} {{.LocalVolumes}}'", 0, /^srv running bridge 0\n$/],
      ["ps -a --filter exited=3 --format '{{.Names}}'", 0, /^done\n$/],
      ["ps -as", 0, /NAMES +SIZE\n.*srv +0B \(virtual .*\n.*done +6B \(virtual /],
      ["ps --filter foo=bar", 1, /^$/, /^Error response from daemon: invalid filter 'foo'\n/],
      ["ps --filter status=bogus", 1, /^$/, /^Error response from daemon: invalid filter 'status=bogus'\n/],
      ["exec srv sh -c 'exit 3'", 3, /^$/],
      ["exec -w /nodir srv ls", 126, /^$/, /^OCI runtime exec failed: .*\/nodir/],
      ["exec srv nosuch", 127, /^$/, /"nosuch": executable file not found in \$PATH/],
      ["exec done ls", 1, /^$/, /is not running\n$/],
      ["rm srv", 1, /^$/, /container is running: stop the container before removing or force remove\n$/],
      ["run --rm memo sleep 0", 0, /^$/],
    ]),
  );

  it(
    "images: filters and patterns",
    cases([
      [
        "images --filter label=a=b --format '{{.Repository}}'",
        0,
        /^snap\nmemo\nteam\/memo\n$|^memo\nteam\/memo\nsnap\n$/,
      ],
      ["images --filter label=c --format '{{.Repository}}:{{.Tag}}'", 0, /^snap:1\n$/],
      ["images --filter label=c=x -q", 0, /^$/],
      ["images --filter foo=1", 1, /^$/, /^Error response from daemon: invalid filter 'foo'\n/],
      ["images --filter before=nosuch", 1, /^$/, /No such image: nosuch:latest\n$/],
      ["images 'sn*' --format '{{.Tag}}'", 0, /^1\n$/],
      ["images 'team/*' --format '{{.Tag}}'", 0, /^v1\n$/],
      ["images nosuch", 0, /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\n$/],
      ["tag memo Bad", 1, /^$/, /^invalid reference format: repository name must be lowercase\n$/],
    ]),
  );

  it(
    "inspect: what is not there, and templates",
    cases([
      ["inspect nosuch", 1, /^\[\]\n$/, /No such object: nosuch\n$/],
      ["image inspect nosuch", 1, /^\[\]\n$/, /No such image: nosuch\n$/],
      [
        "inspect -f '{{.State.ExitCode}} {{.Name}} {{.RestartCount}} {{json .Mounts}} {{.HostConfig.NetworkMode}}' done",
        0,
        /^3 \/done 0 \[\] bridge\n$/,
      ],
      ["inspect -f '{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}' srv", 0, /^8080\n$/],
      ["inspect -f '{{index .Config.Labels \"a\"}} {{.Config.Labels.none}}' srv", 0, /^b <no value>\n$/],
      [
        "inspect -f '{{slice .Id 0 4}} {{len .Name}} {{printf \"%s-%d\" .Name .RestartCount}}' srv",
        0,
        /^[0-9a-f]{4} 4 \/srv-0\n$/,
      ],
      [
        "inspect -f '{{.Nope}}' srv",
        1,
        /^\n$/,
        /^template parsing error: template: :1:2: executing "" at <\.Nope>: map has no entry for key "Nope"\n$/,
      ],
      [
        "inspect -f '{{.State.Nope}}' srv",
        1,
        /^\n$/,
        /^template parsing error: template: :1:8: executing "" at <\.State\.Nope>: map has no entry for key "Nope"\n$/,
      ],
      [
        "inspect -f '{{.Name.Foo}}' srv",
        1,
        /^\n$/,
        /:1:7: executing "" at <\.Name\.Foo>: can't evaluate field Foo in type interface {}\n$/,
      ],
      ["inspect -f '{{' srv", 64, /^$/, /^template parsing error: template: :1: unclosed action\n$/],
    ]),
  );

  it("df -v, and prune with its filters", async () => {
    const { out } = await run("system df -v");
    assert.match(
      out,
      /^Images space usage:\n\nREPOSITORY +TAG +IMAGE ID +CREATED +SIZE +SHARED SIZE +UNIQUE SIZE +CONTAINERS\n/,
    );
    assert.match(out, /\nsnap +1 .*kB +0\n/);
    assert.match(
      out,
      /\n\nContainers space usage:\n\nCONTAINER ID +IMAGE .*\n.*srv\n.*done\n\nLocal Volumes space usage:\n\nVOLUME NAME +LINKS +SIZE\n\nBuild cache usage: /,
    );
    await cases([
      ["container prune -f --filter foo=1", 1, /^$/, /invalid filter 'foo'/],
      ["container prune -f --filter until=bogus", 1, /^$/, /failed to parse value as time or duration/],
      ["container prune -f --filter until=24h", 0, /^Total reclaimed space: 0B\n$/],
      ["container prune -f --filter label=none", 0, /^Total reclaimed space: 0B\n$/],
      ["builder prune -f --filter until=24h", 1, /^$/, /--filter is not simulated/],
      ["container prune -f", 0, /^Deleted Containers:\n[0-9a-f]{64}\n\nTotal reclaimed space: 6B\n$/],
      ["image prune -f", 0, /^Total reclaimed space: 0B\n$/],
      ["image prune -af", 0, /^Deleted Images:\n(?:untagged: .*\n|deleted: .*\n)+\nTotal reclaimed space: /],
      ["images --format '{{.Repository}}'", 0, /^memo\nteam\/memo\n$/],
    ])();
  });

  it("a pulled image and its containers are there in the next process, also after a prune", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook-pulled-"));
    try {
      const open = async (): Promise<(line: string) => Promise<Answer>> =>
        dockerOf(await Lab.open({ bases: BASES, cacheDir: folder }));
      assert.match((await (await open())("run --name kept busybox echo hi")).err, /Downloaded newer image/);
      const second = await open();
      assert.equal((await second("logs kept")).out, "hi\n");
      await second("builder prune -af");
      const third = await open();
      assert.equal((await third("run --rm busybox echo again")).err, "");
      assert.match((await third("ps -a")).out, /kept\n$/);
      await third("rm kept");
      await third("rmi busybox");
      assert.equal((await (await open())("images -q")).out, "");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
