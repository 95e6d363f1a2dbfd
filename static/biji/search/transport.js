// Brings the files of the search to the page, unpacked: by fetch from a server; from a disk, where a page may fetch nothing, as scripts that
// hand over base64. Knows the names of files, not what is in them.
"use strict";

(() => {
  const { biji } = window;
  const folder = new URL("biji/search/", biji.root);
  const disk = location.protocol === "file:";
  /** Milliseconds in which a file must arrive. */
  const WAIT = 30_000;

  /**
   * What can go wrong, in a form that the dialog has a sentence for.
   * @type {typeof SearchFault}
   */
  const Fault = class extends Error {
    /** @param {FaultKind} kind @param {string} what */
    constructor(kind, what) {
      super(what);
      this.kind = kind;
    }
  };

  /** @param {Uint8Array<ArrayBuffer>} bytes @param {string} name */
  async function unpack(bytes, name) {
    if (typeof DecompressionStream === "undefined") throw new Fault("unsupported", "no DecompressionStream");
    try {
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch {
      throw new Fault("damaged", name);
    }
  }

  /** Volumes that came whole: a server that gives no parts of files shall send each but once. @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const volumes = new Map();
  /** Whether the server gives parts of files, as far as is known. A worker that keeps files for a time without a network keeps whole ones. */
  let gives = disk || !navigator.serviceWorker?.controller;

  /**
   * A file, or the part of it that was asked for, if the server gives parts.
   * @param {string} name @param {boolean} fresh @param {ByteRange} [range]
   */
  async function fromServer(name, fresh, range) {
    const early = fresh ? undefined : biji.early.get(name);
    biji.early.delete(name);
    // The entry alone keeps its name, so it alone is asked for again; everything else is called by its content.
    const cache = fresh ? "reload" : name === "entry" ? "no-cache" : "default";
    // Once more, it is asked for as a whole: whatever stands between may have trouble with parts.
    const headers = range && gives && !fresh ? { Range: `bytes=${range.from}-${range.from + range.length - 1}` } : undefined;
    const bytes = async () => {
      const response = await (early ?? fetch(new URL(name + ".bin", folder), { cache, headers }));
      if (!response.ok) return undefined;
      const body = new Uint8Array(await response.arrayBuffer());
      if (!range) return body;
      if (response.status === 206) return body;
      if (headers) gives = false;
      volumes.set(name, body);
      return body.subarray(range.from, range.from + range.length);
    };
    // No connection, or one that hangs: the same to the reader as a missing file.
    const found = await Promise.race([bytes().catch(() => undefined), late()]);
    if (!found) throw new Fault("missing", `${name}.bin`);
    return found;
  }

  /** Nothing, after a time in which an answer would have come. @returns {Promise<undefined>} */
  function late() {
    return new Promise((resolve) => setTimeout(() => resolve(undefined), WAIT));
  }

  /** Base64 that was handed over. Of a volume the next query may want another part. @type {Map<string, string>} */
  const delivered = new Map();
  /** Which script holds which volume. @type {Map<string, string>} */
  const scripts = new Map();
  /** Scripts under way. @type {Map<string, Promise<void>>} */
  const loading = new Map();
  let attempt = 0;

  window.bijiDeliver = (parts, groups) => {
    for (const [name, text] of Object.entries(parts)) delivered.set(name, text);
    for (const [file, names] of Object.entries(groups)) for (const name of names.split(" ")) scripts.set(name, file);
  };

  /** @param {string} file @param {boolean} fresh @returns {Promise<void>} */
  function script(file, fresh) {
    const present = fresh ? undefined : loading.get(file);
    if (present) return present;
    const promise = new Promise((/** @type {(nothing: void) => void} */ resolve, reject) => {
      const element = document.createElement("script");
      element.src = new URL(file + ".js" + (fresh ? `?${++attempt}` : ""), folder).href;
      element.onload = () => resolve();
      element.onerror = () => reject(new Fault("missing", file + ".js"));
      document.head.append(element);
    }).finally(() => loading.delete(file));
    loading.set(file, promise);
    return promise;
  }

  /** @param {string} name @param {boolean} fresh */
  async function fromDisk(name, fresh) {
    if (fresh) delivered.delete(name);
    const file = scripts.get(name) ?? name;
    if (!delivered.has(name)) await script(file, fresh);
    const text = delivered.get(name);
    if (text === undefined) throw new Fault("damaged", file + ".js");
    try {
      return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    } catch {
      throw new Fault("damaged", file + ".js");
    }
  }

  biji.parts.transport = {
    Fault,
    unpack,
    /** A file as it is; `fresh` goes past every cache. @param {string} name @param {boolean} [fresh] */
    get(name, fresh = false) {
      return disk ? fromDisk(name, fresh) : fromServer(name, fresh);
    },
    /**
     * The blocks of a volume that lie in these ranges, which are neighbours: unpacked.
     * @param {string} name @param {ByteRange[]} ranges @param {boolean} fresh
     */
    async blocks(name, ranges, fresh) {
      const first = ranges[0];
      const last = ranges.at(-1);
      if (!first || !last) return [];
      const from = first.from;
      const length = last.from + last.length - from;
      if (fresh) volumes.delete(name);
      const whole = disk ? await fromDisk(name, fresh) : volumes.get(name);
      const bytes = whole ? whole.subarray(from, from + length) : await fromServer(name, fresh, { from, length });
      return Promise.all(ranges.map((range) => unpack(bytes.subarray(range.from - from, range.from - from + range.length), name)));
    },
  };
})();
