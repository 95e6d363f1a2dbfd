// Unpacks an `.lzma` file: the engine is a fifth smaller so than in the form that browsers unpack by themselves, and every reader who searches loads
// it. The format: a range coder over adaptive bits, which say literal, match or repeated match, as the LZMA specification of the public domain has it.
"use strict";

(() => {
  const { biji } = window;

  // Where the probabilities of each kind of bit begin in one array.
  const IS_MATCH = 0;
  const IS_REPEAT = 192;
  const IS_REPEAT_0 = 204;
  const IS_REPEAT_1 = 216;
  const IS_REPEAT_2 = 228;
  const IS_LONG = 240;
  const SLOT = 432;
  const DISTANCE = 688;
  const ALIGN = 816;
  const LENGTH = 832;
  const REPEAT_LENGTH = 1346;
  const LITERAL = 1860;

  /** More than any engine: a damaged head shall not ask for all the memory there is. */
  const MOST = 1 << 24;

  /** @param {Uint8Array} bytes @returns {Uint8Array<ArrayBuffer> | undefined} `undefined` when they are damaged. */
  function unpack(bytes) {
    const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 18 || head.getUint8(0) >= 225 || head.getUint32(9, true) !== 0) return undefined;
    const properties = head.getUint8(0);
    const literalContext = properties % 9;
    const literalPosition = Math.floor(properties / 9) % 5;
    const positionMask = (1 << Math.floor(properties / 45)) - 1;
    const size = head.getUint32(5, true);
    if (size > MOST) return undefined;

    const out = new Uint8Array(size);
    const chances = new Uint16Array(LITERAL + (0x300 << (literalContext + literalPosition))).fill(1024);
    let from = 18;
    let range = 0xffffffff;
    let code = head.getUint32(14);

    function next() {
      if (range < 0x1000000) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | Number(bytes[from++])) >>> 0;
      }
    }

    /** @param {number} at */
    function bit(at) {
      next();
      const chance = Number(chances[at]);
      const bound = (range >>> 11) * chance;
      if (code < bound) {
        range = bound;
        chances[at] = chance + ((2048 - chance) >> 5);
        return 0;
      }
      range -= bound;
      code -= bound;
      chances[at] = chance - (chance >> 5);
      return 1;
    }

    /** Bits that are as likely as not. @param {number} count */
    function even(count) {
      let value = 0;
      for (let left = count; left > 0; left--) {
        next();
        range >>>= 1;
        const is = code >= range;
        if (is) code -= range;
        value = value * 2 + (is ? 1 : 0);
      }
      return value;
    }

    /** Bits of a tree, the highest first. @param {number} at @param {number} count */
    function tree(at, count) {
      let node = 1;
      for (let left = count; left > 0; left--) node = node * 2 + bit(at + node);
      return node - (1 << count);
    }

    /** Bits of a tree, the lowest first. @param {number} at @param {number} count */
    function reversed(at, count) {
      let node = 1;
      let value = 0;
      for (let place = 0; place < count; place++) {
        const is = bit(at + node);
        node = node * 2 + is;
        value |= is << place;
      }
      return value;
    }

    /** @param {number} at @param {number} position */
    function length(at, position) {
      if (!bit(at)) return 2 + tree(at + 2 + position * 8, 3);
      if (!bit(at + 1)) return 10 + tree(at + 130 + position * 8, 3);
      return 18 + tree(at + 258, 8);
    }

    /** @param {number} count */
    function distance(count) {
      const slot = tree(SLOT + Math.min(count - 2, 3) * 64, 6);
      if (slot < 4) return slot;
      const bits = (slot >> 1) - 1;
      const base = (2 | (slot & 1)) * 2 ** bits;
      if (slot < 14) return base + reversed(DISTANCE + base - slot, bits);
      return base + even(bits - 4) * 16 + reversed(ALIGN, 4);
    }

    let state = 0;
    // The last distances, the newest first, less one each.
    /** @type {(number | undefined)[]} */
    let recent = [0, 0, 0, 0];
    let at = 0;
    while (at < size) {
      const position = at & positionMask;
      if (!bit(IS_MATCH + state * 16 + position)) {
        const before = at > 0 ? Number(out[at - 1]) : 0;
        const context = ((at & ((1 << literalPosition) - 1)) << literalContext) + (before >> (8 - literalContext));
        const chance = LITERAL + 0x300 * context;
        let node = 1;
        if (state >= 7) {
          // Behind a match: the byte that it would have gone on with tells something.
          let match = Number(out[at - (recent[0] ?? 0) - 1]);
          while (node < 0x100) {
            const expected = (match >> 7) & 1;
            match <<= 1;
            const is = bit(chance + ((1 + expected) << 8) + node);
            node = node * 2 + is;
            if (is !== expected) break;
          }
        }
        while (node < 0x100) node = node * 2 + bit(chance + node);
        out[at++] = node;
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        continue;
      }
      let count = 0;
      if (!bit(IS_REPEAT + state)) {
        count = length(LENGTH, position);
        recent = [distance(count), recent[0], recent[1], recent[2]];
        state = state < 7 ? 7 : 10;
      } else {
        if (bit(IS_REPEAT_0 + state)) {
          const which = !bit(IS_REPEAT_1 + state) ? 1 : !bit(IS_REPEAT_2 + state) ? 2 : 3;
          const again = recent[which] ?? 0;
          recent = [again, ...recent.filter((_, place) => place !== which)];
        } else if (!bit(IS_LONG + state * 16 + position)) {
          count = 1;
          state = state < 7 ? 9 : 11;
        }
        if (count === 0) {
          count = length(REPEAT_LENGTH, position);
          state = state < 7 ? 8 : 11;
        }
      }
      const back = (recent[0] ?? 0) + 1;
      if (back > at || count > size - at) return undefined;
      for (const end = at + count; at < end; at++) out[at] = Number(out[at - back]);
    }
    return out;
  }

  biji.parts.lzma = { unpack };
})();
