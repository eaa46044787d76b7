/** The contents of a real directory's files, in a way that a build made of them stays true when they change afterwards. */

import { StatCache } from "../context";
import { type HostEntry, HostReadError, type HostDirectory } from "../platform/directory";
import type { Content } from "../platform/files";
import type { ContentPlaces } from "./store/builder-store";

/** So many bytes of contents are kept in memory: what was copied can still be read when its file has changed since. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** Remembers files from build to build; gives the bytes that were looked at, or says that they are gone. */
export class HostContents extends StatCache implements ContentPlaces {
  private kept = 0;
  private readonly places = new WeakMap<Content, string>();

  constructor(private readonly directory: HostDirectory) {
    super();
  }

  override contentOf(path: string, entry: HostEntry, now: number, read: () => Uint8Array): Content {
    const content = super.contentOf(path, entry, now, this.guarded(path, entry.size, entry.mtime, read));
    this.places.set(content, path);
    return content;
  }

  pathOf(content: Content): string | undefined {
    return this.places.get(content);
  }

  contentAt(path: string, size: number, mtime: number): Content {
    const content: Content = { size, read: this.guarded(path, size, mtime, () => this.directory.read(path)) };
    this.places.set(content, path);
    return content;
  }

  private guarded(path: string, size: number, mtime: number, read: () => Uint8Array): () => Uint8Array {
    let kept: Uint8Array | undefined;
    return () => {
      if (kept) return kept;
      const bytes = read();
      const now = this.directory.lstat(path);
      if (bytes.length !== size || now?.mtime !== mtime) {
        throw new HostReadError(path, "the file has changed meanwhile / 그 사이에 파일이 바뀌었습니다");
      }
      if (this.kept + size <= KEPT_BYTES) {
        this.kept += size;
        kept = bytes;
      }
      return bytes;
    };
  }
}
