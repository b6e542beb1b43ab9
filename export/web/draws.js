/**
 * The random numbers of a line.
 *
 * They are xoshiro128** seeded by the seed, the line's number and the
 * attempt's through SplitMix32; normals come in pairs by Box and Muller. They
 * are not NumPy's, so the same seed gives other ink here than in Python: each
 * is true to itself.
 */
export class Draws {
  /** @param {number} seed, line, attempt: integers from 0 to 2^32 - 1. */
  constructor(seed, line = 0, attempt = 0) {
    let mixed = 0;
    this.state = new Uint32Array(4);
    for (const key of [seed, line, attempt]) {
      mixed = scramble((mixed ^ key) + 0x9e3779b9);
    }
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) | 0;
      this.state[i] = scramble(mixed);
    }
    // The one state that would never leave itself.
    if (!this.state.some((word) => word)) this.state[0] = 1;
  }

  /** Of one step: `{uniforms: [u1, u2], normals: [n1, n2]}`, float32. */
  next() {
    const uniforms = [this.uniform(), this.uniform()];
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    const normals = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return { uniforms, normals: normals.map(Math.fround) };
  }

  /** In [0, 1): 24 bits, so that float32 holds it as it is. */
  uniform() {
    const s = this.state;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9);
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 11);
    return (result >>> 8) / 2 ** 24;
  }
}

function rotate(word, bits) {
  return (word << bits) | (word >>> (32 - bits));
}

function scramble(word) {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
