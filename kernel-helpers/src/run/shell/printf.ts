/** `printf` and the escapes of `echo`. */

/** What a run of printf gave. */
export interface Printed {
  /** All text. */
  readonly text: string;
  /** Text and messages (without a prefix) in their order. */
  readonly pieces: readonly PrintedPiece[];
  readonly status: number;
}

type PrintedPiece =
  { readonly text: string; readonly error?: never } | { readonly error: string; readonly text?: never };

/** How far the flavours differ. */
export type PrintfFlavour = "ash" | "dash" | "bash" | "gnu";

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** Replaces `\n` and so on. `stopped` says that `\c` came. *octal0* is echo's and %b's form, in which octals begin with 0. */
export function unescape(
  text: string,
  options: { octal0: boolean; hex: boolean; stop: boolean; quote?: boolean; esc?: boolean },
): { text: string; stopped: boolean } {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\" || i + 1 >= text.length) {
      out += text[i];
      continue;
    }
    const char = text[++i] as string;
    if (char in SIMPLE) out += SIMPLE[char];
    else if ((char === "e" || char === "E") && options.esc === true) out += "\x1b";
    else if (char === '"' && options.quote === true) out += '"';
    else if (char === "c" && options.stop) return { text: out, stopped: true };
    else if (char === "x" && options.hex && /[0-9a-fA-F]/.test(text[i + 1] ?? "")) {
      const digits = /^[0-9a-fA-F]{1,2}/.exec(text.slice(i + 1))?.[0] ?? "";
      out += String.fromCharCode(Number.parseInt(digits, 16));
      i += digits.length;
    } else if (/[0-7]/.test(char) && (!options.octal0 || char === "0")) {
      const rest = text.slice(options.octal0 ? i + 1 : i);
      const digits = /^[0-7]{0,3}/.exec(rest)?.[0] ?? "";
      out += String.fromCharCode(Number.parseInt(digits || "0", 8) & 0xff);
      i += options.octal0 ? digits.length : digits.length - 1;
    } else if (/[0-7]/.test(char) && options.octal0) {
      const digits = /^[0-7]{1,3}/.exec(text.slice(i))?.[0] ?? "";
      out += String.fromCharCode(Number.parseInt(digits, 8) & 0xff);
      i += digits.length - 1;
    } else out += "\\" + char;
  }
  return { text: out, stopped: false };
}

const SPEC = /^%([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|j|z|t|q)?([diouxXeEfFgGaAcsbq%])/;

/** printf(1): *args* without the name. */
export function printf(args: readonly string[], flavour: PrintfFlavour): Printed {
  const errors: { push(text: string): void } = {
    // What was printed so far comes before the message.
    push: (text) => {
      pieces.push({ text: out }, { error: text });
      out = "";
    },
  };
  const pieces: PrintedPiece[] = [];
  let status = 0;
  const format = args[0] as string;
  let next = 1;
  let out = "";
  let stopped = false;
  const take = (): string | undefined => (next < args.length ? args[next++] : undefined);
  const number = (text: string | undefined): bigint => {
    if (text === undefined || text === "") {
      if (flavour === "ash") {
        errors.push("invalid number ''");
        status = 1;
      }
      return 0n;
    }
    if (text.startsWith('"') || text.startsWith("'")) return BigInt(text.charCodeAt(1) || 0);
    const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text);
    if (match === null || match[0].length !== text.length) {
      status = 1;
      errors.push(
        flavour === "ash"
          ? `invalid number '${text}'`
          : flavour === "dash"
            ? `${text}: ${match === null ? "expected numeric value" : "not completely converted"}`
            : flavour === "bash"
              ? `${text}: invalid number`
              : `‘${text}’: ${match === null ? "expected a numeric value" : "value not completely converted"}`,
      );
      if (match === null || flavour === "ash") return 0n;
    }
    const digits = match[2] as string;
    let value: bigint;
    try {
      value = /^0[0-7]+$/.test(digits) ? BigInt("0o" + digits.slice(1)) : BigInt(digits);
    } catch {
      value = 0n;
    }
    return match[1] === "-" ? -value : value;
  };
  const round = (): void => {
    for (let i = 0; i < format.length && !stopped;) {
      const char = format[i] as string;
      if (char === "\\") {
        const piece = /^\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|[^])?/.exec(format.slice(i))?.[0] ?? "\\";
        const result = unescape(piece, {
          octal0: false,
          hex: flavour !== "dash",
          stop: flavour === "ash" || flavour === "gnu",
          quote: true,
          esc: true,
        });
        out += result.text;
        stopped = result.stopped;
        i += piece.length;
        continue;
      }
      if (char !== "%") {
        out += char;
        i++;
        continue;
      }
      const match = SPEC.exec(format.slice(i));
      if (match === null || (match[4] === "q" && flavour !== "bash" && flavour !== "gnu")) {
        status = 1;
        const rest = format.slice(i);
        errors.push(
          flavour === "ash"
            ? `%${rest.slice(1).replace(/^[hlLzjt]+/, "")}: invalid format`
            : flavour === "dash"
              ? `${rest.slice(0, 2)}: invalid directive`
              : flavour === "bash"
                ? `\`${rest[1] ?? ""}': invalid format character`
                : `${rest.slice(0, 2)}: invalid conversion specification`,
        );
        stopped = true;
        return;
      }
      i += match[0].length;
      let flags = match[1] as string;
      let width = match[2] === "*" ? Number(number(take())) : Number(match[2] ?? 0);
      if (width < 0) {
        flags += "-";
        width = -width;
      }
      const precision =
        match[3] === undefined
          ? undefined
          : match[3] === "*"
            ? Number(number(take()))
            : Number(match[3] || 0);
      const kind = match[4] as string;
      if (kind === "%") {
        out += "%";
        continue;
      }
      const piece = one(kind, flags, width, precision);
      out += piece;
    }
  };
  const one = (kind: string, flags: string, width: number, precision: number | undefined): string => {
    if (kind === "s" || kind === "b" || kind === "q") {
      let text = take() ?? "";
      if (kind === "b") {
        const result = unescape(text, {
          octal0: true,
          hex: flavour !== "dash",
          stop: true,
          esc: flavour !== "dash",
        });
        ({ text, stopped } = result);
      }
      if (kind === "q") text = text === "" ? "''" : text.replace(/[^A-Za-z0-9_@%+:,./=-]/g, "\\$&");
      return pad(
        precision === undefined || precision < 0 ? text : text.slice(0, precision),
        width,
        flags.replace("0", ""),
      );
    }
    if (kind === "c") return pad((take() ?? "").slice(0, 1), width, flags);
    if ("di".includes(kind)) {
      const value = number(take());
      return padNumber(
        value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "",
        (value < 0n ? -value : value).toString(),
        width,
        precision,
        flags,
      );
    }
    if ("ouxX".includes(kind)) {
      const value = BigInt.asUintN(64, number(take()));
      let digits = value.toString(kind === "o" ? 8 : kind === "u" ? 10 : 16);
      if (kind === "X") digits = digits.toUpperCase();
      const prefix =
        flags.includes("#") && value !== 0n
          ? kind === "o"
            ? "0"
            : kind === "x"
              ? "0x"
              : kind === "X"
                ? "0X"
                : ""
          : "";
      return padNumber(prefix, digits, width, precision, flags);
    }
    const text = take() ?? "0";
    const value = Number(text);
    if (Number.isNaN(value)) {
      status = 1;
      errors.push(flavour === "ash" ? `invalid number '${text}'` : `${text}: invalid number`);
    }
    const body = formatFloat(kind, Math.abs(value) || 0, precision ?? 6, flags);
    return padNumber(
      value < 0 ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "",
      body,
      width,
      undefined,
      flags,
    );
  };
  do {
    const before = next;
    round();
    if (next === before) break;
  } while (next < args.length && !stopped);
  pieces.push({ text: out });
  return {
    text: pieces.map((piece) => piece.text ?? "").join(""),
    pieces: pieces.filter((piece) => piece.text !== ""),
    status,
  };
}

