/** What a sampler's file says of itself: the JSON packed behind the model. */

const FILE_NAME = "graves_tf.json";
const FORMAT = "web 1";

/**
 * The metadata and the model of a `.tflite` file of
 * `graves_tf/export/web_model.py`.
 *
 * @param {Uint8Array} bytes the whole file.
 * @returns {{metadata: object, model: Uint8Array}}
 * @throws {Error} it is no such file, of another format, or damaged.
 */
export function unpack(bytes) {
  const metadata = readArchive(bytes);
  if (metadata.format !== FORMAT) {
    throw new Error(
      `The network's file has format ${metadata.format}; this page reads ` +
        `format ${FORMAT}. Export the page again.`,
    );
  }
  if (metadata.task !== "synthesis") {
    throw new Error(
      `The network's file is for ${metadata.task}, not for handwriting.`,
    );
  }
  const model = bytes.subarray(0, metadata.model_bytes);
  if (crc32(model) !== metadata.model_crc32) {
    throw new Error(
      "The network's file is damaged: its checksum does not match. Load the " +
        "page again; if that does not help, export it again.",
    );
  }
  return { metadata, model };
}

/** The one stored file of the ZIP archive at the end. */
function readArchive(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) {
    throw new Error(
      "The network's file is not a sampler of graves_tf, or only a " +
        "part of one. Export the page again.",
    );
  }
  // Offsets in the archive count from its start, which is where the model
  // ends.
  const directory = end - view.getUint32(end + 12, true);
  const start = directory - view.getUint32(end + 16, true);
  const size = view.getUint32(directory + 20, true);
  const header = start + view.getUint32(directory + 42, true);
  const nameLength = view.getUint16(header + 26, true);
  const extraLength = view.getUint16(header + 28, true);
  const data = header + 30 + nameLength + extraLength;
  const decoder = new TextDecoder();
  const name = decoder.decode(
    bytes.subarray(header + 30, header + 30 + nameLength),
  );
  if (name !== FILE_NAME) {
    throw new Error(`The network's file holds ${name}, not ${FILE_NAME}.`);
  }
  return JSON.parse(decoder.decode(bytes.subarray(data, data + size)));
}

function crc32(bytes) {
  const table = new Uint32Array(256).map((_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
