// The engine in the page: the other half of crates/search-wasm. Puts bytes into the module's memory, calls it, reads what it put out.
"use strict";

(() => {
  const { biji } = window;
  const { Fault } = biji.part("transport");
  const lzma = biji.part("lzma");

  /** The version of the module's surface that this script speaks. */
  const ABI = 3;
  const DONE = 0;
  const NEED = 1;
  const VERSION = 3;

  /** @param {Uint8Array<ArrayBuffer>} packed The module in the form of an `.lzma` file. @returns {Promise<Engine>} */
  async function start(packed) {
    if (typeof WebAssembly === "undefined") throw new Fault("unsupported", "no WebAssembly");
    const module = lzma.unpack(packed);
    if (!module) throw new Fault("damaged", "engine");
    /** @type {WebAssembly.WebAssemblyInstantiatedSource} */
    let made;
    try {
      made = await WebAssembly.instantiate(module, {});
    } catch (error) {
      const what = String(error);
      throw new Fault(/Content.?Security.?Policy|unsafe-eval|blocked by CSP/i.test(what) ? "refused" : "damaged", what);
    }
    const wasm = /** @type {EngineExports} */ (/** @type {unknown} */ (made.instance.exports));
    if (typeof wasm.abi !== "function" || wasm.abi() !== ABI) throw new Fault("outdated", "another version of the engine");

    /** Copies bytes into the module. @param {Uint8Array} bytes @returns {[number, number]} */
    function put(bytes) {
      const at = wasm.alloc(bytes.length);
      new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
      return [at, bytes.length];
    }

    function output() {
      return new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, wasm.output(), wasm.output_length()));
    }

    /** @param {number} status */
    function check(status) {
      if (status !== DONE) throw new Fault(status === VERSION ? "outdated" : "damaged", output());
    }

    const encoder = new TextEncoder();
    return {
      open(entry) {
        check(wasm.open(...put(entry)));
      },
      provide(name, block) {
        check(wasm.provide(...put(encoder.encode(name)), ...put(block)));
      },
      search({ query, limit, filters, facets, language = "" }) {
        // A NUL ends the query; one that was typed is a space.
        const parts = [query, filters.folder, filters.tag, filters.language, language].map((text) => text.replaceAll("\0", " "));
        const status = wasm.search(...put(encoder.encode(parts.join("\0"))), limit, facets ? 1 : 0);
        if (status === NEED) return { need: JSON.parse(output()) };
        check(status);
        return { answer: JSON.parse(output()) };
      },
    };
  }

  biji.parts.engine = { start };
})();
