/** What stack traces ask of `node:module`: a source map's places. The bundler puts this file in its place. */

interface Mapping {
  readonly line: number;
  readonly column: number;
  readonly originalLine: number;
  readonly originalColumn: number;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A source map of one source, as the compiler writes it. */
export class SourceMap {
  private readonly mappings: Mapping[] = [];

  constructor({ mappings }: { readonly mappings: string }) {
    let [originalLine, originalColumn] = [0, 0];
    for (const [line, text] of mappings.split(";").entries()) {
      let column = 0;
      for (const segment of text.split(",")) {
        if (segment === "") continue;
        const [columns = 0, , lines, originalColumns] = numbers(segment);
        column += columns;
        if (lines === undefined || originalColumns === undefined) continue;
        originalLine += lines;
        originalColumn += originalColumns;
        this.mappings.push({ line, column, originalLine, originalColumn });
      }
    }
  }

  /** The last place at or before *line* and *column*, from 0; empty when there is none. */
  findEntry(line: number, column: number): Partial<Mapping> {
    return (
      this.mappings.findLast((one) => one.line < line || (one.line === line && one.column <= column)) ?? {}
    );
  }
}

/** Base64 VLQ: five bits a digit, the sixth says that more follow, the lowest bit of the number is its sign. */
function numbers(segment: string): number[] {
  const found: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return found;
}