/** toFixed that rounds a tie to the even digit, as C does. */
function fixed(value: number, precision: number): string {
  const digits = Math.min(100, precision);
  const text = value.toFixed(digits);
  const exact = value.toFixed(Math.min(100, digits + 40));
  const rest = exact.slice(exact.indexOf(".") + 1 + digits);
  if (!/^50*$/.test(rest) || digits + 40 > 100) return text;
  const down = exact.slice(0, exact.indexOf(".") + (digits === 0 ? 0 : digits + 1));
  return Number(down.at(-1)) % 2 === 0 ? down : text;
}

/** A floating number without sign, as C's printf writes it. */
function formatFloat(kind: string, value: number, precision: number, flags = ""): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  const exponentForm = (digits: number): string => {
    const [mantissa, exponent] = value.toExponential(Math.min(100, digits)).split("e") as [string, string];
    const n = Number(exponent);
    return `${mantissa}e${n < 0 ? "-" : "+"}${String(Math.abs(n)).padStart(2, "0")}`;
  };
  let text: string;
  if (kind === "f" || kind === "F")
    text =
      value >= 1e21
        ? BigInt(value).toString() + (precision > 0 ? "." + "0".repeat(precision) : "")
        : fixed(value, precision);
  else if (kind === "e" || kind === "E") text = exponentForm(precision);
  else {
    const digits = precision === 0 ? 1 : precision;
    const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(100, digits - 1)).split("e")[1]);
    if (exponent < -4 || exponent >= digits) {
      text = exponentForm(digits - 1);
      if (!flags.includes("#")) text = text.replace(/\.?0*e/, "e");
    } else {
      text = value.toFixed(Math.max(0, Math.min(100, digits - 1 - exponent)));
      if (!flags.includes("#") && text.includes(".")) text = text.replace(/\.?0+$/, "");
    }
  }
  return kind === kind.toUpperCase() ? text.toUpperCase() : text;
}

/** Pads to *width*. */
export function pad(text: string, width: number, flags: string): string {
  if (text.length >= width) return text;
  return flags.includes("-") ? text.padEnd(width) : text.padStart(width);
}

/** A number with sign or prefix, precision and width. */
function padNumber(
  sign: string,
  digits: string,
  width: number,
  precision: number | undefined,
  flags: string,
): string {
  let body = precision === undefined ? digits : digits.padStart(precision, "0");
  if (precision === 0 && digits === "0") body = "";
  if (flags.includes("0") && !flags.includes("-") && precision === undefined)
    body = body.padStart(width - sign.length, "0");
  return pad(sign + body, width, flags);
}
