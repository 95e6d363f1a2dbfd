//! The browser's surface over `biji-search`.
