const magic = 0x184d2204;

/**
 * Unfolds LZ4 frames, the compression that Arrow files mostly use. Checksums are passed over: a damaged file shows in
 * its values or lengths.
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 * @param maxBytes a frame that unfolds further is refused
 * @throws RangeError where the frame is damaged or too long
 */
export function decodeLz4(frame: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== magic) throw new RangeError("this is no LZ4 frame");
  const flags = view.getUint8(4);
  const hasBlockChecksum = (flags & 0x10) !== 0;
  let at = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0);
  const out = createOutput(maxBytes);
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return out.bytes();
    const length = size & 0x7fffffff;
    const block = frame.subarray(at, at + length);
    if (block.length < length) throw new RangeError("the LZ4 frame ends early");
    if (size >>> 31 === 1) out.append(block, 0, length);
    else decodeBlock(block, out);
    at += length + (hasBlockChecksum ? 4 : 0);
  }
}

type Output = ReturnType<typeof createOutput>;

function createOutput(maxBytes: number) {
  let buffer = new Uint8Array(1 << 16);
  let length = 0;
  function reserve(more: number): void {
    if (length + more > maxBytes) throw new RangeError("the LZ4 frame unfolds too far");
    if (length + more <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, length + more));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  }
  return {
    append(source: Uint8Array, start: number, count: number): void {
      reserve(count);
      buffer.set(source.subarray(start, start + count), length);
      length += count;
    },
    /** Copies from what is already there; source and target may overlap. */
    repeat(offset: number, count: number): void {
      if (offset === 0 || offset > length) throw new RangeError("the LZ4 frame refers to bytes before its start");
      reserve(count);
      if (offset >= count) buffer.copyWithin(length, length - offset, length - offset + count);
      else for (let index = 0; index < count; index += 1) buffer[length + index] = buffer[length + index - offset] as number;
      length += count;
    },
    bytes: (): Uint8Array => buffer.slice(0, length),
  };
}

function decodeBlock(block: Uint8Array, out: Output): void {
  let at = 0;
  function lengthFrom(nibble: number): number {
    if (nibble < 15) return nibble;
    let length = 15;
    for (;;) {
      const byte = block[at];
      if (byte === undefined) throw new RangeError("the LZ4 block ends early");
      at += 1;
      length += byte;
      if (byte !== 255) return length;
    }
  }
  while (at < block.length) {
    const token = block[at] as number;
    at += 1;
    const literals = lengthFrom(token >>> 4);
    if (at + literals > block.length) throw new RangeError("the LZ4 block ends early");
    out.append(block, at, literals);
    at += literals;
    if (at >= block.length) return;
    const offset = (block[at] as number) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    out.repeat(offset, lengthFrom(token & 15) + 4);
  }
}
