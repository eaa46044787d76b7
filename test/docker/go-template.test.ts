import assert from "node:assert/strict";
import { parseTemplate, TemplateError } from "../../kernel-helpers/src/docker/go-template";
import { alignTabs, formatRows } from "../../kernel-helpers/src/docker/table";

const IMAGE = {
  Id: "sha256:abc",
  RepoTags: ["memo:latest"],
  Config: { Env: ["PATH=/bin", "A=1"], Labels: { "build.id": "7", 팀: "나루" }, Cmd: null },
  RootFS: { Layers: ["sha256:1", "sha256:2"] },
  Size: 123,
};
const cases: readonly (readonly [string, string])[] = [
  ["{{.Id}}", "sha256:abc"],
  ["{{json .RootFS.Layers}}", '["sha256:1","sha256:2"]'],
  ["{{len .RootFS.Layers}}", "2"],
  ['{{index .Config.Labels "build.id"}}', "7"],
  ["{{range .Config.Env}}{{println .}}{{end}}", "PATH=/bin\nA=1\n"],
  ["{{range $i, $e := .Config.Env}}{{$i}}={{$e}};{{end}}", "0=PATH=/bin;1=A=1;"],
  ["{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}} {{end}}", "build.id:7 팀:나루 "],
  ['{{join .RepoTags ", "}}', "memo:latest"],
  ["{{.Config.Env}}", "[PATH=/bin A=1]"],
  ["{{.Config.Labels}}", "map[build.id:7 팀:나루]"],
  ["{{if .Config.Cmd}}cmd{{else if .Size}}size{{else}}none{{end}}", "size"],
  ["{{with .RootFS}}{{len .Layers}}{{end}}", "2"],
  ['{{printf "%-5s|%d" "ab" .Size}}', "ab   |123"],
  ['{{.Id | upper | printf "%q"}}', '"SHA256:ABC"'],
  ["{{if eq .Size 123}}same{{end}}", "same"],
  ["{{ .Id -}}   x", "sha256:abcx"],
  ["{{/* nothing */}}y", "y"],
  ["{{(index .RepoTags 0)}}", "memo:latest"],
];

describe("docker --format", () => {
  for (const [source, expected] of cases)
    it(source, () => assert.equal(parseTemplate(source)(IMAGE), expected));

  for (const source of [
    "{{.Id",
    "{{if .Id}}x",
    "{{end}}",
    "{{nope .Id}}",
    "{{.Nope}}",
    "{{.Id | }}",
    "{{index .RepoTags 7}}",
    "{{constructor}}",
    "{{$x}}",
  ]) {
    it(`refuses ${source}`, () => assert.throws(() => parseTemplate(source)(IMAGE), TemplateError));
  }

  it("aligns tables as Go's tabwriter does", () => {
    assert.equal(alignTabs(["REPOSITORY\tTAG", "memo\tlatest"]), "REPOSITORY   TAG\nmemo         latest\n");
    assert.equal(
      formatRows(
        [{ Repository: "memo", Tag: "v1" }],
        [{ heading: "REPOSITORY", field: "Repository" }],
        "table {{.Tag}}\\t{{.Repository}}",
        { Repository: "REPOSITORY", Tag: "TAG" },
      ),
      "TAG       REPOSITORY\nv1        memo\n",
    );
    assert.equal(formatRows([{ Tag: "v1" }], [], "json", {}), '{"Tag":"v1"}\n');
  });
});
