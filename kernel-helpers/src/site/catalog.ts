/** The catalog inside a page: base images and facts about packages, written into the bundle as text and parsed when first used. */

import { Catalog, type CatalogContents, type CatalogImages, type ImageSource } from "../image";
import type { RunCatalog } from "../run";

/** The files of `content/catalog` by name without `.json`, each as its text. The bundler puts them in. */
declare const LAYERBOOK_CATALOG: Readonly<Record<string, string>>;

const parsed = new Map<string, unknown>();

/** One file of the catalog. Throws when the bundle lacks it: a mistake of the bundler. */
export function catalogFile<T>(name: string): T {
  if (!parsed.has(name)) {
    const text = LAYERBOOK_CATALOG[name];
    if (text === undefined) throw new Error(`the bundle has no catalog ${name}`);
    parsed.set(name, JSON.parse(text));
  }
  return parsed.get(name) as T;
}

/** The base images. */
export function catalogImages(): ImageSource {
  let opened: ImageSource | undefined;
  return {
    find(ref, platform) {
      opened ??= new Catalog(
        catalogFile<CatalogImages>("base-images"),
        catalogFile<CatalogContents>("base-contents"),
      );
      return opened.find(ref, platform);
    },
  };
}

/** `repository:tag` of every image of the catalog, sorted. */
export function catalogNames(): string[] {
  return [...new Set(catalogFile<CatalogImages>("base-images").images.map(({ ref }) => ref))].sort();
}

/** Facts about packages, each file parsed when a package manager first asks. */
export const catalogPackages: RunCatalog = {
  get npm() {
    return catalogFile("npm-packages");
  },
  get apt() {
    return catalogFile("apt-packages");
  },
  get apk() {
    return catalogFile("alpine-apk");
  },
  get pip() {
    return catalogFile("pip-packages");
  },
};
