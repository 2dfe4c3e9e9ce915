/** What a picture of a chart takes over from the style sheets, which it leaves behind. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-linejoin',
  'stroke-linecap',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
];

const SCALE = 2;
const MARGIN_PX = 16;

/** Of what is written above a chart: what it shows, and of what and when. */
const TITLE_PX = 16;
const NOTE_PX = 12;
const HEAD_PX = 52;

/** A chart as a picture, on the paper it stands on, with a title and a note above it: a
    picture goes on without its page. */
export async function pngOf(svg: SVGSVGElement, title: string, note: string): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  const to = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  from.forEach((element, at) => {
    const seen = getComputedStyle(element);
    for (const style of STYLES) to[at]?.style.setProperty(style, seen.getPropertyValue(style));
  });
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const text = new XMLSerializer().serializeToString(copy);
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil((width + 2 * MARGIN_PX) * SCALE);
    canvas.height = Math.ceil((height + HEAD_PX + 2 * MARGIN_PX) * SCALE);
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.fillStyle = paperUnder(svg);
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.scale(SCALE, SCALE);
    const { color, fontFamily } = getComputedStyle(svg);
    pen.fillStyle = color;
    pen.textBaseline = 'top';
    for (const [text, weight, size, at] of [
      [title, 600, TITLE_PX, 0],
      [note, 400, NOTE_PX, TITLE_PX + 8],
    ] as const) {
      pen.font = `${weight} ${size}px ${fontFamily}`;
      pen.fillText(text, MARGIN_PX, MARGIN_PX + at, width);
    }
    pen.drawImage(image, MARGIN_PX, MARGIN_PX + HEAD_PX, width, height);
    return await new Promise((done, failed) =>
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The colour of what an element stands on. */
function paperUnder(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour && !/^(transparent|rgba\(.*, 0\))$/.test(colour)) return colour;
  }
  return '#fff';
}

/** Hands a file to the reader. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
