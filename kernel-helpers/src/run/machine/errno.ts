/** The errors of system calls, with the words that strerror(3) has for them. */

const WORDS: Readonly<Record<string, string>> = {
  EPERM: "Operation not permitted",
  ENOENT: "No such file or directory",
  ESRCH: "No such process",
  EINTR: "Interrupted system call",
  EIO: "Input/output error",
  ENXIO: "No such device or address",
  E2BIG: "Argument list too long",
  ENOEXEC: "Exec format error",
  /** bash's own words. */
  EBINARY: "cannot execute binary file: Exec format error",
  EBADF: "Bad file descriptor",
  ECHILD: "No child processes",
  EAGAIN: "Resource temporarily unavailable",
  ENOMEM: "Cannot allocate memory",
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  EXDEV: "Invalid cross-device link",
  ENODEV: "No such device",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  EINVAL: "Invalid argument",
  ENOTTY: "Inappropriate ioctl for device",
  ETXTBSY: "Text file busy",
  EFBIG: "File too large",
  ENOSPC: "No space left on device",
  ESPIPE: "Illegal seek",
  EROFS: "Read-only file system",
  EMLINK: "Too many links",
  EPIPE: "Broken pipe",
  ENAMETOOLONG: "File name too long",
  ENOTEMPTY: "Directory not empty",
  ELOOP: "Too many levels of symbolic links",
  ENOTSUP: "Operation not supported",
  ENETUNREACH: "Network is unreachable",
  ECONNREFUSED: "Connection refused",
  /** Not of Linux: a file of a catalog image, of which only the size is known. */
  ENOCONTENT: "the catalog knows only the size of this file, not its contents",
};

/** V8's own; elsewhere it is a property like any other. */
const limits = Error as { stackTraceLimit?: number };

/** A failed system call. It has no stack: programs ask for thousands of files that are not there, and writing down where costs more than the look. */
export class Errno extends Error {
  override readonly name = "Errno";
  constructor(
    /** `ENOENT` and so on. */
    readonly code: string,
    readonly path = "",
  ) {
    const { stackTraceLimit } = limits;
    limits.stackTraceLimit = 0;
    super(WORDS[code] ?? code);
    limits.stackTraceLimit = stackTraceLimit;
  }
}

/** Makes an Errno of whatever a file system threw; rethrows what is no file error. */
export function toErrno(error: unknown, path: string): Errno {
  if (error instanceof Errno) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string") {
    if (code === "LB_NO_CONTENT") return new Errno("ENOCONTENT", path);
    if (code in WORDS) return new Errno(code, path);
  }
  throw error;
}
