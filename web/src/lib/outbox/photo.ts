import { freshKey } from '../api';
import type { Photo } from './draft';

/** Longest side of a photo that is sent, pixels: enough to read a house number by. */
const LONGEST_PX = 2048;
const QUALITY = 0.85;

/**
 * A photo drawn anew, so that nothing of the camera, the place or the owner leaves this
 * device with it, and small enough for a bad line. `null` where the browser cannot read it.
 */
export async function redrawn(file: Blob): Promise<Blob | null> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(
    () => null,
  );
  if (!picture) return null;
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
}

/** A photo for a draft; `null` where the browser cannot read it. */
export async function photoOf(file: File): Promise<Photo | null> {
  const drawn = await redrawn(file);
  if (!drawn) return null;
  const name = `${file.name.replace(/\.[^.]*$/, '').slice(0, 80) || 'photo'}.jpg`;
  return { key: freshKey(), name, file: drawn, sent: false, refused: null };
}
