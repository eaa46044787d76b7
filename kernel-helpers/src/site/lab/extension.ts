/** The extension that makes JupyterLite a Layerbook: files, kernel, lessons, and all work in one zip. A federation container without a bundler's help. */

import { kernelInfo } from "../../kernel/kernel-info";
import { FileStore } from "../files/file-store";
import { StoreDrive } from "./drive";
import type { App, BaseKernelClass, FileChanged, Plugin, Shared, Signal, Token } from "./jupyter";
import { kernelClass } from "./kernel";
import { type LessonBundle, placeLessons } from "./lessons";
import { packWork, unpackWork } from "./work";

/** This script's folder and the site's, with a slash at the end. */
const here = new URL(".", (document.currentScript as HTMLScriptElement).src);
const site = new URL("../../../", here);

/** Two sites of one host keep their files apart. */
const STORE = `layerbook ${site.pathname}`;

interface Menu {
  readonly fileMenu: { addGroup(items: readonly { readonly command: string }[], rank: number): void };
}

interface Specs {
  register(options: { readonly spec: object; create(options: object): Promise<object> }): void;
}

interface Modules {
  readonly services: {
    readonly IDefaultDrive: Token;
    readonly ServerConnection: { makeSettings(): object };
    readonly ContentProviderRegistry: new () => object;
  };
  readonly lite: {
    readonly IKernelSpecs: Token;
    readonly IKernelClient: Token;
    readonly BaseKernel: BaseKernelClass;
  };
  readonly signaling: { readonly Signal: new (sender: object) => Signal<FileChanged> };
  readonly mainmenu: { readonly IMainMenu: Token } | undefined;
}

/** A sentence over the page, for what makes working here impossible or unsafe. */
function warn(sentence: string): void {
  const box = document.createElement("div");
  box.setAttribute("role", "alert");
  box.style.cssText =
    "position:fixed;inset:auto 1rem 1rem 1rem;z-index:10000;padding:1rem;border:2px solid #730015;border-radius:4px;background:#fff;color:#1b1b1b;font-size:1rem;line-height:1.6";
  box.textContent = sentence;
  const close = document.createElement("button");
  close.textContent = "닫기";
  close.style.cssText = "margin-left:1rem;font:inherit";
  close.onclick = () => box.remove();
  box.append(close);
  document.body.append(box);
}

async function openStore(): Promise<FileStore> {
  try {
    const store = await FileStore.open(STORE);
    const answer = await fetch(new URL("lessons.json", site));
    const kept = await placeLessons(store, (await answer.json()) as LessonBundle);
    if (kept.length > 0) console.info(`새 판이 있지만 고치신 것을 그대로 두었습니다: ${kept.join(", ")}`);
    // Without this a browser may throw the files away when its disk is full.
    void navigator.storage?.persist?.();
    return store;
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function save(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Asks for a zip; undefined when none is chosen. */
function chooseZip(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".zip";
    input.id = "layerbook-upload";
    input.style.display = "none";
    input.onchange = () => {
      resolve(input.files?.[0]);
      input.remove();
    };
    input.oncancel = () => {
      resolve(undefined);
      input.remove();
    };
    document.body.append(input);
    input.click();
  });
}

function plugins({ services, lite, signaling, mainmenu }: Modules): Plugin[] {
  const opened = openStore();
  let drive: StoreDrive | undefined;
  const kernels = new Map<string, { interrupt(): void }>();
  return [
    {
      id: "layerbook-site:drive",
      description: "The learner's files in the browser's storage",
      autoStart: true,
      provides: services.IDefaultDrive,
      activate: async () => {
        const store = await opened;
        drive = new StoreDrive(
          store,
          services.ServerConnection.makeSettings(),
          signaling.Signal,
          new services.ContentProviderRegistry(),
        );
        return drive;
      },
    },
    {
      id: "layerbook-site:kernel",
      description: "The kernel of the lessons, in a worker",
      autoStart: true,
      requires: [lite.IKernelSpecs],
      activate: (_app: App, specs: Specs) => {
        const Kernel = kernelClass(lite.BaseKernel, {
          worker: new URL("kernel.js", here).href,
          start: { store: STORE, typescript: new URL("typescript.js", here).href },
          info: kernelInfo("/"),
          files: (written, gone) => void drive?.notify(written, gone),
        });
        specs.register({
          spec: {
            name: "layerbook",
            display_name: "Layerbook (TypeScript)",
            language: "typescript",
            argv: [],
            resources: {},
          },
          create: (options) => {
            const kernel = new Kernel(options);
            kernels.set(kernel.id, kernel as unknown as { interrupt(): void });
            return Promise.resolve(kernel);
          },
        });
      },
    },
    {
      id: "layerbook-site:interrupt",
      description: "The stop button reaches the cell that runs",
      autoStart: true,
      requires: [lite.IKernelClient],
      activate: (_app: App, client: { interrupt(id: string): Promise<void> }) => {
        // JupyterLite's own only keeps later cells from running.
        const before = client.interrupt.bind(client);
        client.interrupt = async (id) => {
          kernels.get(id)?.interrupt();
          await before(id);
        };
      },
    },
    {
      id: "layerbook-site:work",
      description: "All work as one zip, down and up",
      autoStart: true,
      optional: mainmenu === undefined ? [] : [mainmenu.IMainMenu],
      activate: ({ commands }: App, menu: Menu | null) => {
        commands.addCommand("layerbook:download", {
          label: "내 작업 내려받기 (zip)",
          caption: "노트북과 app/ 폴더와 진도를 한 파일로 받습니다",
          execute: async () => save(await packWork(await opened), "layerbook-work.zip"),
        });
        commands.addCommand("layerbook:upload", {
          label: "내 작업 올리기 (zip)…",
          caption: "내려받은 작업을 이 브라우저에 풉니다. 같은 이름의 파일은 바뀝니다",
          execute: async () => {
            const file = await chooseZip();
            if (file === undefined) return;
            try {
              const written = await unpackWork(await opened, new Uint8Array(await file.arrayBuffer()));
              await drive?.notify(written, []);
            } catch (error) {
              warn(error instanceof Error ? error.message : String(error));
            }
          },
        });
        menu?.fileMenu.addGroup([{ command: "layerbook:download" }, { command: "layerbook:upload" }], 5);
      },
    },
  ];
}

type Scope = Record<string, Record<string, { readonly loaded?: unknown; get(): Promise<() => unknown> }>>;
let scope: Scope;

const shared: Shared = async (name) => {
  const versions = Object.values(scope[name] ?? {});
  const chosen = versions.find((version) => version.loaded) ?? versions.at(-1);
  return chosen && ((await chosen.get())() as Record<string, never>);
};

const containers = ((globalThis as { _JUPYTERLAB?: Record<string, object> })._JUPYTERLAB ??= {});
containers["layerbook-site"] = {
  init: (given: Scope) => {
    scope = given;
  },
  get: async () => {
    const [services, lite, signaling, mainmenu] = await Promise.all(
      ["@jupyterlab/services", "@jupyterlite/services", "@lumino/signaling", "@jupyterlab/mainmenu"].map(
        shared,
      ),
    );
    const made = plugins({ services, lite, signaling, mainmenu } as unknown as Modules);
    return () => ({ __esModule: true, default: made });
  },
};
