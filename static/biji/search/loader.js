// From a query to an answer: loads the entry, the engine and the blocks that it asks for, and tries again where a file is missing or
// damaged: once for the file, and, when the site was deployed anew meanwhile, once with its new entry.
"use strict";

(() => {
  const { biji } = window;
  const transport = biji.part("transport");
  const engines = biji.part("engine");
  const { Fault } = transport;

  /** A search never depends on this many reads in a row; an engine that asks on is broken. */
  const ROUNDS = 40;

  /** @type {Promise<Session> | undefined} */
  let session;

  /** Bytes that are fetched for nothing rather than asking twice. */
  const GAP = 1024;

  /** The entry: a line `biji-search 3 ENGINE`, and behind it the pack's entry. @param {Uint8Array<ArrayBuffer>} entry */
  function head(entry) {
    const end = entry.indexOf(10);
    const [mark, version, engine] = new TextDecoder().decode(entry.subarray(0, Math.max(end, 0))).split(" ");
    if (mark !== "biji-search" || !engine) throw new Fault("damaged", "entry");
    if (version !== "3") throw new Fault("outdated", "entry");
    return { engine, pack: entry.subarray(end + 1) };
  }

  /** Does something, and once more with `fresh` when a file was missing or damaged. @template T @param {(fresh: boolean) => Promise<T>} action */
  async function twice(action) {
    try {
      return await action(false);
    } catch (fault) {
      if (!(fault instanceof Fault) || (fault.kind !== "missing" && fault.kind !== "damaged")) throw fault;
      return action(true);
    }
  }

  /** @param {Uint8Array<ArrayBuffer>} entry @returns {Promise<Session>} */
  async function begin(entry) {
    const { engine: name, pack } = head(entry);
    const engine = await twice(async (fresh) => engines.start(await transport.unpack(await transport.get(name, fresh), name)));
    engine.open(pack);
    return { entry, engine, loading: new Map() };
  }

  /** @param {Uint8Array} one @param {Uint8Array} other */
  function same(one, other) {
    return one.length === other.length && one.every((byte, at) => byte === other[at]);
  }

  /**
   * Gives the engine the blocks that it needs; two queries that need the same one share it. A block is named `VOLUME:FROM:LENGTH`, and neighbours
   * are fetched together.
   * @param {Session} session @param {string[]} need
   */
  function supply(session, need) {
    /** @type {{ volume: string, end: number, names: string[], ranges: ByteRange[] }[]} */
    const runs = [];
    for (const name of need.filter((name) => !session.loading.has(name))) {
      const [volume = "", from, length] = name.split(":");
      const range = { from: Number(from), length: Number(length) };
      let run = runs.at(-1);
      if (!run || run.volume !== volume || range.from < run.end || range.from > run.end + GAP) {
        run = { volume, end: 0, names: [], ranges: [] };
        runs.push(run);
      }
      run.names.push(name);
      run.ranges.push(range);
      run.end = range.from + range.length;
    }
    for (const { volume, names, ranges } of runs) {
      const promise = twice(async (fresh) => {
        const blocks = await transport.blocks(volume, ranges, fresh);
        blocks.forEach((block, at) => session.engine.provide(names[at] ?? "", block));
      }).finally(() => names.forEach((name) => session.loading.delete(name)));
      for (const name of names) session.loading.set(name, promise);
    }
    return Promise.all(need.map((name) => session.loading.get(name)));
  }

  /** @param {Session} session @param {SearchRequest} request @param {() => boolean} wanted */
  async function answer(session, request, wanted) {
    for (let round = 0; round < ROUNDS; round++) {
      if (!wanted()) return undefined;
      const step = session.engine.search(request);
      if ("answer" in step) return step.answer;
      await supply(session, step.need);
    }
    throw new Fault("damaged", "the engine asks without end");
  }

  /** The entry, unpacked. @param {boolean} fresh */
  async function load(fresh) {
    const bytes = await transport.get("entry", fresh);
    // A host may have unpacked it already, by a header of its own.
    return bytes[0] === 0x1f ? transport.unpack(bytes, "entry") : bytes;
  }

  /** Loads what any search needs. The same promise until it fails; then the next call tries again. */
  function ready() {
    if (!session) {
      const made = load(false).then((entry) => begin(entry).catch((fault) => renewed(entry, fault)));
      made.catch(() => {
        if (session === made) session = undefined;
      });
      session = made;
    }
    return session;
  }

  /** A session with the site's present entry, if it is another one; else the fault stands. @param {Uint8Array} old @param {unknown} fault */
  async function renewed(old, fault) {
    if (!(fault instanceof Fault) || fault.kind === "refused" || fault.kind === "unsupported") throw fault;
    const entry = await load(true);
    if (same(entry, old)) throw fault;
    return begin(entry);
  }

  /** A new engine where the old one has stopped in the middle of its work: that one's memory is not to be trusted any more. */
  function restarted() {
    session = undefined;
    return ready();
  }

  biji.parts.loader = {
    ready,
    /**
     * The answer to a request; `undefined` when `wanted` says that nobody waits for it any more.
     * @param {SearchRequest} request @param {() => boolean} wanted
     */
    async ask(request, wanted) {
      const present = await ready();
      try {
        return await answer(present, request, wanted);
      } catch (fault) {
        const next = fault instanceof Fault ? renewed(present.entry, fault) : restarted();
        const made = await next;
        session = next;
        try {
          return await answer(made, request, wanted);
        } catch (again) {
          if (again instanceof Fault) throw again;
          session = undefined;
          throw new Fault("damaged", String(again));
        }
      }
    },
  };
})();
