/** Media that paper cannot show, by name: what a reader of the handout misses. */

const LOST: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.jupyter\.widget-view\+json$/, "위젯"],
  [/^application\/vnd\.plotly/, "움직이는 그래프(plotly)"],
  [/^application\/vnd\.(vega|vegalite|bokehjs|holoviews)/, "움직이는 그래프"],
  [/^application\/javascript$/, "JavaScript"],
  [/^application\/geo\+json$/, "지도"],
  [/^(video|audio)\//, "소리나 영상"],
];

/** Names of the media in *data* that cannot be shown, when nothing else in it carries the same content. */
export function marksOf(data: Record<string, unknown>): string[] {
  const types = Object.keys(data);
  const shown = types.some((type) => /^image\//.test(type));
  if (shown) return [];
  return LOST.flatMap(([pattern, name]) => (types.some((type) => pattern.test(type)) ? [name] : []));
}
