//! The random numbers that nobody draws: without an answer here the linker would ask the page for them.
//!
//! tantivy names new segments by a random id. A reader makes no segment; should one ever be made, zeros are as good a name as any.

use getrandom::Error;

// SAFETY: the name and the signature are the ones that `getrandom` asks for with `getrandom_backend="custom"`.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(destination: *mut u8, length: usize) -> Result<(), Error> {
    // SAFETY: `getrandom` gives a buffer of `length` bytes.
    unsafe { std::ptr::write_bytes(destination, 0, length) };
    Ok(())
}
