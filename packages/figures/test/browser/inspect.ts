export interface Inspection {
  readonly texts: number;
  readonly dark: boolean;
  readonly outside: readonly string[];
  readonly overlapping: readonly string[];
  readonly covered: readonly string[];
  readonly faint: readonly string[];
  readonly faintMarks: readonly string[];
}

/** Runs in the page: looks at the first `<svg>` as a reader would. Answers an `Inspection`. */
export const INSPECT = `(() => {
  const svg = document.querySelector('svg');
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => channel(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const surface = getComputedStyle(svg.querySelector('rect.surface')).fill;
  const contrast = (colour) => {
    const [a, b] = [luminance(colour), luminance(surface)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const whole = svg.getBoundingClientRect();
  const slack = 1;
  const meet = (a, b) =>
    a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - 2 * slack && b.top < a.bottom - 2 * slack;
  const words = (text) => [...text.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('');
  const texts = [...svg.querySelectorAll('text')].map((element) => ({
    words: words(element),
    box: element.getBoundingClientRect(),
    fill: getComputedStyle(element).fill,
  }));
  const marks = [...svg.querySelectorAll('.datum > path, path.arrow, rect.datum, .ess-bar, .legend > path')];
  const colourOf = (element) => {
    const style = getComputedStyle(element);
    return element.classList.contains('hollow') ? style.stroke : style.fill;
  };
  const pairs = texts.flatMap((a, index) => texts.slice(index + 1).map((b) => [a, b]));
  return {
    texts: texts.length,
    dark: luminance(surface) < 0.2,
    outside: texts
      .filter(({ box }) => box.left < whole.left || box.right > whole.right || box.top < whole.top || box.bottom > whole.bottom)
      .map((text) => text.words),
    overlapping: pairs.filter(([a, b]) => meet(a.box, b.box)).map(([a, b]) => a.words + ' | ' + b.words),
    covered: texts.filter(({ box }) => marks.some((mark) => meet(box, mark.getBoundingClientRect()))).map((text) => text.words),
    faint: texts.filter(({ fill }) => contrast(fill) < 4.5).map((text) => text.words),
    faintMarks: marks.filter((mark) => contrast(colourOf(mark)) < 3).map((mark) => mark.getAttribute('class')),
  };
})()`;
