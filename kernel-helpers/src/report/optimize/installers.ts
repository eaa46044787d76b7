/** What package managers read, and how they are told to fetch only. */

import type { Source } from "./source";
import type { Bilingual } from "./types";

export interface Installer {
  readonly id: string;
  /** The whole command. */
  readonly command: RegExp;
  /** Files it reads, as patterns of base names, in the folder it runs in. */
  readonly reads: RegExp;
  /** Folders in which manifests of workspaces or modules lie too, when there are any: pattern of base names. */
  readonly nested?: RegExp;
  /** At least one of these must be there. */
  readonly needs: RegExp;
  /** Why it reads more than its manifests; undefined when it does not. */
  readonly readsMore?: (source: Source, command: string, folder: string) => Bilingual | undefined;
  /** A command that only fetches, to be run before the sources are there; undefined when *command* cannot be served so. */
  readonly prefetch?: (source: Source, command: string) => string | undefined;
}

const NODE_MANIFESTS = "package\\.json|\\.npmrc";

/** Installs that need the manifests only. */
const INSTALLERS: readonly Installer[] = [
  {
    id: "npm",
    command: /^npm (ci|clean-install|i|install)(?= --| -[a-zA-Z]|$)(?!.* (-g|--global)\b)/,
    reads: new RegExp(`^(${NODE_MANIFESTS}|package-lock\\.json|npm-shrinkwrap\\.json)$`),
    nested: /^package\.json$/,
    needs: /^package\.json$/,
    readsMore: nodeReadsMore,
  },
  {
    id: "yarn",
    command: /^yarn( install)?( --\S+)*$/,
    reads: new RegExp(`^(${NODE_MANIFESTS}|yarn\\.lock|\\.yarnrc|\\.yarnrc\\.yml)$`),
    nested: /^package\.json$/,
    needs: /^package\.json$/,
    readsMore: nodeReadsMore,
  },
  {
    id: "pnpm",
    command: /^pnpm (i|install)( .*)?$/,
    reads: new RegExp(`^(${NODE_MANIFESTS}|pnpm-lock\\.yaml|pnpm-workspace\\.yaml|\\.pnpmfile\\.cjs)$`),
    nested: /^package\.json$/,
    needs: /^package\.json$/,
    readsMore: nodeReadsMore,
  },
  {
    id: "bun",
    command: /^bun (i|install)( --\S+)*$/,
    reads: new RegExp(`^(${NODE_MANIFESTS}|bun\\.lockb?|bunfig\\.toml)$`),
    nested: /^package\.json$/,
    needs: /^package\.json$/,
    readsMore: nodeReadsMore,
  },
  {
    id: "pip",
    command: /^(python3? -m )?pip3? install\b.*\s(-r|--requirement)[ =]?\S+/,
    reads: /^(requirements[^/]*\.txt|constraints[^/]*\.txt|pip\.conf)$/,
    needs: /^requirements[^/]*\.txt$/,
    readsMore: pipReadsMore,
  },
  {
    id: "poetry",
    command: /^poetry (install|sync)\b/,
    reads: /^(pyproject\.toml|poetry\.lock|poetry\.toml)$/,
    needs: /^pyproject\.toml$/,
    readsMore: (_source, command) => onlyWith(command, "--no-root"),
    prefetch: (_source, command) => (command.includes("--no-root") ? undefined : `${command} --no-root`),
  },
  {
    id: "uv",
    command: /^uv sync\b/,
    reads: /^(pyproject\.toml|uv\.lock|\.python-version)$/,
    needs: /^pyproject\.toml$/,
    readsMore: (_source, command) => onlyWith(command, "--no-install-project"),
    prefetch: (_source, command) =>
      command.includes("--no-install-project") ? undefined : `${command} --no-install-project`,
  },
  {
    id: "pipenv",
    command: /^pipenv (install|sync)\b/,
    reads: /^(Pipfile|Pipfile\.lock)$/,
    needs: /^Pipfile$/,
  },
  {
    id: "go",
    command: /^go mod download\b/,
    reads: /^(go\.mod|go\.sum|go\.work|go\.work\.sum)$/,
    needs: /^go\.mod$/,
    readsMore: goReadsMore,
  },
  {
    id: "go",
    command: /^(CGO_ENABLED=\S+ |GOOS=\S+ |GOARCH=\S+ )*go (build|install)\b/,
    reads: /^(go\.mod|go\.sum|go\.work|go\.work\.sum)$/,
    needs: /^go\.sum$/,
    readsMore: (source, command, folder) =>
      goReadsMore(source, command, folder) ?? {
        ko: "go build는 소스를 읽습니다.",
        en: "go build reads the sources",
      },
    prefetch: (source) =>
      source.files.some((file) => file.startsWith("vendor/")) ? undefined : "go mod download",
  },
  {
    id: "maven",
    command: /^(\.\/)?mvnw?\b(?=.*\b(package|install|verify|compile)\b)(?!.*-o\b)/,
    reads: /^(pom\.xml|mvnw|\.mvn)$/,
    nested: /^pom\.xml$/,
    needs: /^pom\.xml$/,
    readsMore: () => ({ ko: "mvn package는 소스를 읽습니다.", en: "mvn package reads the sources" }),
    prefetch: (_source, command) => `${/^\S+/.exec(command)![0]} -B dependency:go-offline`,
  },
  {
    id: "maven",
    command: /^(\.\/)?mvnw?\b.*\bdependency:(go-offline|resolve)\b/,
    reads: /^(pom\.xml|mvnw|\.mvn)$/,
    nested: /^pom\.xml$/,
    needs: /^pom\.xml$/,
  },
  {
    id: "gradle",
    command: /^(\.\/)?gradlew?\b(?=.*\b(build|assemble|bootJar|shadowJar|installDist|jar)\b)/,
    reads: /^((build|settings)\.gradle(\.kts)?|gradle\.properties|gradlew|gradle)$/,
    nested: /^build\.gradle(\.kts)?$/,
    needs: /^build\.gradle(\.kts)?$/,
    readsMore: () => ({ ko: "gradle build는 소스를 읽습니다.", en: "gradle build reads the sources" }),
    prefetch: (_source, command) => `${/^\S+/.exec(command)![0]} dependencies --no-daemon`,
  },
  {
    id: "cargo",
    command: /^cargo fetch\b/,
    reads: /^(Cargo\.toml|Cargo\.lock|rust-toolchain(\.toml)?)$/,
    needs: /^Cargo\.toml$/,
  },
  {
    id: "cargo",
    command: /^cargo (build|install)\b/,
    reads: /^(Cargo\.toml|Cargo\.lock|rust-toolchain(\.toml)?|\.cargo)$/,
    nested: /^Cargo\.toml$/,
    needs: /^Cargo\.lock$/,
    readsMore: () => ({ ko: "cargo build는 소스를 읽습니다.", en: "cargo build reads the sources" }),
    prefetch: (source) =>
      // cargo wants a target to be there; one with a path of its own would have to be there itself.
      /^\[\[bin\]\]|^\[lib\]|^\[workspace\]/m.test(source.read("Cargo.toml") ?? "")
        ? undefined
        : "mkdir src && touch src/lib.rs && cargo fetch --locked && rm -r src",
  },
  {
    id: "composer",
    command: /^(php )?composer(\.phar)? install\b/,
    reads: /^(composer\.json|composer\.lock|auth\.json)$/,
    needs: /^composer\.json$/,
    readsMore: (_source, command) =>
      onlyWith(command, "--no-scripts") ?? onlyWith(command, "--no-autoloader"),
    prefetch: (_source, command) =>
      /--no-scripts|--no-autoloader/.test(command) ? undefined : `${command} --no-scripts --no-autoloader`,
  },
  {
    id: "bundler",
    command: /^bundle install\b/,
    reads: /^(Gemfile|Gemfile\.lock|\.ruby-version|\.bundle)$/,
    needs: /^Gemfile$/,
    readsMore: (source, _command, folder) =>
      /^\s*gemspec\b|\bpath:/m.test(source.read(inFolder(folder, "Gemfile")) ?? "")
        ? {
            ko: "Gemfile이 이 프로젝트의 파일을 더 읽습니다(gemspec, path:).",
            en: "the Gemfile reads more files of the project (gemspec, path:)",
          }
        : undefined,
  },
  {
    id: "dotnet",
    command: /^dotnet restore\b/,
    reads:
      /^([^/]+\.(csproj|fsproj|vbproj|sln)|nuget\.config|NuGet\.Config|Directory\.(Build|Packages)\.props|global\.json|packages\.lock\.json)$/,
    nested: /^[^/]+\.(csproj|fsproj|vbproj)$/,
    needs: /\.(csproj|fsproj|vbproj|sln)$/,
  },
];

