/** Projects to begin with, each showing one thing, and what to try with it. */

import type { PlayFile, Project } from "./project";

type Both = Readonly<Record<"ko" | "en", string>>;

/** One thing to do; `…` marks code. */
export interface Try extends Both {
  /** It is done by a build. */
  readonly isBuild?: true;
}

/** An example in the page's list. */
export interface Example extends Both {
  readonly id: string;
  readonly project: Project;
  /** What to do with it, step by step. */
  readonly tries: readonly Try[];
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

const APP = `from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return "안녕하세요"
`;

const MAIN = `package main

import (
	"fmt"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "안녕하세요")
	})
	http.ListenAndServe(":8080", nil)
}
`;

const PAGE = `<!doctype html>
<html lang="ko">
<meta charset="utf-8">
<title>메모</title>
<link rel="stylesheet" href="style.css">
<h1>안녕하세요</h1>
</html>
`;

const NGINX = `server {
  listen 80;
  root /usr/share/nginx/html;
}
`;

/** Text of a file from its lines. */
const lines = (...all: string[]): string => `${all.join("\n")}\n`;

function project(files: Readonly<Record<string, string>>, flags = ""): Project {
  return { files: Object.entries(files).map(([path, data]): PlayFile => ({ path, data })), flags };
}

const BUILD: Try = { ko: "빌드를 누릅니다.", en: "Press Build.", isBuild: true };
const AGAIN: Try = {
  ko: "다시 빌드해, 무엇이 재사용되고 무엇이 왜 다시 실행되는지 봅니다.",
  en: "Build again: see what is reused, and why the rest runs.",
  isBuild: true,
};
const editing = (path: string): Try => ({
  ko: `\`${path}\`의 글자를 하나 고칩니다.`,
  en: `Change a letter in \`${path}\`.`,
});

export const EXAMPLES: readonly Example[] = [
  {
    id: "note",
    ko: "Node.js: 노트의 Dockerfile",
    en: "Node.js: the note's Dockerfile",
    project: project({
      Dockerfile:
        'FROM node\n\nWORKDIR /app\n\nCOPY . /app\n\nRUN npm install\n\nEXPOSE 80\n\nCMD ["node", "server.js"]\n',
      "package.json": PACKAGE,
      "server.js": SERVER,
    }),
    tries: [BUILD, editing("server.js"), AGAIN],
  },
  {
    id: "order",
    ko: "Node.js: 순서를 고쳐 설치를 재사용",
    en: "Node.js: a better order reuses the install",
    project: project({
      Dockerfile:
        'FROM node\n\nWORKDIR /app\n\nCOPY package.json ./\n\nRUN npm install\n\nCOPY . .\n\nEXPOSE 80\n\nCMD ["node", "server.js"]\n',
      ".dockerignore": "node_modules\n.git\nDockerfile\n",
      "package.json": PACKAGE,
      "server.js": SERVER,
    }),
    tries: [BUILD, editing("server.js"), AGAIN, editing("package.json"), AGAIN],
  },
  {
    id: "python",
    ko: "Python: pip과 Flask",
    en: "Python: pip and Flask",
    project: project({
      Dockerfile: lines(
        "FROM python:3.12-slim",
        "WORKDIR /app",
        "COPY requirements.txt .",
        "RUN pip install --no-cache-dir -r requirements.txt",
        "COPY . .",
        "EXPOSE 8000",
        'CMD ["flask", "run", "--host=0.0.0.0", "--port=8000"]',
      ),
      ".dockerignore": "__pycache__\n.venv\nDockerfile\n",
      "app.py": APP,
      "requirements.txt": "flask==3.0.3\n",
    }),
    tries: [BUILD, editing("app.py"), AGAIN, editing("requirements.txt"), AGAIN],
  },
  {
    id: "go",
    ko: "Go: 만드는 단계와 내보내는 단계",
    en: "Go: one stage builds, one is shipped",
    project: project({
      Dockerfile: lines(
        "FROM golang:1.23-alpine AS build",
        "WORKDIR /src",
        "COPY go.mod ./",
        "RUN go mod download",
        "COPY . .",
        "RUN go build -o /out/app .",
        "",
        "FROM alpine",
        "COPY --from=build /out/app /usr/local/bin/app",
        "EXPOSE 8080",
        'CMD ["app"]',
      ),
      ".dockerignore": "Dockerfile\n",
      "go.mod": "module example.com/memo\n\ngo 1.23\n",
      "main.go": MAIN,
    }),
    tries: [
      BUILD,
      {
        ko: "옵션 칸에 `--target build`를 적고 빌드해, 이미지의 크기를 견줍니다.",
        en: "Write `--target build` into the flags and build: compare the sizes of the images.",
        isBuild: true,
      },
      editing("main.go"),
      AGAIN,
    ],
  },
  {
    id: "static",
    ko: "정적 사이트: nginx",
    en: "A static site: nginx",
    project: project({
      Dockerfile: lines(
        "FROM nginx:alpine",
        "COPY nginx.conf /etc/nginx/conf.d/default.conf",
        "COPY site /usr/share/nginx/html",
        "EXPOSE 80",
      ),
      "nginx.conf": NGINX,
      "site/index.html": PAGE,
      "site/style.css": "h1 {\n  color: seagreen;\n}\n",
    }),
    tries: [
      BUILD,
      editing("site/style.css"),
      AGAIN,
      {
        ko: "`COPY` 두 줄의 순서를 바꾸고, ‘고치면 어떻게 될까?’로 견줍니다.",
        en: "Swap the two `COPY` lines, and compare with “What would an edit do?”.",
      },
    ],
  },
  {
    id: "stages",
    ko: "멀티 스테이지: 만드는 곳과 내보내는 곳",
    en: "Two stages: one builds, one is shipped",
    project: project({
      Dockerfile: lines(
        "FROM alpine AS build",
        "WORKDIR /src",
        "COPY words.txt .",
        "RUN sort words.txt | uniq > sorted.txt && wc -l < sorted.txt > count.txt",
        "",
        "FROM alpine",
        "WORKDIR /data",
        "COPY --from=build /src/sorted.txt /src/count.txt ./",
        'CMD ["cat", "count.txt"]',
      ),
      "words.txt": "사과\n배\n포도\n배\n",
    }),
    tries: [
      BUILD,
      {
        ko: "`words.txt`의 줄 순서만 바꾸고 다시 빌드합니다. 결과가 같은 파일은 어떻게 될까요?",
        en: "Change only the order of the lines in `words.txt` and build again: what of files that come out the same?",
        isBuild: true,
      },
    ],
  },
  {
    id: "secret",
    ko: "지웠는데 남은 비밀",
    en: "A secret that was deleted and is still there",
    project: project(
      {
        Dockerfile: lines(
          "FROM alpine",
          "ARG TOKEN",
          "COPY token.txt /tmp/token.txt",
          "RUN wc -c < /tmp/token.txt > /size.txt",
          "RUN rm /tmp/token.txt",
        ),
        "token.txt": "연습용-비밀-1234\n",
      },
      "--build-arg TOKEN=1234",
    ),
    tries: [
      {
        ko: "먼저 편집기 아래의 경고를 읽고, 빌드를 누릅니다.",
        en: "Read the warning below the editor, then press Build.",
        isBuild: true,
      },
      {
        ko: "레이어 표에서 지운 파일이 아직 든 레이어를 찾습니다.",
        en: "Find the layer that still holds the deleted file in the layer table.",
      },
    ],
  },
  {
    id: "blank",
    ko: "빈 프로젝트",
    en: "An empty project",
    project: project({ Dockerfile: "FROM alpine\n" }),
    tries: [
      {
        ko: "Dockerfile을 쓰고, 파일을 더하거나 끌어다 놓은 다음 빌드합니다.",
        en: "Write the Dockerfile, add or drop files, then build.",
        isBuild: true,
      },
    ],
  },
];

/** The example with this id. */
export const exampleOf = (id: string): Example | undefined => EXAMPLES.find((example) => example.id === id);

/** What to do with *project*, which came from *origin* (`example:ID`, or a link). */
export function triesOf(origin: string, { files }: Project): readonly Try[] {
  const example = exampleOf(origin.replace(/^example:/, ""));
  if (example !== undefined) return example.tries;
  const isSource = ({ path, data }: PlayFile): boolean =>
    typeof data === "string" && data !== "" && !/(^|[/.])(Dockerfile|Containerfile|dockerignore)$/.test(path);
  return [BUILD, editing(files.find(isSource)?.path ?? files[0]?.path ?? "Dockerfile"), AGAIN];
}

/** How many of *tries* are done after so many builds: what stands before the last build was done for it. */
export function doneAfter(tries: readonly Try[], builds: number): number {
  const ends = tries.flatMap(({ isBuild }, i) => (isBuild === true ? [i + 1] : []));
  return builds > ends.length ? tries.length : (ends[builds - 1] ?? 0);
}
