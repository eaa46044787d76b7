/** Node as the machine that a Lab runs on. */

import type { RunCatalog } from "./run";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import {
  Catalog,
  type CatalogContents,
  type CatalogImages,
  type ImageSource,
  OciLayout,
  UnpackedChains,
} from "./image";
import type { LabMachine } from "./lab";
import { CONTENT } from "./platform/node/places";
import { diskStore, nodePlatform, openHostDirectory, openWritableDirectory } from "./platform/node";

/** The machine. Nothing is opened before it is asked for. */
export function nodeMachine(): LabMachine {
  return {
    platform: nodePlatform,
    openBases: openBaseDirectory,
    catalog: () => (catalog ??= openCatalog()),
    packages: () => (packages ??= openPackages()),
    openDirectory: openHostDirectory,
    openWritableDirectory,
    openStore: diskStore,
    now: () => Date.now() / 1000,
  };
}

let catalog: ImageSource | undefined;
let packages: RunCatalog | undefined;

/** The facts about packages: each file is read when a package manager first asks. */
function openPackages(): RunCatalog {
  const lazy = (name: string): (() => unknown) => {
    let value: unknown;
    return () => (value ??= catalogJson<unknown>(name));
  };
  const [npm, apt, apk, pip] = [
    lazy("npm-packages"),
    lazy("apt-packages"),
    lazy("alpine-apk"),
    lazy("pip-packages"),
  ];
  return {
    get npm() {
      return npm();
    },
    get apt() {
      return apt();
    },
    get apk() {
      return apk();
    },
    get pip() {
      return pip();
    },
  };
}

/** The catalog beside the program: read once, at the first FROM that the bases do not know. */
function openCatalog(): ImageSource {
  let opened: ImageSource | undefined;
  return {
    find(ref, platform) {
      opened ??= new Catalog(
        catalogJson<CatalogImages>("base-images"),
        catalogJson<CatalogContents>("base-contents"),
      );
      return opened.find(ref, platform);
    },
  };
}

/** A file of content/catalog, parsed. */
export function catalogJson<T>(name: string): T {
  const bytes = readIfThere(join(CONTENT, "catalog", `${name}.json`));
  if (bytes) return JSON.parse(Buffer.from(bytes).toString()) as T;
  throw new Error(
    `content/catalog/${name}.json is missing from this installation / 설치에 content/catalog/${name}.json 파일이 없습니다`,
  );
}

/** Every layout in *directory*: itself, its folders, its `.tar` files. Throws when there is no such directory. */
export function openBaseDirectory(directory: string): ImageSource[] {
  const chains = new UnpackedChains();
  const layout = (folder: string): ImageSource =>
    new OciLayout((path) => readIfThere(join(folder, path)), nodePlatform, chains);
  if (existsSync(join(directory, "index.json"))) return [layout(directory)];
  return namesIn(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isDirectory() && existsSync(join(path, "index.json")))
    .map(layout);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Error(
      `LB_NO_BASES: cannot read the folder of base images ${directory} (${code}) / 베이스 이미지의 폴더를 읽을 수 없습니다`,
      { cause: error },
    );
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
