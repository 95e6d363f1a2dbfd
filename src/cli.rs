//! SHELL: the command line. One command a file; `report` is the only place that prints.
