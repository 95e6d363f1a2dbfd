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

  /** The entry: a line `biji-search 2 ENGINE LENGTH BLOCK:LENGTH…`, and behind it the pack's entry and these blocks. @param {Uint8Array<ArrayBuffer>} entry */
  function head(entry) {
    const end = entry.indexOf(10);
    const [mark, version, engine, length, ...blocks] = new TextDecoder().decode(entry.subarray(0, Math.max(end, 0))).split(" ");
    if (mark !== "biji-search" || !engine) throw new Fault("damaged", "entry");
    if (version !== "2") throw new Fault("outdated", "entry");
    let at = end + 1;
    /** @param {string | undefined} size */
    const next = (size) => entry.subarray(at, (at += Number(size)));
    const pack = next(length);
    const hot = blocks.map((block) => {
      const [name = "", size] = block.split(":");
      return { name, bytes: next(size) };
    });
    if (at !== entry.length) throw new Fault("damaged", "entry");
    return { engine, pack, hot };
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
    const { engine: name, pack, hot } = head(entry);
    const engine = await twice(async (fresh) => engines.start(await transport.get(name, fresh)));
    engine.open(pack);
    for (const block of hot) engine.provide(block.name, block.bytes);
    return { entry, engine, loading: new Map() };
  }

  /** @param {Uint8Array} one @param {Uint8Array} other */
  function same(one, other) {
    return one.length === other.length && one.every((byte, at) => byte === other[at]);
  }

  /** Gives the engine a block; two queries that need the same one share it. @param {Session} session @param {string} name */
  function supply(session, name) {
    const under = session.loading.get(name);
    if (under) return under;
    const promise = twice(async (fresh) => {
      session.engine.provide(name, await transport.get(name, fresh));
    }).finally(() => session.loading.delete(name));
    session.loading.set(name, promise);
    return promise;
  }

  /** @param {Session} session @param {SearchRequest} request @param {() => boolean} wanted */
  async function answer(session, request, wanted) {
    for (let round = 0; round < ROUNDS; round++) {
      if (!wanted()) return undefined;
      const step = session.engine.search(request);
      if ("answer" in step) return step.answer;
      await Promise.all(step.need.map((name) => supply(session, name)));
    }
    throw new Fault("damaged", "the engine asks without end");
  }

  /** Loads what any search needs. The same promise until it fails; then the next call tries again. */
  function ready() {
    if (!session) {
      const made = transport.get("entry").then((entry) => begin(entry).catch((fault) => renewed(entry, fault)));
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
    const entry = await transport.get("entry", true);
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
