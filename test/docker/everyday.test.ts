/** The docker commands of every day: their tables, words, exit codes, pipes, and what says that it is not simulated. */

import assert from "node:assert/strict";

import { Lab } from "../../kernel-helpers/src";
import { DockerEngine, runShell } from "../../kernel-helpers/src/docker";

const DOCKERFILE = 'FROM node\nWORKDIR /app\nCOPY . /app\nEXPOSE 80\nCMD ["node", "server.js"]\n';

describe("docker every day", function () {
  this.timeout(30_000);
  let sh: (script: string) => Promise<{ status: number; out: string; err: string }>;
  before(async () => {
    const lab = await Lab.open();
    lab.context.write("server.js", "안녕하세요\n");
    lab.context.write("Dockerfile", DOCKERFILE);
    const engine = new DockerEngine(lab);
    sh = async (script) => {
      let out = "";
      let err = "";
      const status = await runShell({
        script,
        engine,
        context: lab.context,
        now: lab.now(),
        onOutput: (stream, data) => (stream === 1 ? (out += data) : (err += data)),
      });
      return { status, out, err };
    };
    await sh("docker build -q -t memo . && docker tag memo memo:v1");
  });

  /** Each row: a script, its exit status, what stands on stdout and stderr. */
  const rows: readonly [script: string, status: number, out: RegExp, err?: RegExp][] = [
    ["docker run -d -p 8080:80 --name web memo", 0, /^[0-9a-f]{64}\n$/],
    ["docker ps --format '{{.Names}} {{.Ports}}'", 0, /^web 0\.0\.0\.0:8080->80\/tcp\n$/],
    ["docker port web", 0, /^80\/tcp -> 0\.0\.0\.0:8080\n$/],
    ["docker port web 80", 0, /^0\.0\.0\.0:8080\n$/],
    ["docker port web 81", 1, /^$/, /No public port '81\/tcp' published for web/],
    ["docker exec web cat server.js", 0, /^안녕하세요\n$/],
    [
      "docker exec web nosuch",
      127,
      /^$/,
      /^OCI runtime exec failed: exec failed: .*executable file not found/,
    ],
    [
      "docker exec -it web sh",
      1,
      /^$/,
      /cannot attach stdin to a TTY-enabled container because stdin is not a terminal/,
    ],
    ["docker run -it memo sh", 1, /^$/, /-it를 빼고/],
    ["docker logs web | wc -l", 0, /^1\n$/],
    ["docker logs --tail 0 web", 0, /^$/],
    ["docker rename web server && docker ps -q --filter name=server | wc -l", 0, /^1\n$/],
    ["docker wait server", 1, /^$/, /docker stop server/],
    [
      "docker stop server; docker ps -a --filter status=exited --format '{{.Status}}'",
      0,
      /^server\nExited \(137\) /,
    ],
    ["docker exec server ls", 1, /^$/, /container [0-9a-f]{64} is not running/],
    ["docker kill server", 1, /^$/, /cannot kill container: server: container [0-9a-f]{64} is not running/],
    ["docker start server && docker restart server && docker ps -q | wc -l", 0, /^server\nserver\n1\n$/],
    ["docker run --name once memo sh -c 'echo 하나; exit 4'", 4, /^하나\n$/],
    ["docker start -a once", 4, /^하나\n$/],
    ["docker wait once", 0, /^4\n$/],
    ["docker run --rm memo nosuch", 1, /^$/, /./],
    [
      "docker run --name bad --entrypoint nosuch memo; docker ps -a --filter name=bad --format '{{.Status}}'",
      0,
      /^Created\n$/,
      /failed to create task/,
    ],
    [
      "docker rm server",
      1,
      /^$/,
      /cannot remove container "server": container is running: stop the container before removing or force remove/,
    ],
    ["docker rmi memo:v1", 0, /^Untagged: memo:v1\n$/],
    [
      "docker rmi memo",
      1,
      /^$/,
      /conflict: unable to remove repository reference "memo" \(must force\) - container [0-9a-f]{12} is using its referenced image [0-9a-f]{12}/,
    ],
    [
      "docker rmi $(docker images -q memo)",
      1,
      /^$/,
      /conflict: unable to delete [0-9a-f]{12} \(cannot be forced\)|\(must be forced\)/,
    ],
    ["docker images --digests memo | head -1", 0, /^REPOSITORY +TAG +DIGEST +IMAGE ID +CREATED +SIZE\n$/],
    ["docker images --filter dangling=true -q | wc -l", 0, /^0\n$/],
    ["docker images --filter reference='me*' --format '{{.Repository}}:{{.Tag}}'", 0, /^memo:latest\n$/],
    ["docker images --filter nosuch=1", 1, /^$/, /invalid filter 'nosuch'/],
    ["docker image inspect --format '{{index .RepoDigests 0}}' memo", 0, /^memo@sha256:[0-9a-f]{64}\n$/],
    ["docker inspect -f '{{json .Config.Cmd}}' memo", 0, /^\["node","server.js"\]\n$/],
    ["docker inspect -f '{{.NoSuch}' memo", 64, /^$/, /template parsing error/],
    ["docker inspect nosuch", 1, /^\[\]\n$/, /^Error: No such object: nosuch\n$/],
    ["docker history --format '{{.CreatedBy}}' memo | head -1", 0, /^CMD \["node" "server.js"\]\n$/],
    ["docker cp server:/app/server.js ./copy.js && cat copy.js", 0, /안녕하세요/],
    ["docker cp copy.js server:/tmp/ && docker exec server ls /tmp", 0, /copy\.js\n$/],
    ["docker cp server:/a server:/b", 1, /^$/, /copying between containers is not supported/],
    ["docker cp server:/nosuch .", 1, /^$/, /Could not find the file \/nosuch in container server/],
    ["docker diff once > diff.txt; cat diff.txt | wc -l", 0, /^0\n$/],
    ["docker system df | tail -n +2 | head -1", 0, /^Images +\d+ +1 +\S+ +\S+ \(\d+%\)\n$/],
    ["docker system df --format x", 125, /^$/, /unknown flag: --format/],
    ["docker buildx du | head -1", 0, /^ID +RECLAIMABLE +SIZE +LAST ACCESSED\n$/],
    ["docker push memo", 1, /^$/, /네트워크를 쓰지 않습니다.*layerbook push/],
    ["docker pull no/such", 1, /^$/, /pull access denied for no\/such[^]*layerbook pull/],
    ["docker save memo > x.tar", 1, /^$/, /-o/],
    ["docker commit once memo:done | cut -c1-7; docker images -q memo | wc -l", 0, /^sha256:\n2\n$/],
    ["docker container prune -f | tail -1; docker ps -a | wc -l", 0, /^Total reclaimed space: 0B\n2\n$/],
    ["docker rm -f server; docker image prune -f", 0, /Total reclaimed space/],
    ["docker image prune", 1, /^$/, /Are you sure/],
    ["docker ps --filter status", 125, /^$/, /invalid filter 'status'/],
    ["docker tag nosuch a", 1, /^$/, /No such image: nosuch:latest/],
    ["docker tag memo 'Bad Name'", 1, /^$/, /invalid reference format/],
  ];
  for (const [script, status, out, err = /^/] of rows) {
    it(script, async () => {
      const said = await sh(script);
      assert.equal(said.status, status, `${said.out}\n${said.err}`);
      assert.match(said.out, out, said.err);
      assert.match(said.err, err);
    });
  }
});
