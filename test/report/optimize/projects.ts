/** Dockerfiles as projects have them, each with the files that matter, and what the optimiser has to say of it. */

/** A project and the verdict on it. */
export interface Project {
  readonly files: Readonly<Record<string, string>>;
  /** Rules with a proven gain, in the order of the rules; empty: there is nothing to gain. */
  readonly gains: readonly string[];
  /** Rules that refuse, with a part of the reason. */
  readonly refuses?: Readonly<Record<string, RegExp>>;
  /** Lines that the combined Dockerfile has. */
  readonly has?: readonly string[];
}

const NODE_LOCK = JSON.stringify({
  name: "app",
  version: "1.0.0",
  lockfileVersion: 3,
  packages: {
    "": { name: "app", version: "1.0.0", dependencies: { express: "^4.21.2" } },
    "node_modules/express": {
      version: "4.21.2",
      resolved: "https://example.com/express.tgz",
      integrity: "sha512-x",
    },
  },
});
const YARN_LOCK = '# yarn lockfile v1\n\n\nreact@^18.3.1:\n  version "18.3.1"\n';
const PNPM_LOCK = `lockfileVersion: '9.0'

importers:

  .: {}

  apps/web:
    dependencies:
      react:
        specifier: ^18.3.1
        version: 18.3.1

  packages/ui: {}

packages:

  react@18.3.1:
    resolution: {integrity: sha512-x}

snapshots:

  react@18.3.1: {}
`;
const NODE_PACKAGE = JSON.stringify({
  name: "app",
  version: "1.0.0",
  scripts: { build: "tsc -p .", start: "node dist/server.js" },
  dependencies: { express: "^4.21.2" },
});

