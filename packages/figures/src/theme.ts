/** Colours and type of every figure and of the report. Pairs differ in lightness and shape as well as in hue. */
export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, "Noto Sans CJK JP", sans-serif';

export const SIZE = Object.freeze({ heading: 16, text: 13, small: 12 });

export interface Palette {
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly axis: string;
  readonly grid: string;
  readonly band: string;
  readonly treated: string;
  readonly control: string;
  readonly third: string;
  readonly fourth: string;
}

/** After Okabe and Ito's colours for the colour-blind, darkened and lightened until each has contrast ≥ 4.5 with its surface. */
export const LIGHT: Palette = Object.freeze({
  surface: '#ffffff',
  ink: '#1c2127',
  muted: '#555e68',
  axis: '#8a939d',
  grid: '#e2e6ea',
  band: '#f1f4f7',
  treated: '#b34a00',
  control: '#0067a5',
  third: '#00745a',
  fourth: '#8c4a93',
});
export const DARK: Palette = Object.freeze({
  surface: '#15191e',
  ink: '#e8ebee',
  muted: '#a7b0ba',
  axis: '#76808b',
  grid: '#2c333b',
  band: '#1d232a',
  treated: '#f2a65a',
  control: '#6fb9f0',
  third: '#4cc9a4',
  fourth: '#d9a0e2',
});

/** The palette as custom properties. */
export const properties = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** Printed pages stay light, whatever the screen's scheme. */
export const DARK_MEDIA = '@media screen and (prefers-color-scheme: dark)';

/** The style of one figure, every rule below its own class so that figures can share a page. */
export function figureStyle(scope: string): string {
  const rules: readonly (readonly [string, string])[] = [
    ['', `${properties(LIGHT)};background:var(--surface);direction:ltr;color-scheme:light dark`],
    [' text', `font-family:${FONT};font-size:${SIZE.text}px;fill:var(--ink)`],
    [' .heading', `font-size:${SIZE.heading}px;font-weight:600`],
    [' .strong', 'font-weight:600'],
    [' .small', `font-size:${SIZE.small}px`],
    [' .muted', 'fill:var(--muted)'],
    [' .number', 'font-variant-numeric:tabular-nums'],
    [' .surface', 'fill:var(--surface)'],
    [' .band', 'fill:var(--band)'],
    [' .grid', 'stroke:var(--grid);stroke-width:1;fill:none'],
    [' .axis', 'stroke:var(--axis);stroke-width:1;fill:none'],
    [' .reference', 'stroke:var(--muted);stroke-width:1.25;fill:none'],
    [' .dashed', 'stroke-dasharray:5 4'],
    [' .line', 'fill:none;stroke-width:2'],
    [' .hollow', 'fill:var(--surface);stroke-width:1.75'],
    ...(['treated', 'control', 'third', 'fourth'] as const).flatMap((name): [string, string][] => [
      [` .fill-${name}`, `fill:var(--${name})`],
      [` .stroke-${name}`, `stroke:var(--${name})`],
    ]),
  ];
  const css = rules.map(([selector, style]) => `.${scope}${selector}{${style}}`).join('');
  return `${css}${DARK_MEDIA}{.${scope}{${properties(DARK)}}}`;
}
