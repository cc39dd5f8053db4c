/**
 * Runs in a page: the elements whose text has too little contrast with the ground behind it, below WCAG's 4.5.
 * @param selector the elements to look at
 */
export const faintText = (selector: string): string => `(() => {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (parts) => 0.2126 * channel(parts[0] / 255) + 0.7152 * channel(parts[1] / 255) + 0.0722 * channel(parts[2] / 255);
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll(${JSON.stringify(selector)})]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .filter((element) => {
      const [a, b] = [luminance(parts(getComputedStyle(element).color)), luminance(ground(element))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    })
    .map((element) => element.outerHTML.slice(0, 120));
})()`;
