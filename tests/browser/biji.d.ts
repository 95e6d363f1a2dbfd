// The types that the page's scripts share. Only `tsc` reads this file (tests/browser/tsconfig.json); no page does.

type FaultKind = "refused" | "unsupported" | "missing" | "damaged" | "outdated";

declare class SearchFault extends Error {
  constructor(kind: FaultKind, what: string);
  kind: FaultKind;
}

/** What crates/search-wasm writes. Snippets are plain and marked pieces in turn. */
interface Answer {
  total: number;
  partial: boolean;
  hits: Hit[];
}

interface Hit {
  url: string;
  source: string;
  title: string[];
  score: number;
  sections: { anchor: string; heading: string[]; excerpt: string[] }[];
  words: string[];
}

interface EngineExports {
  memory: WebAssembly.Memory;
  abi(): number;
  alloc(length: number): number;
  open(entry: number, length: number): number;
  provide(name: number, nameLength: number, block: number, blockLength: number): number;
  search(query: number, length: number, limit: number): number;
  output(): number;
  output_length(): number;
}

interface Engine {
  open(entry: Uint8Array): void;
  provide(name: string, block: Uint8Array): void;
  search(query: string, limit: number): { need: string[] } | { answer: Answer };
}

interface Session {
  entry: Uint8Array;
  engine: Engine;
  loading: Map<string, Promise<void>>;
}

interface Strings {
  search: string;
  placeholder: string;
  close: string;
  results: string;
  loading: string;
  searching: string;
  help: string;
  keys: [string, string][];
  found(total: number): string;
  none(query: string): string;
  partial(total: number): string;
  more: string;
  all: string;
  top: string;
  faults: Record<FaultKind | "unknown", string>;
}

interface Biji {
  root: URL;
  chinese: boolean;
  dialog: HTMLDialogElement;
  input: HTMLInputElement;
  /** Files that were asked for before the scripts were there. */
  early: Map<string, Promise<Response>>;
  /** What the scripts of the search give each other. */
  parts: Partial<Parts>;
  part<Name extends keyof Parts>(name: Name): Parts[Name];
}

interface Parts {
  strings: Strings;
  transport: { Fault: typeof SearchFault; get(name: string, fresh?: boolean): Promise<Uint8Array<ArrayBuffer>> };
  engine: { start(module: Uint8Array<ArrayBuffer>): Promise<Engine> };
  loader: {
    ready(): Promise<Session>;
    ask(query: string, limit: number, wanted: () => boolean): Promise<Answer | undefined>;
  };
  results: { nodes(answer: Answer): HTMLElement[] };
}

interface Window {
  biji: Biji;
  bijiDeliver(parts: Record<string, string>, groups: Record<string, string>): void;
}
