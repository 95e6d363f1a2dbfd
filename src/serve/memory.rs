//! SHELL: what the program gives back to the system while it waits. glibc keeps freed memory for itself, and after some changes of a large site that is a third
//! of all it has. Other systems' allocators give it back by themselves, so nothing is done there.
//!
//! In: nothing. Out: nothing but less memory in use. Knows nothing of the preview.

pub(super) use allocator::{give_back, set_up};

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a setting and a function of the allocator that only C can reach; no crate wraps them")]
mod allocator {
    /// How glibc takes large pieces: each by itself from the system, which gets it back at once when it is freed. Left alone, glibc raises this to the size of the
    /// largest piece that was freed, up to 32 MB.
    const LARGE: i32 = 512 << 10;

    /// To be called once, before the work.
    pub(in crate::serve) fn set_up() {
        // SAFETY: takes two numbers, and locks what it changes.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        }
    }

    /// Gives back every page on which nothing is left. Takes some tens of milliseconds for half a gigabyte.
    pub(in crate::serve) fn give_back() {
        // SAFETY: takes a number, how many bytes to keep at the end of the heap, and locks each arena while it looks through it.
        unsafe {
            libc::malloc_trim(0);
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod allocator {
    pub(in crate::serve) fn set_up() {}
    pub(in crate::serve) fn give_back() {}
}
