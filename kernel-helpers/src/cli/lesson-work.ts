/** `layerbook lesson import|export`: the learner's work as one zip, to and from the browser edition or another machine. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

import { isWork, packWork, planWork, readWork, type WorkEntry, WorkZipError } from "../lesson";
import { isUntouched } from "../lesson/workspace";
import { CliError, usageError } from "./cli-error";
import { type CommandIo, say } from "./io";

/** The largest zip that is read. */
const MOST_BYTES = 1_000_000_000;

/** Puts the work in *file* into the working folder *target*, made when it is not there. Throws CliError. */
export function importWork(file: string, target: string, io: CommandIo): number {
  const entries = read(file);
  mkdirSync(target, { recursive: true });
  const root = realpathSync(target);
  let copies = 1;
  while (existsSync(join(root, "kept", `import-${copies}`))) copies++;
  for (const { path } of entries) refuseLinks(root, path);
  const plan = planWork(
    entries,
    {
      bytes: (path) => bytesAt(join(root, path)),
      isUntouched: (path, data) => isUntouched(root, path, data),
    },
    copies,
  );
  for (const { from, to } of plan.kept) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    renameSync(join(root, from), join(root, to));
  }
  for (const entry of plan.writes) write(root, entry);
  const files = plan.writes.filter(({ kind }) => kind !== "folder").length;
  io.out(
    say(
      io,
      files === 0
        ? "모두 이미 있는 것이라 바꾼 것이 없습니다.\n"
        : `파일 ${files}개를 ${target}에 풀었습니다.\n`,
      files === 0 ? "everything was there already\n" : `${files} files put into ${target}\n`,
    ),
  );
  if (plan.kept.length > 0)
    io.out(
      say(
        io,
        `여기 있던 것과 다른 파일 ${plan.kept.length}개는 ${join(target, "kept", `import-${copies}`)}에 두었습니다.\n`,
        `${plan.kept.length} files that differed are kept in ${join(target, "kept", `import-${copies}`)}\n`,
      ),
    );
  return 0;
}

/** Writes the work in the folder *source* as a zip to *file*, whole or not at all. Throws CliError. */
export function exportWork(source: string, file: string, io: CommandIo): number {
  if (!existsSync(source))
    throw new CliError(
      "LB_NO_FOLDER",
      { ko: `${source} 폴더가 없습니다.`, en: `there is no folder ${source}` },
      { hint: { ko: "--dir로 작업 폴더를 알려 주세요.", en: "name the working folder with --dir" } },
    );
  const entries = [...list(source, "")];
  const zip = packWork(entries, Date.now());
  const part = `${file}.layerbook-part`;
  writeFileSync(part, zip);
  renameSync(part, file);
  const files = entries.filter(({ kind }) => kind !== "folder").length;
  io.out(
    say(
      io,
      `파일 ${files}개를 ${file}에 담았습니다. 브라우저판의 파일 메뉴 › ‘내 작업 올리기’나 layerbook lesson import로 풉니다.\n`,
      `${files} files in ${file}; unpack it with the browser edition's upload or \`layerbook lesson import\`\n`,
    ),
  );
  return 0;
}

function read(file: string): WorkEntry[] {
  try {
    const { size } = lstatSync(file);
    if (size > MOST_BYTES)
      throw new WorkZipError(
        "LB_WORK_ZIP_SIZE",
        `${file}은(는) ${size}바이트로 너무 커서 풀지 않았습니다.`,
        `${file} has ${size} bytes, which is too large`,
      );
    return readWork(readFileSync(file));
  } catch (error) {
    if (error instanceof WorkZipError) throw new CliError(error.code, { ko: error.ko, en: error.en });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EISDIR") throw error;
    throw usageError("LB_NO_FILE", { ko: `${file} 파일이 없습니다.`, en: `there is no file ${file}` });
  }
}

/** A zip is not written through links that were there before it: they may lead out of the folder. */
function refuseLinks(root: string, path: string): void {
  let folder = dirname(join(root, path));
  while (!existsSync(folder)) folder = dirname(folder);
  const real = realpathSync(folder);
  if (real === root || real.startsWith(root + sep)) return;
  throw new CliError("LB_WORK_ZIP_PATH", {
    ko: `${path}은(는) 작업 폴더 밖을 가리키는 링크 아래라서 아무것도 풀지 않았습니다.`,
    en: `${path} lies behind a link that leads out of the working folder; nothing was taken`,
  });
}

/** A file's bytes, a link's target; undefined for a folder and for nothing. */
function bytesAt(path: string): Uint8Array | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return Buffer.from(readlinkSync(path));
  return stat?.isFile() ? readFileSync(path) : undefined;
}

function write(root: string, { path, kind, data, target, mode }: WorkEntry): void {
  const file = join(root, path);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (kind === "folder") {
    if (stat?.isDirectory()) return;
    rmSync(file, { force: true });
    mkdirSync(file, { recursive: true });
    return;
  }
  // What stands in the way is of another kind: a folder is moved aside, never deleted.
  if (stat?.isDirectory()) renameSync(file, freeName(file));
  else rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  if (kind === "link") {
    symlinkSync(target ?? "", file);
    return;
  }
  const part = `${file}.layerbook-part`;
  writeFileSync(part, data ?? new Uint8Array());
  chmodSync(part, mode | 0o600);
  renameSync(part, file);
}

function freeName(file: string): string {
  let number = 1;
  while (existsSync(`${file}-${number}`)) number++;
  return `${file}-${number}`;
}

function* list(root: string, below: string): Generator<WorkEntry> {
  for (const { name } of readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = below === "" ? name : `${below}/${name}`;
    if (!isWork(path)) continue;
    const stat = lstatSync(join(root, path));
    const mode = stat.mode & 0o777;
    if (stat.isSymbolicLink()) yield { path, kind: "link", target: readlinkSync(join(root, path)), mode };
    else if (stat.isDirectory()) {
      yield { path, kind: "folder", mode };
      yield* list(root, path);
    } else if (stat.isFile()) yield { path, kind: "file", data: readFileSync(join(root, path)), mode };
  }
}

/** The zip that *words* (after `import` or `export`) name, made absolute. Throws CliError for none or several. */
export function zipOf(words: readonly string[], what: string, io: CommandIo): string {
  const [file] = words;
  if (file === undefined || words.length > 1)
    throw usageError(
      "LB_ARGUMENTS",
      { ko: `\`lesson ${what}\`: zip 파일을 하나 적으세요.`, en: `lesson ${what}: name one zip file` },
      {
        ko: `보기: layerbook lesson ${what} layerbook-work.zip`,
        en: `example: layerbook lesson ${what} layerbook-work.zip`,
      },
    );
  return resolve(io.cwd, file);
}
