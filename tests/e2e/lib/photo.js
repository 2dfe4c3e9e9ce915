// Pictures to send.
import { Buffer } from 'node:buffer';
import { crc32, deflateSync } from 'node:zlib';

/** A small picture of one colour, with a text chunk that tells who took it and where. */
export function photo(red) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
  const row = Buffer.concat([
    Buffer.from([0]),
    Buffer.concat(Array.from({ length: 8 }, () => Buffer.from([red, 90, 60]))),
  ]);
  const rows = deflateSync(Buffer.concat(Array.from({ length: 8 }, () => row)));
  return {
    name: `IMG_${red}.png`,
    mimeType: 'image/png',
    buffer: Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('tEXt', Buffer.from('Author\0GPS 39.9042 116.4074')),
      chunk('IDAT', rows),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  };
}
