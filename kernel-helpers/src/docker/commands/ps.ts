/** `docker ps`, `docker container ls`: the containers as a table. */

import type { DockerCommand } from "../command";
import { type Container, DockerError } from "../engine";
import { humanSize } from "../../report";
import { ago, createdAt, imageSize, printRows } from "./rows";
import { writableBytes } from "./diff";

/** Columns of `docker ps`. */
const PS_COLUMNS = [
  { heading: "CONTAINER ID", field: "ID" },
  { heading: "IMAGE", field: "Image" },
  { heading: "COMMAND", field: "Command" },
  { heading: "CREATED", field: "RunningFor" },
  { heading: "STATUS", field: "Status" },
  { heading: "PORTS", field: "Ports" },
  { heading: "NAMES", field: "Names" },
];

/** `docker ps`. */
export const ps: DockerCommand = {
  name: "ps",
  usage: "ps [OPTIONS]",
  summary: "List containers",
  flags: {
    all: { type: "boolean", short: "a" },
    quiet: { type: "boolean", short: "q" },
    "no-trunc": { type: "boolean" },
    format: { type: "string" },
    filter: { type: "list", short: "f" },
    last: { type: "string", short: "n" },
    latest: { type: "boolean", short: "l" },
    size: { type: "boolean", short: "s" },
  },
  arity: [0, 0],
  run(context) {
    const { engine, flags, io } = context;
    const columns = [...PS_COLUMNS];
    const now = engine.lab.now();
    const filters = (flags.lists.get("filter") ?? []).map(readFilter);
    if (flags.booleans.get("size")) columns.push({ heading: "SIZE", field: "Size" });
    const last = flags.booleans.get("latest") ? 1 : Number(flags.values.get("last") ?? -1);
    const shown =
      flags.booleans.get("all") || last > 0 || filters.some(([key]) => key === "status" || key === "exited");
    const rows = [...engine.containers]
      .reverse()
      .slice(0, last > 0 ? last : undefined)
      .filter((container) => shown || container.status === "running")
      .filter((container) => matchesAll(container, filters))
      .map((container) => {
        const quoted = `"${container.command.join(" ")}"`;
        const since = ago(now, container.created);
        return {
          ID: flags.booleans.get("no-trunc") ? container.id : container.id.slice(0, 12),
          Image: container.imageName,
          Command:
            flags.booleans.get("no-trunc") || quoted.length <= 20 ? quoted : `${quoted.slice(0, 19)}…"`,
          RunningFor: since,
          Status:
            container.status === "running"
              ? `Up ${since.replace(/ ago$/, "")}`
              : container.status === "created"
                ? "Created"
                : `Exited (${container.exitCode}) ${since}`,
          Ports:
            container.status === "running" ? container.ports.map((port) => portText(port)).join(", ") : "",
          Names: container.name,
          State: container.status,
          CreatedAt: createdAt(container.created),
          Labels: "",
          LocalVolumes: "0",
          Mounts: "",
          Networks: "bridge",
          Size:
            humanSize(writableBytes(container), 3) +
            ` (virtual ${humanSize(writableBytes(container) + imageSize(container.image), 3)})`,
        };
      });
    if (flags.booleans.get("quiet")) {
      for (const row of rows) io.out(`${row.ID}\n`);
      return 0;
    }
    return printRows(context, rows, columns, {
      ...Object.fromEntries(columns.map((column) => [column.field, column.heading])),
      CreatedAt: "CREATED AT",
      LocalVolumes: "LOCAL VOLUMES",
    });
  },
};

/** What `--filter status=` takes. */
const STATES = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];

/** `status=exited` → its two parts. Throws docker's refusal. */
function readFilter(text: string): readonly [key: string, value: string] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw new DockerError(
      `invalid argument "${text}" for "-f, --filter" flag: invalid filter '${text}'`,
      125,
    );
  const key = text.slice(0, at).trim().toLowerCase();
  if (!["status", "exited", "name", "id", "ancestor"].includes(key)) {
    throw new DockerError(
      `Error response from daemon: invalid filter '${key}'\n  여기서는 status, exited, name, id, ancestor로 거릅니다.`,
    );
  }
  const value = text.slice(at + 1).trim();
  if (key === "status" && !STATES.includes(value))
    throw new DockerError(`Error response from daemon: invalid filter 'status=${value}'`);
  return [key, value];
}

/** Values of one key are alternatives; different keys must all fit. */
function matchesAll(container: Container, filters: readonly (readonly [string, string])[]): boolean {
  const fits = ([key, value]: readonly [string, string]): boolean =>
    key === "status"
      ? container.status === value
      : key === "exited"
        ? container.status === "exited" && container.exitCode === Number(value)
        : key === "id"
          ? container.id.startsWith(value)
          : key === "ancestor"
            ? [container.imageName, `${container.imageName}:latest`].includes(value) ||
              container.image.id.includes(value)
            : container.name.includes(value);
  const keys = new Set(filters.map(([key]) => key));
  return [...keys].every((key) => filters.filter(([other]) => other === key).some(fits));
}

/** `docker container ls`. */
export const containerLs: DockerCommand = { ...ps, name: "container ls", usage: "container ls [OPTIONS]" };

/** `8080:80` → `0.0.0.0:8080->80/tcp`. */
export function portText(port: string): string {
  const [host = "", inner] = port.includes(":")
    ? [port.slice(0, port.lastIndexOf(":")), port.slice(port.lastIndexOf(":") + 1)]
    : ["", port];
  const container = /\/(tcp|udp)$/.test(inner ?? "") ? (inner ?? "") : `${inner ?? ""}/tcp`;
  return host === "" ? container : `${host.includes(":") ? host : `0.0.0.0:${host}`}->${container}`;
}
