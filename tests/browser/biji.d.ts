// The types that the page's scripts share. Only `tsc` reads this file (tests/browser/tsconfig.json); no page does.

type FaultKind = "refused" | "unsupported" | "missing" | "damaged" | "outdated";

declare class SearchFault extends Error {
  constructor(kind: FaultKind, what: string);
  kind: FaultKind;
}

/** What a page must be to be found; an empty text filters nothing. */
interface Filters {
  folder: string;
  tag: string;
  language: string;
}

interface SearchRequest {
  query: string;
  limit: number;
  filters: Filters;
  /** Whether the answer is to count the choices of each filter. */
  facets: boolean;
  /** The reader's language, whose pages come before their translations; none where languages shall not matter. */
  language?: string;
}

/** The choices of a filter: name, and how many pages it would leave. */
interface Facets {
  folders: [string, number][];
  tags: [string, number][];
  languages: [string, number][];
}

/** Of each page its address, its title, and of its headings anchor and text (src/index/titles.rs). */
type Titles = [string, string, [string, string][]][];

/** What crates/search-wasm writes. Snippets are plain and marked pieces in turn. */
interface Answer {
  total: number;
  partial: boolean;
  hits: Hit[];
  facets?: Facets;
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
  search(query: number, length: number, limit: number, facets: number): number;
  output(): number;
  output_length(): number;
}

interface Engine {
  open(entry: Uint8Array): void;
  provide(name: string, block: Uint8Array): void;
  search(request: SearchRequest): { need: string[] } | { answer: Answer };
}

/** Bytes of a volume that are a block, or some neighbouring ones. */
interface ByteRange {
  from: number;
  length: number;
}

interface Session {
  entry: Uint8Array;
  engine: Engine;
  /** Blocks that are under way, by their names. */
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
  narrow: string;
  partial(total: number): string;
  more: string;
  all: string;
  top: string;
  retry: string;
  reload: string;
  page: string;
  filter: string;
  /** What a filter is called, and what its first choice is, which filters nothing. */
  filters: Record<keyof Filters, [string, string]>;
  choice(name: string, pages: number): string;
  recent: string;
  forget: string;
  tags: string;
  folders: string;
  pages(pages: number): string;
  /** Goes before the fault because of which the engine does not run. */
  plain: string;
  faults: Record<FaultKind | "unknown", string>;
}

interface Biji {
  root: URL;
  /** What scripts say, in the language of the page: keys of templates/strings. There once its script is loaded. */
  words?: Record<string, string>;
  dialog: HTMLDialogElement;
  /** What the search stands in: the dialog, or a part of the page that is a search by itself. */
  place: HTMLElement;
  input: HTMLInputElement;
  /** Where to look without a search. */
  index: string;
  /** The page that is a search by itself, where there is one. */
  search: string | undefined;
  /** Over how many scripts the previews are spread; 0 for no previews. */
  previews: number;
  /** Files that were asked for before the scripts were there. */
  early: Map<string, Promise<Response>>;
  /** What the scripts of the search give each other. */
  parts: Partial<Parts>;
  part<Name extends keyof Parts>(name: Name): Parts[Name];
  /** Opens a note by chance. */
  random?(): Promise<void>;
  /** A text with a number; before its bar stands the form for one. */
  count(text: string, number: number): string;
  /** Runs a script of the search. */
  script(file: string): Promise<unknown>;
}

interface Parts {
  strings: Strings;
  transport: {
    Fault: typeof SearchFault;
    get(name: string, fresh?: boolean): Promise<Uint8Array<ArrayBuffer>>;
    unpack(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array<ArrayBuffer>>;
    blocks(name: string, ranges: ByteRange[], fresh: boolean): Promise<Uint8Array<ArrayBuffer>[]>;
  };
  lzma: { unpack(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined };
  engine: { start(module: Uint8Array<ArrayBuffer>): Promise<Engine> };
  loader: {
    ready(): Promise<Session>;
    ask(request: SearchRequest, wanted: () => boolean): Promise<Answer | undefined>;
  };
  results: { nodes(answer: Answer): HTMLElement[] };
  filters: {
    panel: HTMLElement;
    toggle: HTMLButtonElement;
    /** Called when something else is chosen, and when they are opened. */
    changed(): void;
    isOpen(): boolean;
    isEmpty(): boolean;
    value(): Filters;
    choose(filters: Partial<Filters>): void;
    offer(facets: Facets): void;
  };
  start: {
    /** Keeps a query that led somewhere. */
    remember(query: string): void;
    forget(): void;
    nodes(facets: Facets | undefined): HTMLElement[];
  };
  fallback: { ask(request: SearchRequest): Promise<Answer> };
  box: {
    /** The dialog was opened again. */
    opened(): void;
  };
}

/** What of Waline's script is used (https://waline.js.org/en/reference/client/api.html). */
interface Waline {
  init(options: { el: HTMLElement; serverURL: string; path: string; lang: string; dark: boolean }): unknown;
}

/** Title, language, beginning, and of each section anchor, heading and beginning (src/render/preview.rs). */
type PreviewNote = [string, string, string, [string, string, string][]];

interface PreviewText {
  title: string;
  lang: string;
  text: string;
}

interface Window {
  Waline?: Waline;
  biji: Biji;
  bijiPreview(notes: Record<string, PreviewNote>): void;
  bijiNotes(addresses: string[]): void;
  bijiTitles(titles: Titles): void;
  /** Called by the script of a folder (src/render/nav.rs): the folder's page, its entries (title, address, 1 for a folder), and what is left out. */
  /** An entry: title, address, whether it is a folder, the title's language where it is not the site's, title and address in other languages. */
  bijiTree(folder: string, entries: [string, string, (0 | 1)?, string?, Record<string, [string, string]>?][], more: [number, string] | null): void;
  bijiDeliver(parts: Record<string, string>, groups: Record<string, string>): void;
}
