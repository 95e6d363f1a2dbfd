//! SHELL: walks the content folder and reads it; nothing is skipped silently.
