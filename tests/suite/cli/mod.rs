//! The program, as an operator uses it.