/** By name. */
export const PROJECTS: Readonly<Record<string, Project>> = {
  "node: an API that copies everything first": {
    files: {
      Dockerfile: `FROM node:22-slim
WORKDIR /usr/src/app
COPY . .
RUN npm ci
EXPOSE 3000
CMD ["node", "server.js"]
`,
      "package.json": NODE_PACKAGE,
      "package-lock.json": NODE_LOCK,
      "server.js": "require('express')\n",
      "routes/memo.js": "1\n",
      ".git/HEAD": "ref: refs/heads/main\n",
      "npm-debug.log": "log\n",
    },
    gains: ["dockerignore", "manifests-first", "clean-caches", "cache-mount"],
    has: ["COPY package.json package-lock.json ./"],
  },
  "node: in good order already": {
    files: {
      Dockerfile: `FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
USER node
CMD ["node", "server.js"]
`,
      ".dockerignore": ".git\nnode_modules\n",
      "package.json": NODE_PACKAGE,
      "package-lock.json": NODE_LOCK,
      "server.js": "1\n",
    },
    gains: [],
  },
  "node: a postinstall that may read the sources": {
    files: {
      Dockerfile:
        'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN yarn install --frozen-lockfile\nCMD ["yarn", "start"]\n',
      "package.json": JSON.stringify({
        name: "x",
        scripts: { postinstall: "node scripts/patch.js" },
        dependencies: { react: "^18.3.1" },
      }),
      "yarn.lock": YARN_LOCK,
      "scripts/patch.js": "1\n",
    },
    gains: ["cache-mount"],
    refuses: { "manifests-first": /postinstall: node scripts\/patch\.js/ },
  },
  "node: a private registry with a token in ARG": {
    files: {
      Dockerfile: `FROM node:22-slim
ARG NPM_TOKEN
WORKDIR /app
COPY .npmrc package.json package-lock.json ./
RUN npm ci
COPY . .
CMD ["node", "server.js"]
`,
      ".npmrc": "//npm.example.com/:_authToken=\${NPM_TOKEN}\n",
      "package.json": NODE_PACKAGE,
      "package-lock.json": NODE_LOCK,
      "server.js": "1\n",
    },
    gains: ["secret-mount", "clean-caches", "cache-mount"],
    has: ["--mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN"],
  },
  "pnpm: a monorepo with workspaces": {
    files: {
      Dockerfile: `FROM node:22-slim AS build
ENV PNPM_HOME=/pnpm
RUN corepack enable
WORKDIR /repo
COPY . .
RUN pnpm install --frozen-lockfile
RUN pnpm --filter web build
FROM nginx:alpine
COPY --from=build /repo/apps/web/dist /usr/share/nginx/html
`,
      "package.json": JSON.stringify({ name: "repo", private: true }),
      "pnpm-workspace.yaml": "packages:\n  - apps/*\n  - packages/*\n",
      "pnpm-lock.yaml": PNPM_LOCK,
      "apps/web/package.json": JSON.stringify({
        name: "web",
        version: "1.0.0",
        scripts: { build: "vite build" },
        dependencies: { react: "^18.3.1" },
      }),
      "apps/web/src/main.ts": "1\n",
      "packages/ui/package.json": JSON.stringify({ name: "ui", version: "1.0.0" }),
      "packages/ui/src/button.ts": "1\n",
      "apps/web/node_modules/.modules.yaml": "x\n",
    },
    gains: ["dockerignore", "manifests-first", "cache-mount"],
    has: ["--parents apps/*/package.json packages/*/package.json ./"],
  },
  "react and nginx: install and build in one RUN": {
    files: {
      Dockerfile: `# syntax=docker/dockerfile:1
FROM node:22-alpine AS build
WORKDIR /app
COPY . .
RUN yarn install --frozen-lockfile && yarn build

FROM nginx:alpine
COPY nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=build /app/build /usr/share/nginx/html
`,
      "package.json": JSON.stringify({ name: "site", version: "1.0.0", scripts: { build: "vite build" } }),
      "yarn.lock": YARN_LOCK,
      "nginx.conf": "server {}\n",
      "src/App.jsx": "1\n",
      "public/index.html": "<html>\n",
    },
    gains: ["manifests-first", "cache-mount"],
    has: ["COPY package.json yarn.lock ./", "RUN yarn build"],
  },
  "static site: only copies": {
    files: {
      Dockerfile:
        "FROM nginx:alpine\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY html/ /usr/share/nginx/html/\n",
      "nginx.conf": "server {}\n",
      "html/index.html": "<html>\n",
    },
    gains: [],
  },
  "django: apt in pieces, pip after the sources": {
    files: {
      Dockerfile: `FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /code
COPY . /code/
RUN apt-get update
RUN apt-get install -y gcc
RUN pip install -r requirements/production.txt
CMD ["gunicorn", "mysite.wsgi"]
`,
      "requirements/base.txt": "flask==3.0.0\n",
      "requirements/production.txt": "-r base.txt\ngunicorn\n",
      "mysite/wsgi.py": "1\n",
      "mysite/__pycache__/wsgi.pyc": "x\n",
    },
    gains: ["dockerignore", "system-first", "merge-apt", "clean-caches", "cache-mount"],
    has: ["rm -rf /var/lib/apt/lists/*"],
  },
  "flask: pip install of the project itself": {
    files: {
      Dockerfile:
        'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\nCMD ["python", "app.py"]\n',
      "requirements.txt": "-e .\nflask\n",
      "setup.py": "from setuptools import setup\n",
      "app.py": "1\n",
    },
    gains: ["cache-mount"],
    refuses: { "manifests-first": /sources of the project/ },
  },
  "fastapi: poetry": {
    files: {
      Dockerfile: `FROM python:3.12-slim
RUN pip install --no-cache-dir poetry
WORKDIR /app
COPY . .
RUN poetry install --only main
CMD ["uvicorn", "app.main:app"]
`,
      "pyproject.toml": "[tool.poetry]\nname = 'x'\n",
      "poetry.lock": "# lock\n",
      "app/main.py": "1\n",
      "tests/test_main.py": "1\n",
    },
    gains: ["prefetch", "cache-mount"],
    has: ["RUN --mount=type=cache,target=/root/.cache/pypoetry poetry install --only main --no-root"],
  },
  "go: one stage": {
    files: {
      Dockerfile: `FROM golang:1.23
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /bin/server ./cmd/server
EXPOSE 8080
CMD ["/bin/server"]
`,
      "go.mod": "module example.com/server\n\ngo 1.23\n\nrequire github.com/gin-gonic/gin v1.10.0\n",
      "go.sum": "github.com/gin-gonic/gin v1.10.0 h1:x\ngithub.com/gin-gonic/gin v1.10.0/go.mod h1:x\n",
      "cmd/server/main.go": "package main\n\nfunc main() {}\n",
      "internal/db/db.go": "package db\n",
    },
    gains: ["prefetch", "cache-mount", "multi-stage"],
    has: ["COPY go.mod go.sum ./", "FROM golang:1.23 AS build", "COPY --from=build /bin/server /bin/server"],
  },
  "go: a replace that points to this disk": {
    files: {
      Dockerfile: `FROM golang:1.23 AS build
WORKDIR /src
COPY . .
RUN go mod download
RUN go build -o /server .
FROM debian:bookworm-slim
COPY --link --from=build /server /server
CMD ["/server"]
`,
      "go.mod": "module x\nreplace example.com/lib => ./lib\n",
      "go.sum": "x\n",
      "lib/go.mod": "module example.com/lib\n",
      "main.go": "package main\n\nfunc main() {}\n",
    },
    gains: ["cache-mount"],
    refuses: { "manifests-first": /replace in go\.mod/ },
  },
  "java: maven in one stage": {
    files: {
      Dockerfile: `FROM maven:3.9-eclipse-temurin-21
WORKDIR /app
COPY . .
RUN mvn -B -DskipTests package
EXPOSE 8080
ENTRYPOINT ["java", "-jar", "target/app.jar"]
`,
      "pom.xml": "<project/>\n",
      "src/main/java/App.java": "class App {}\n",
      "target/classes/App.class": "x\n",
    },
    gains: ["dockerignore", "prefetch", "cache-mount", "multi-stage"],
    has: ["FROM eclipse-temurin:21-jre", "COPY --from=build /app/target/app.jar /app/target/app.jar"],
  },
  "java: gradle with modules": {
    files: {
      Dockerfile: `FROM gradle:8-jdk21 AS build
WORKDIR /workspace
COPY . .
RUN ./gradlew bootJar --no-daemon
FROM eclipse-temurin:21-jre
COPY --from=build /workspace/app/build/libs/app.jar /app.jar
ENTRYPOINT ["java", "-jar", "/app.jar"]
`,
      "settings.gradle": "include 'app', 'core'\n",
      "build.gradle": "plugins {}\n",
      gradlew: "#!/bin/sh\n",
      "gradle/wrapper/gradle-wrapper.properties": "x\n",
      "app/build.gradle": "x\n",
      "app/src/main/java/App.java": "class App {}\n",
      "core/build.gradle": "x\n",
      "core/src/main/java/Core.java": "class Core {}\n",
    },
    gains: ["prefetch", "cache-mount"],
    has: ["--parents app/build.gradle core/build.gradle"],
  },
  "rust: cargo build": {
    files: {
      Dockerfile: `FROM rust:1 AS build
WORKDIR /usr/src/tool
COPY . .
RUN cargo build --release --locked
FROM debian:bookworm-slim
COPY --from=build /usr/src/tool/target/release/tool /usr/local/bin/tool
CMD ["tool"]
`,
      "Cargo.toml": '[package]\nname = "tool"\n',
      "Cargo.lock": "# lock\n",
      "src/main.rs": "fn main() {}\n",
    },
    gains: ["prefetch", "cache-mount"],
  },
  "php: composer after the sources": {
    files: {
      Dockerfile: `FROM php:8-apache
RUN a2enmod rewrite
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev
RUN chown -R www-data:www-data /var/www/html
`,
      "composer.json": "{}\n",
      "composer.lock": "{}\n",
      "index.php": "<?php\n",
      "src/Memo.php": "<?php\n",
      ".env": "APP_KEY=base64:abcdef\n",
    },
    gains: ["dockerignore", "prefetch", "copy-chown", "cache-mount"],
    has: ["--no-scripts --no-autoloader", "--chown=www-data:www-data"],
  },
  "rails: bundler and apt": {
    files: {
      Dockerfile: `FROM ruby:3
WORKDIR /rails
COPY . .
RUN apt-get update -qq && apt-get install -y nodejs postgresql-client
RUN bundle install
CMD ["bin/rails", "server"]
`,
      Gemfile: "source 'https://example.com'\ngem 'rails'\n",
      "Gemfile.lock": "GEM\n",
      "app/models/memo.rb": "1\n",
      "log/development.log": "1\n",
    },
    gains: ["dockerignore", "manifests-first", "system-first", "merge-apt", "cache-mount"],
  },
  "dotnet: restore after the sources": {
    files: {
      Dockerfile: `FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY . .
RUN dotnet restore
RUN dotnet publish -c Release -o /app
FROM mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /app
COPY --from=build /app .
ENTRYPOINT ["dotnet", "Shop.dll"]
`,
      "Shop.csproj": "<Project/>\n",
      "Program.cs": "1\n",
    },
    gains: ["manifests-first", "cache-mount"],
    has: ["COPY Shop.csproj ./"],
  },
  "debian: an archive that is removed too late": {
    files: {
      Dockerfile: `FROM debian:bookworm-slim
RUN dd if=/dev/zero of=/tmp/tool.tar bs=1024 count=2048
RUN mkdir /opt/tool && cp /tmp/tool.tar /opt/tool/data
RUN rm /tmp/tool.tar
`,
    },
    gains: ["remove-in-layer"],
  },
  "metadata: a commit id above everything": {
    files: {
      Dockerfile: `FROM python:3.12-slim
ARG GIT_SHA=unknown
ARG BUILD_DATE
LABEL org.opencontainers.image.revision=$GIT_SHA
ENV RELEASE=$GIT_SHA
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
COPY app/ ./app/
CMD ["python", "-m", "app"]
`,
      "requirements.txt": "flask==3.0.0\n",
      "app/__main__.py": "1\n",
    },
    gains: ["metadata-late"],
  },
  "a version baked in by a slow RUN": {
    files: {
      Dockerfile: `FROM debian:bookworm-slim
ARG APP_VERSION=dev
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/* && echo $APP_VERSION > /etc/app-version
COPY app.sh /usr/local/bin/
CMD ["app.sh"]
`,
      "app.sh": "#!/bin/sh\n",
    },
    gains: ["split-run"],
  },
  "node: a secret and an agent that only CI has": {
    files: {
      Dockerfile: `FROM node:22-slim
WORKDIR /app
COPY . .
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true --mount=type=ssh npm ci
CMD ["node", "server.js"]
`,
      ".dockerignore": ".git\n",
      "package.json": NODE_PACKAGE,
      "package-lock.json": NODE_LOCK,
      "server.js": "1\n",
    },
    gains: ["manifests-first", "cache-mount"],
  },
  "assets: copied again for every new base": {
    files: {
      Dockerfile: `FROM node:22-slim AS build
WORKDIR /site
COPY site/ ./
FROM nginx:alpine
COPY --from=build /site /usr/share/nginx/html
`,
      "site/film.bin": "x".repeat(3_000_000),
    },
    gains: ["copy-link"],
    has: ["COPY --link --from=build /site /usr/share/nginx/html"],
  },
  "a builder that forgets its own user": {
    files: {
      Dockerfile: `FROM node:22-slim
USER node
WORKDIR /home/node/app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
CMD ["node", "server.js"]
`,
      "package.json": NODE_PACKAGE,
      "package-lock.json": NODE_LOCK,
      "server.js": "1\n",
    },
    gains: ["clean-caches"],
    refuses: { "cache-mount": /runs as USER node/ },
  },
  "ownership: everything twice": {
    files: {
      Dockerfile: `FROM node:22-slim
WORKDIR /app
COPY --from=node:22-alpine /etc/os-release ./
COPY assets/ ./assets/
RUN chown -R node:node /app/assets
USER node
`,
      "assets/big.bin": "x".repeat(200_000),
    },
    gains: ["copy-chown"],
  },
};
