import type { Map as MapLibre } from 'maplibre-gl';
import type { MapColours } from './colours';

const SIZE = 22;

/** Shapes of case points. Not by colour alone: open is a disc, late a triangle
    that stands out, finished a small hollow ring. */
function draw(name: string, c: MapColours, ratio: number): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE * ratio;
  // Drawn by the processor: reading back what a graphics card drew waits until it is through
  // with the map, which held the whole page up.
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return null;
  pen.scale(ratio, ratio);
  pen.lineJoin = 'round';
  pen.lineWidth = 2;
  pen.beginPath();
  if (name === 'case-late') {
    pen.moveTo(11, 2.5);
    pen.lineTo(20, 18.5);
    pen.lineTo(2, 18.5);
    pen.closePath();
  } else {
    pen.arc(11, 11, name === 'case-done' ? 4.5 : 6.5, 0, 2 * Math.PI);
  }
  pen.fillStyle = name === 'case-late' ? c.late : name === 'case-done' ? c.rim : c.open;
  pen.strokeStyle = name === 'case-done' ? c.done : c.rim;
  pen.fill();
  pen.stroke();
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** Draws marks when the map asks for them, in the colours of the moment. */
export function drawMarks(map: MapLibre, colours: () => MapColours): void {
  map.setMissingStyleImageResolver((id) => {
    if (!id.startsWith('case-') || map.hasImage(id)) return;
    const ratio = Math.max(2, Math.ceil(devicePixelRatio));
    const image = draw(id.replace(/-(light|dark)$/, ''), colours(), ratio);
    if (image) map.addImage(id, image, { pixelRatio: ratio });
  });
}
