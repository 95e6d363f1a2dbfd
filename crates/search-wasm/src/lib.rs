//! The browser's surface over `biji-search`: five functions over linear memory, no bindings generator.
//!
//! In: byte buffers that the page wrote into memory from [`alloc`]. Out: a status number, and bytes at [`output`]: an answer as JSON, or a
//! sentence about what went wrong. One page has one engine, so the state is one value of the module. Knows nothing of the page.
//!
//! The page's half of this contract is `static/biji/search/engine.js`. [`ABI`] changes whenever one of the two must.

// The functions that the page calls must be found by name, and its buffers arrive as raw pointers: both need `unsafe`, nothing else here does.
#![allow(unsafe_code)]
// Only in the browser do they get those names: in a native test, a function called `open` would stand before the system's.

pub mod json;
#[cfg(target_arch = "wasm32")]
mod random;

use std::cell::RefCell;

use biji_search::{Filters, PackError, Request, Searcher, Step};

/// The version of the surface. The page's script asks for it before it asks anything else.
pub const ABI: u32 = 3;

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// Done; the output is the answer, if there is one.
    Done = 0,
    /// Blocks are missing; the output is a JSON list of their names.
    Need = 1,
    /// The entry or block is damaged; the output says how.
    Damaged = 2,
    /// The entry is of another version of the format.
    Version = 3,
    /// Nothing is open yet, or the page gave what is no text.
    Misuse = 4,
}

/// The one engine of the page.
#[derive(Debug, Default)]
struct Engine {
    searcher: Option<Searcher>,
    output: Vec<u8>,
}

thread_local! {
    static ENGINE: RefCell<Engine> = RefCell::default();
}

impl Engine {
    fn open(&mut self, entry: &[u8]) -> Status {
        match Searcher::open(entry) {
            Ok(searcher) => {
                self.searcher = Some(searcher);
                self.finish(Status::Done, Vec::new())
            }
            Err(error) => self.fail(&error),
        }
    }

    fn provide(&mut self, name: &[u8], block: Vec<u8>) -> Status {
        let (Some(searcher), Ok(name)) = (&mut self.searcher, str::from_utf8(name)) else { return self.misuse() };
        match searcher.provide(name, block) {
            Ok(()) => self.finish(Status::Done, Vec::new()),
            Err(error) => self.fail(&error),
        }
    }

    fn search(&mut self, query: &[u8], limit: u32, facets: u32) -> Status {
        let Some(searcher) = &self.searcher else { return self.misuse() };
        match searcher.search(&request(query, limit, facets)) {
            Step::Done(response) => self.finish(Status::Done, json::response(&response).into_bytes()),
            Step::Need(names) => self.finish(Status::Need, json::names(&names).into_bytes()),
            Step::Broken(error) => self.fail(&error),
        }
    }

    fn fail(&mut self, error: &PackError) -> Status {
        let status = if matches!(error, PackError::Version(_)) { Status::Version } else { Status::Damaged };
        self.finish(status, error.to_string().into_bytes())
    }

    fn misuse(&mut self) -> Status {
        self.finish(Status::Misuse, b"the engine was called before it was opened, or with a name that is no text".to_vec())
    }

    fn finish(&mut self, status: Status, output: Vec<u8>) -> Status {
        self.output = output;
        status
    }
}

/// A request out of the page's text: the query, and behind a NUL each the folder, the tag, the language, and the reader's language.
fn request(text: &[u8], limit: u32, facets: u32) -> Request {
    let text = String::from_utf8_lossy(text);
    let mut parts = text.split('\0').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    let query = next();
    let filters = Filters { folder: next(), tag: next(), language: next() };
    Request { query, limit: limit as usize, filters, facets: facets != 0, language: next() }
}

/// The version of this surface.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn abi() -> u32 {
    ABI
}

/// Memory for `length` bytes that the page fills. It is given back by handing it to one of the calls below, all of which take it over.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn alloc(length: usize) -> *mut u8 {
    // A boxed slice has no spare capacity, so the length alone is enough to take it back.
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Opens a pack by its entry: a [`Status`].
///
/// # Safety
/// `entry` and `length` are a buffer from [`alloc`] that was not handed over yet.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub unsafe extern "C" fn open(entry: *mut u8, length: usize) -> u32 {
    // SAFETY: the caller's promise.
    let entry = unsafe { take(entry, length) };
    ENGINE.with_borrow_mut(|engine| engine.open(&entry)) as u32
}

/// Gives a block that was asked for, decompressed: a [`Status`].
///
/// # Safety
/// Both buffers are from [`alloc`] and were not handed over yet.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub unsafe extern "C" fn provide(name: *mut u8, name_length: usize, block: *mut u8, block_length: usize) -> u32 {
    // SAFETY: the caller's promise.
    let (name, block) = unsafe { (take(name, name_length), take(block, block_length)) };
    ENGINE.with_borrow_mut(|engine| engine.provide(&name, block)) as u32
}

/// Answers a query with at most `limit` pages, or says what is missing: a [`Status`]. Behind the query may stand filters: NUL, a folder, NUL,
/// a tag, NUL, a language; and behind these the reader's language, NUL before it. With `facets` other than 0 the answer tells how many pages each filter would leave.
///
/// # Safety
/// `query` and `length` are a buffer from [`alloc`] that was not handed over yet.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub unsafe extern "C" fn search(query: *mut u8, length: usize, limit: u32, facets: u32) -> u32 {
    // SAFETY: the caller's promise.
    let query = unsafe { take(query, length) };
    ENGINE.with_borrow_mut(|engine| engine.search(&query, limit, facets)) as u32
}

/// Where the output of the last call lies; valid until the next call.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn output() -> *const u8 {
    ENGINE.with_borrow(|engine| engine.output.as_ptr())
}

/// How many bytes the output of the last call has.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn output_length() -> usize {
    ENGINE.with_borrow(|engine| engine.output.len())
}

/// Takes a buffer back from the page.
///
/// # Safety
/// It is from [`alloc`] with this very length, and is taken once.
unsafe fn take(pointer: *mut u8, length: usize) -> Vec<u8> {
    // SAFETY: `alloc` made it from a boxed slice of this length.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, length)) }.into_vec()
}
