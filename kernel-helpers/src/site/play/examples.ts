/** Projects to begin with, each showing one thing. */

import type { Project } from "./project";

/** An example in the page's list. */
export interface Example {
  readonly id: string;
  readonly ko: string;
  readonly en: string;
  readonly project: Project;
}

const PACKAGE = `{
  "name": "memo",
  "version": "1.0.0",
  "dependencies": {
    "express": "^5.1.0"
  }
}
`;

const SERVER = `const express = require("express");
const app = express();
app.get("/", (req, res) => res.send("안녕하세요"));
app.listen(80);
`;

const node = (dockerfile: string, ignore?: string): Project => ({
  files: [
    { path: "Dockerfile", data: dockerfile },
    ...(ignore === undefined ? [] : [{ path: ".dockerignore", data: ignore }]),
    { path: "package.json", data: PACKAGE },
    { path: "server.js", data: SERVER },
  ],
  flags: "",
});

export const EXAMPLES: readonly Example[] = [
  {
    id: "note",
    ko: "노트의 Dockerfile",
    en: "The note's Dockerfile",
    project: node(
      'FROM node\n\nWORKDIR /app\n\nCOPY . /app\n\nRUN npm install\n\nEXPOSE 80\n\nCMD ["node", "server.js"]\n',
    ),
  },
  {
    id: "order",
    ko: "순서를 고친 것: 설치가 재사용됩니다",
    en: "A better order: the install is reused",
    project: node(
      'FROM node\n\nWORKDIR /app\n\nCOPY package.json ./\n\nRUN npm install\n\nCOPY . .\n\nEXPOSE 80\n\nCMD ["node", "server.js"]\n',
      "node_modules\n.git\nDockerfile\n",
    ),
  },
  {
    id: "stages",
    ko: "멀티 스테이지: 만드는 곳과 내보내는 곳",
    en: "Two stages: one builds, one is shipped",
    project: {
      files: [
        {
          path: "Dockerfile",
          data: 'FROM alpine AS build\nWORKDIR /src\nCOPY words.txt .\nRUN sort words.txt | uniq > sorted.txt && wc -l < sorted.txt > count.txt\n\nFROM alpine\nWORKDIR /data\nCOPY --from=build /src/sorted.txt /src/count.txt ./\nCMD ["cat", "count.txt"]\n',
        },
        { path: "words.txt", data: "사과\n배\n포도\n배\n" },
      ],
      flags: "",
    },
  },
  {
    id: "secret",
    ko: "지웠는데 남은 비밀",
    en: "A secret that was deleted and is still there",
    project: {
      files: [
        {
          path: "Dockerfile",
          data: "FROM alpine\nARG TOKEN\nCOPY token.txt /tmp/token.txt\nRUN wc -c < /tmp/token.txt > /size.txt\nRUN rm /tmp/token.txt\n",
        },
        { path: "token.txt", data: "연습용-비밀-1234\n" },
      ],
      flags: "--build-arg TOKEN=1234",
    },
  },
];
