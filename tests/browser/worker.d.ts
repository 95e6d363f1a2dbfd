// The types of the service worker's script. Only `tsc` reads this file (tests/browser/tsconfig.worker.json).

/** What src/offline.rs says of this version: its name, the paths to bring along at once, and the hashes of all its files, one behind the other. */
declare const BIJI_OFFLINE: { version: string; first: string[]; site: string };
