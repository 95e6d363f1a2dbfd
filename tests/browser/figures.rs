//! Figures of the search in the browser; filled in by the tests that are run with `BIJI_PRINT_FIGURES`.
