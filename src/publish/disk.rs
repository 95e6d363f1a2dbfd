//! SHELL: staging, swapping and recovering the output folder.
