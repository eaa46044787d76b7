/** Korean line breaking: no particle alone on a line, long shell lines broken at their operators. */

/** Particles and endings that must not begin a line when code or a quotation stands before them. */
const PARTICLES =
  /^(?:은|는|이|가|을|를|의|에|에서|에는|에도|으로|로|와|과|도|만|까지|부터|처럼|보다|라는|이라는|이고|이며|입니다|이나|나|하고)(?![가-힣])/;

/**
 * Binds what belongs together in HTML text: a Korean particle to the code, emphasis or bracket before it (word joiner), a
 * number to its unit (no-break space). Tags are passed over.
 */
export function bindParticles(html: string): string {
  const parts = html.split(/(<[^>]*>)/);
  let afterInline = false;
  return parts
    .map((part) => {
      if (part.startsWith("<")) {
        afterInline = /^<\/(?:code|strong|em|a|b|i|kbd|mark)>$/.test(part);
        return part;
      }
      const bound = afterInline && PARTICLES.test(part) ? "\u2060" + part : part;
      if (part !== "") afterInline = false;
      return bound.replace(
        /(\d) (개|번|초|분|층|단계|행|쪽|장|MB|kB|GB|ms)(?=[\s가-힣.,)]|$)/g,
        "$1\u00a0$2",
      );
    })
    .join("");
}

/** Lets long commands break after `&&`, `||`, `|`, `;` and `\`, in HTML of code. */
export function breakAtOperators(html: string): string {
  return html
    .split(/(<[^>]*>)/)
    .map((part) =>
      part.startsWith("<") ? part : part.replace(/(&amp;&amp;|\|\||;(?= )|\|(?= )|\\(?=\n))/g, "$1<wbr>"),
    )
    .join("");
}
