/** The network's step on LiteRT.js. */

import { Tensor, loadAndCompile, loadLiteRt } from "./litert/core.js";
import { unpack } from "./metadata.js";

/**
 * One step of the pen at a time. It holds the state of one line.
 *
 * What goes in and comes out is in `graves_tf/export/web_model.py`.
 */
export class StepModel {
  constructor(compiled, metadata) {
    this.metadata = metadata;
    this.symbols = [...metadata.alphabet.symbols];
    this.maxCharacters = metadata.max_characters;
    this.signatures = compiled.signatures;
    this.characters = null;
    this.state = null;
    // Pen, bias, uniforms, normals.
    this.given = new Float32Array(8);
  }

  /**
   * @param {string} file the URL of the `.tflite` file.
   * @param {string} wasm the URL of the folder with LiteRT.js's wasm.
   */
  static async load(file, wasm) {
    const fetched = fetch(file).then(async (response) => {
      if (!response.ok) {
        throw new Error(
          `The network could not be loaded: ${file} gives ` +
            `${response.status}. Export the page again.`,
        );
      }
      return unpack(new Uint8Array(await response.arrayBuffer()));
    });
    const [{ metadata, model }] = await Promise.all([
      fetched,
      loadLiteRt(wasm),
    ]);
    const compiled = await loadAndCompile(model, { accelerator: "wasm" });
    return new StepModel(compiled, metadata);
  }

  /**
   * Ready for a line's first step.
   *
   * @param {number[]} numbers of the characters; at most `maxCharacters`.
   * @param {number} bias
   */
  async begin(numbers, bias) {
    const characters = new Int32Array(this.maxCharacters).fill(-1);
    characters.set(numbers);
    this.characters?.delete();
    this.characters = new Tensor(characters, [1, this.maxCharacters]);
    const { pen, state } = await this.signatures.init.run({
      characters: this.characters,
    });
    this.keep(state);
    this.given.set(pen.toTypedArray());
    this.given[3] = bias;
    pen.delete();
  }

  /**
   * @param {number[]} uniforms, normals: two of each.
   * @param {?number[]} pen to put in, the offset and end-of-stroke that led to
   *     the last point; null: the one that came out of the last step.
   * @returns {Promise<{pen: number[], stop: boolean, phi: Float32Array}>}
   */
  async step(uniforms, normals, pen) {
    const { given } = this;
    if (pen) given.set(pen);
    given.set(uniforms, 4);
    given.set(normals, 6);
    const input = new Tensor(given, [1, given.length]);
    const { drawn, state } = await this.signatures.step.run({
      characters: this.characters,
      given: input,
      state: this.state,
    });
    const values = drawn.toTypedArray();
    input.delete();
    drawn.delete();
    // It goes in as it came out, without leaving LiteRT's memory.
    this.keep(state);
    given.set(values.subarray(0, 3));
    return {
      pen: [values[0], values[1], values[2]],
      stop: values[3] > 0,
      phi: values.subarray(4),
    };
  }

  keep(state) {
    this.state?.delete();
    this.state = state;
  }
}
