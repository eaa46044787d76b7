/** Collects what a cell sends into the outputs that a notebook keeps. */

import { textOf, type Output } from "./format";

interface IopubMessage {
  readonly header: { readonly msg_type: string };
  readonly content: Record<string, unknown>;
}

/** The outputs of one cell: streams joined, `clear_output` and `update_display_data` followed. */
export class OutputCollector {
  readonly outputs: Output[] = [];
  private clearNext = false;

  /** *displays* is shared by the cells of a notebook: a later cell may update an earlier cell's display. */
  constructor(private readonly displays: Map<string, Output[]>) {}

  /** Takes in a message of the iopub channel; others than outputs are passed over. */
  take(message: IopubMessage): void {
    const { content } = message;
    switch (message.header.msg_type) {
      case "clear_output":
        if (content["wait"]) this.clearNext = true;
        else this.outputs.length = 0;
        return;
      case "stream":
        this.stream(content["name"] === "stderr" ? "stderr" : "stdout", textOf(content["text"]));
        return;
      case "update_display_data": {
        const id = displayId(content);
        for (const output of (id && this.displays.get(id)) || []) {
          if ("data" in output)
            Object.assign(output, { data: content["data"], metadata: content["metadata"] ?? {} });
        }
        return;
      }
      case "display_data":
        this.add({ output_type: "display_data", ...media(content) }, displayId(content));
        return;
      case "execute_result": {
        const count = content["execution_count"];
        this.add(
          {
            output_type: "execute_result",
            execution_count: typeof count === "number" ? count : null,
            ...media(content),
          },
          displayId(content),
        );
        return;
      }
      case "error":
        this.add({
          output_type: "error",
          ename: textOf(content["ename"]),
          evalue: textOf(content["evalue"]),
          traceback: Array.isArray(content["traceback"]) ? content["traceback"].map(String) : [],
        });
        return;
    }
  }

  private stream(name: "stdout" | "stderr", text: string): void {
    this.clear();
    const last = this.outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = overwritten(last.text + text);
    else if (text !== "") this.outputs.push({ output_type: "stream", name, text: overwritten(text) });
  }

  private add(output: Output, id?: string): void {
    this.clear();
    this.outputs.push(output);
    if (id !== undefined) this.displays.set(id, [...(this.displays.get(id) ?? []), output]);
  }

  private clear(): void {
    if (!this.clearNext) return;
    this.outputs.length = 0;
    this.clearNext = false;
  }
}

function media(content: Record<string, unknown>): {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
} {
  return {
    data: (content["data"] ?? {}) as Record<string, unknown>,
    metadata: (content["metadata"] ?? {}) as Record<string, unknown>,
  };
}

function displayId(content: Record<string, unknown>): string | undefined {
  const id = (content["transient"] as { display_id?: unknown } | undefined)?.display_id;
  return typeof id === "string" ? id : undefined;
}

/** Progress bars: what a carriage return lets later text write over is dropped, as JupyterLab shows it. */
function overwritten(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .split("\n")
    .map((line) => {
      const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
      const last = whole.slice(whole.lastIndexOf("\r") + 1);
      return line.endsWith("\r") ? last + "\r" : last;
    })
    .join("\n")
    .replace(/\r\n/g, "\n");
}
