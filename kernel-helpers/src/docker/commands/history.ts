/** `docker history`, `docker image history`: the layers of an image and what made them. */

import { humanSize } from "../../report";
import { diskSize } from "../../report/pictures/layer-table";
import type { CommandContext, DockerCommand } from "../command";
import { FORMAT, ago, printRows, short } from "./rows";

/** *text* cut as docker cuts it, with `…` at its end. */
function ellipsis(text: string): string {
  const characters = [...text.replace(/\t/g, " ").replace(/\s+$/g, "")];
  return characters.length > 45 ? characters.slice(0, 44).join("") + "…" : characters.join("");
}

/** The rows of an image's history, the newest first. */
function history(context: CommandContext): number {
  const { engine, flags, words } = context;
  const image = engine.need(words[0] ?? "");
  const now = engine.lab.now();
  const whole = flags.booleans.get("no-trunc") ?? false;
  let layer = 0;
  const rows = image.history.map((entry) => {
    // The bytes of the files, as the layer table shows them: a layer without files has 0B.
    const own = entry.empty_layer === true ? undefined : image.layers[layer++];
    const size = own === undefined ? 0 : diskSize(own);
    const created = Date.parse(entry.created ?? "1970-01-01T00:00:00Z") / 1000;
    const text = (entry.created_by ?? "").replace(/\t/g, " ");
    return {
      ID: "<missing>",
      // docker leaves out times up to 2000-01-01.
      CreatedSince: created <= 946684800 ? "N/A" : ago(now, created),
      CreatedAt: entry.created ?? "",
      CreatedBy: whole ? text : ellipsis(text),
      Size: flags.values.get("human") === "false" ? String(size) : humanSize(size, 3),
      Comment: entry.comment ?? "",
    };
  });
  rows.reverse();
  if (rows[0]) rows[0].ID = whole ? image.id : short(image.id);
  if (flags.booleans.get("quiet")) {
    for (const row of rows) context.io.out(`${row.ID}\n`);
    return 0;
  }
  const columns = [
    { heading: "IMAGE", field: "ID" },
    { heading: "CREATED", field: "CreatedSince" },
    { heading: "CREATED BY", field: "CreatedBy" },
    { heading: "SIZE", field: "Size" },
    { heading: "COMMENT", field: "Comment" },
  ];
  return printRows(context, rows, columns, {
    ID: "IMAGE",
    CreatedSince: "CREATED",
    CreatedAt: "CREATED AT",
    CreatedBy: "CREATED BY",
    Size: "SIZE",
    Comment: "COMMENT",
  });
}

/** Flags of `docker history`. */
const HISTORY_FLAGS = {
  ...FORMAT,
  "no-trunc": { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  human: { type: "string", short: "H" },
} as const;

/** `docker history`. */
export const historyCommand: DockerCommand = {
  name: "history",
  usage: "history [OPTIONS] IMAGE",
  summary: "Show the history of an image",
  flags: HISTORY_FLAGS,
  arity: [1, 1],
  run: history,
};

/** `docker image history`. */
export const imageHistory: DockerCommand = {
  ...historyCommand,
  name: "image history",
  usage: "image history [OPTIONS] IMAGE",
};
