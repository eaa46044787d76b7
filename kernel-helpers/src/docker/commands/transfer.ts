/** `docker save` and `docker load`: images to an archive and back, as real bytes (cli/command/image/save.go, load.go). */

import {
  archiveTar,
  exportDockerArchive,
  ImageTransferError,
  importImages,
  type NamedExport,
  openArchive,
  type PackedImage,
} from "../../image";
import { gather } from "../../platform/bytes";
import type { CommandContext, DockerCommand } from "../command";
import { canonicalName, DockerError, familiarName } from "../engine";

async function saveImages({ engine, io, flags, words }: CommandContext): Promise<number> {
  const output = flags.values.get("output");
  if (output === undefined && !io.outBytes)
    throw new DockerError(
      "cowardly refusing to save to a terminal. Use the -o flag or redirect\n  여기서는 파일을 -o로 정하세요: docker save -o image.tar IMAGE",
    );
  const exports = new Map<string, { names: string[]; image: PackedImage }>();
  for (const word of words) {
    const image = engine.need(word);
    const entry = exports.get(image.id) ?? { names: [], image: await daemon(() => image.pack()) };
    exports.set(image.id, entry);
    const canonical = nameOf(word);
    if (canonical !== undefined && engine.tags.get(canonical) === image.id) entry.names.push(canonical);
  }
  const list: NamedExport[] = [...exports.values()];
  const tar = await daemon(async () =>
    gather(archiveTar(await exportDockerArchive(engine.lab.platform, list))),
  );
  if (output === undefined) io.outBytes!(tar);
  else io.writeFile(output, tar);
  return 0;
}

async function loadImages({ engine, io, flags }: CommandContext): Promise<number> {
  const input = flags.values.get("input");
  if (input === undefined && !io.stdinBytes)
    throw new DockerError(
      "requested load from stdin, but stdin is empty\n  여기서는 파일을 -i로 정하세요: docker load -i image.tar",
    );
  const bytes = input === undefined ? await io.stdinBytes!() : io.readFile(input);
  if (!bytes) throw new DockerError(`open ${input ?? "-"}: no such file or directory`);
  const { platform, shelf } = engine.lab;
  const images = await daemon(() =>
    openArchive(platform, bytes).then((files) => importImages(platform, files)),
  );
  for (const image of images) {
    const names = image.names.length > 0 ? image.names : [image.root.digest];
    for (const name of names) {
      const named = await shelf.putImported(name, image, engine.lab.now());
      engine.shelved(named);
      io.out(
        image.names.length > 0
          ? `Loaded image: ${familiarName(name)}\n`
          : `Loaded image ID: ${image.root.digest}\n`,
      );
    }
  }
  return 0;
}

/** Runs *action*; what an archive or an image is refused for becomes an answer of the daemon, with the Korean sentence below it. */
async function daemon<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof ImageTransferError)) throw error;
    const { en, ko } = error.sentence;
    throw new DockerError(`Error response from daemon: ${en}\n  ${ko} [${error.code}]`);
  }
}

function nameOf(word: string): string | undefined {
  try {
    return canonicalName(word);
  } catch {
    return undefined;
  }
}

export const save: DockerCommand = {
  name: "save",
  usage: "save [OPTIONS] IMAGE [IMAGE...]",
  summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
  flags: { output: { type: "string", short: "o" }, platform: { type: "string", ignored: true } },
  arity: [1, Infinity],
  run: saveImages,
};
export const imageSave: DockerCommand = {
  ...save,
  name: "image save",
  usage: "image save [OPTIONS] IMAGE [IMAGE...]",
};

export const load: DockerCommand = {
  name: "load",
  usage: "load [OPTIONS]",
  summary: "Load an image from a tar archive or STDIN",
  flags: {
    input: { type: "string", short: "i" },
    quiet: { type: "boolean", short: "q", ignored: true },
    platform: { type: "string", ignored: true },
  },
  arity: [0, 0],
  run: loadImages,
};
export const imageLoad: DockerCommand = { ...load, name: "image load", usage: "image load [OPTIONS]" };
