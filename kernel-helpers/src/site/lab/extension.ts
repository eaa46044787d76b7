/** The extension that makes JupyterLite a Layerbook: files, kernel, lessons, and all work in one zip. A federation container without a bundler's help. */

import { kernelInfo } from "../../kernel/kernel-info";
import { fetchProgram } from "../files/packed";
import { StoreDrive } from "./drive";
import type { App, BaseKernelClass, FileChanged, Plugin, Shared, Signal, Token } from "./jupyter";
import { kernelClass } from "./kernel";
import { fitNarrow, type LabShell } from "./narrow";
import { nameEditors } from "./names";
import { notice } from "./notice";
import { openStorage } from "./storage";
import { downloadWork, uploadWork } from "./work";

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
  readonly application: { readonly ILabShell: Token } | undefined;
}

let fetched: Promise<string> | undefined;

/** Address of the kernels' program, fetched once for all. */
function program(url: URL): Promise<string> {
  fetched ??= fetchProgram(url.href);
  fetched.catch(() => (fetched = undefined));
  return fetched;
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

/** Says why *work* could not be done. */
async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error), "alert");
  }
}

const TO_SAY = "layerbook-to-say";

function sayAfterReload(sentence: string): void {
  sessionStorage.setItem(TO_SAY, sentence);
}

function sayNow(): void {
  const sentence = sessionStorage.getItem(TO_SAY);
  if (sentence === null) return;
  sessionStorage.removeItem(TO_SAY);
  notice(sentence, "status");
}

function plugins({ services, lite, signaling, mainmenu, application }: Modules): Plugin[] {
  const opened = openStorage(STORE, site);
  let drive: StoreDrive | undefined;
  const kernels = new Map<string, { interrupt(): void; readonly isDisposed: boolean }>();
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
          worker: () => program(new URL("kernel.js.bin", here)),
          start: { store: STORE, typescript: new URL("typescript.js.bin", here).href },
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
            for (const [id, { isDisposed }] of kernels) if (isDisposed) kernels.delete(id);
            kernels.set(kernel.id, kernel as unknown as { interrupt(): void; readonly isDisposed: boolean });
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
    ...(application === undefined
      ? []
      : [
          {
            id: "layerbook-site:narrow",
            description: "Narrow windows",
            autoStart: true as const,
            requires: [application.ILabShell],
            activate: (app: App, shell: LabShell) => fitNarrow(app, shell),
          },
        ]),
    {
      id: "layerbook-site:names",
      description: "Names of editors for screen readers",
      autoStart: true,
      activate: nameEditors,
    },
    {
      id: "layerbook-site:work",
      description: "All work as one zip, down and up",
      autoStart: true,
      optional: mainmenu === undefined ? [] : [mainmenu.IMainMenu],
      activate: ({ commands }: App, menu: Menu | null) => {
        // What is on the screen goes with it.
        const saveAll = (): Promise<unknown> =>
          commands.execute("docmanager:save-all").catch(() => undefined);
        commands.addCommand("layerbook:download", {
          label: "내 작업 내려받기 (zip)",
          caption:
            "노트북과 app/ 폴더와 진도를 한 파일로 받습니다. 데스크톱판에서는 layerbook lesson import로 풉니다",
          execute: () =>
            told(async () => {
              await saveAll();
              save(await downloadWork(await opened, Date.now()), "layerbook-work.zip");
            }),
        });
        commands.addCommand("layerbook:upload", {
          label: "내 작업 올리기 (zip)…",
          caption: "내려받은 작업을 이 브라우저에 풉니다. 여기 있던 다른 판은 kept/에 남습니다",
          execute: () =>
            told(async () => {
              const file = await chooseZip();
              if (file === undefined) return;
              await saveAll();
              const { files, kept } = await uploadWork(
                await opened,
                new Uint8Array(await file.arrayBuffer()),
                Date.now(),
              );
              sayAfterReload(
                files === 0
                  ? "모두 이미 있는 것이라 바꾼 것이 없습니다."
                  : `파일 ${files}개를 풀었습니다.${kept === undefined ? "" : ` 여기 있던 다른 판은 ${kept}/에 두었습니다.`}`,
              );
              // Open notebooks still show, and would save, what was there before.
              location.reload();
            }),
        });
        void opened.then(sayNow);
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
    const [services, lite, signaling, mainmenu, application] = await Promise.all(
      [
        "@jupyterlab/services",
        "@jupyterlite/services",
        "@lumino/signaling",
        "@jupyterlab/mainmenu",
        "@jupyterlab/application",
      ].map(shared),
    );
    const made = plugins({ services, lite, signaling, mainmenu, application } as unknown as Modules);
    return () => ({ __esModule: true, default: made });
  },
};