/** The installer that *command* is; of several that fit the first. */
export function installerOf(command: string): Installer | undefined {
  const bare = command.replace(/^(sudo |exec )/, "");
  return INSTALLERS.find((one) => one.command.test(bare));
}

/** Files of the context that *installer* reads in *folder* (relative, "" for the root); nested manifests apart. */
export function manifestsOf(
  source: Source,
  installer: Installer,
  folder: string,
  command = "",
): { readonly own: readonly string[]; readonly nested: readonly string[] } {
  const own = new Set<string>();
  const nested: string[] = [];
  const below = folder === "" ? "" : folder + "/";
  const named = [...command.matchAll(/(?:-r|--requirement|-c|--constraint)[ =]?(\S+)/g)].map(([, path]) =>
    path!.replace(/^\.\//, ""),
  );
  for (const path of source.visible) {
    if (!path.startsWith(below)) continue;
    const rest = path.slice(below.length);
    const [first = "", ...more] = rest.split("/");
    if (named.includes(rest)) own.add(rest);
    else if (installer.id !== "pip" && installer.reads.test(first)) own.add(first);
    else if (installer.id === "pip" && more.length === 0 && /^(constraints[^/]*\.txt|pip\.conf)$/.test(first))
      own.add(first);
    else if (
      more.length > 0 &&
      installer.nested?.test(more.at(-1)!) &&
      !/(^|\/)(node_modules|target|build|dist|\.git)\//.test(rest)
    )
      nested.push(rest);
  }
  // A requirement file may name others.
  for (const file of [...own]) {
    if (installer.id !== "pip") continue;
    for (const [, path] of (source.read(below + file) ?? "").matchAll(
      /^\s*(?:-r|-c|--requirement|--constraint)[ =]\s*(\S+)/gm,
    )) {
      const at = `${file.slice(0, file.lastIndexOf("/") + 1)}${path!}`;
      if (source.visible.includes(below + at)) own.add(at);
    }
  }
  // What people edit stands before what a tool writes.
  const isLock = (file: string): number => (/lock|\.sum$/.test(file) ? 1 : 0);
  const sorted = [...own].sort((a, b) => isLock(a) - isLock(b) || (a < b ? -1 : 1));
  return { own: sorted, nested: hasWorkspaces(source, installer, below) ? nested.sort() : [] };
}

/** Manifests further down count only where the one at the top says so. */
function hasWorkspaces(source: Source, installer: Installer, below: string): boolean {
  switch (installer.id) {
    case "npm":
    case "yarn":
    case "bun":
      return /"workspaces"\s*:/.test(source.read(below + "package.json") ?? "");
    case "pnpm":
      return source.visible.includes(below + "pnpm-workspace.yaml");
    case "maven":
      return /<modules>/.test(source.read(below + "pom.xml") ?? "");
    case "gradle":
      return /\binclude\b/.test(
        (source.read(below + "settings.gradle") ?? "") + (source.read(below + "settings.gradle.kts") ?? ""),
      );
    default:
      return true;
  }
}

function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

function onlyWith(command: string, flag: string): Bilingual | undefined {
  return command.includes(flag)
    ? undefined
    : {
        ko: `${flag} 옵션 없이는 프로젝트 자신도 설치하므로 소스를 읽습니다.`,
        en: `without ${flag} it installs the project itself, which reads the sources`,
      };
}

/** Scripts that run at an install may read anything; a dependency of the own disk is a source. */
function nodeReadsMore(source: Source, command: string, folder: string): Bilingual | undefined {
  const text = source.read(inFolder(folder, "package.json")) ?? "";
  let json: { scripts?: Record<string, string>; dependencies?: Record<string, string> };
  try {
    json = JSON.parse(text) as typeof json;
  } catch {
    return undefined;
  }
  if (!/--ignore-scripts/.test(command)) {
    const script = ["preinstall", "install", "postinstall", "prepare"].find((name) => json.scripts?.[name]);
    if (script !== undefined)
      return {
        ko: `설치가 프로젝트의 스크립트를 실행합니다(${script}: ${json.scripts![script]!}). 소스를 읽을 수 있습니다.`,
        en: `the install runs a script of the project (${script}: ${json.scripts![script]!}), which may read the sources`,
      };
  }
  const local = Object.entries(json.dependencies ?? {}).find(([, range]) =>
    /^(file|link|portal):/.test(range),
  );
  return (
    local && {
      ko: `의존성 하나가 이 디스크에 있습니다(${local[0]}: ${local[1]}).`,
      en: `a dependency lies on this disk (${local[0]}: ${local[1]})`,
    }
  );
}

function pipReadsMore(source: Source, command: string, folder: string): Bilingual | undefined {
  const files = manifestsOf(source, installerOf(command)!, folder, command).own;
  const isLocal = /\s(-e|--editable)[ =]|\s\.(\[\S*\])?(\s|$)/.test(command);
  const file = files.find((one) =>
    /^\s*(-e |--editable|\.{1,2}\/|\.(\[|\s*$)|file:)/m.test(source.read(inFolder(folder, one)) ?? ""),
  );
  if (!isLocal && file === undefined) return undefined;
  return {
    ko: `pip가 이 프로젝트의 소스도 설치합니다(${file ?? command}).`,
    en: `pip installs sources of the project too (${file ?? command})`,
  };
}

function goReadsMore(source: Source, _command: string, folder: string): Bilingual | undefined {
  return /^replace\s.*=>\s*\.\.?\//m.test(source.read(inFolder(folder, "go.mod")) ?? "")
    ? {
        ko: "go.mod의 replace가 이 디스크의 모듈을 가리킵니다.",
        en: "a replace in go.mod points to a module on this disk",
      }
    : undefined;
}

/** Installs of packages that no file of the context has a say in. */
const CONTEXT_FREE: readonly RegExp[] = [
  /^(apt-get|apt)( -\S+)* (update|upgrade|install|clean|autoremove|autoclean)\b(?!.*\.\/)/,
  /^apk( -\S+)* (add|update|upgrade|del)\b(?!.*\.\/)/,
  /^(yum|dnf|microdnf)( -\S+)* (install|update|clean|makecache)\b/,
  /^(npm|pnpm) (i|install|add) (-g|--global)\b/,
  /^npm (i|install) .*\s(-g|--global)\b/,
  /^yarn global add\b/,
  /^(python3? -m )?pip3? install (?!.*(-r|--requirement|-e|--editable|-c|--constraint)\b)(?!.*(^|\s)\.)(?!.*\/)/,
  /^gem install\b/,
  /^corepack (enable|prepare)\b/,
  /^(groupadd|useradd|addgroup|adduser)\b/,
  /^rm -rf? (\/var\/lib\/apt\/lists|\/var\/cache\/apk|\/var\/cache\/apt)\S*$/,
  /^a2enmod\b/,
  /^docker-php-ext-install\b/,
];

/** Does no file of the context have a say in *command*? */
export function isContextFree(command: string): boolean {
  return CONTEXT_FREE.some((pattern) => pattern.test(command.replace(/^DEBIAN_FRONTEND=\S+ /, "")));
}
