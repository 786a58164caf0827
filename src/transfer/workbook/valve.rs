//! The way out of a workbook: a container that broke off must not get its end.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

/// Lets bytes through until it is shut; what comes behind is lost, as it should be.
pub(super) struct Valve<W> {
    out: W,
    shut: Rc<Cell<bool>>,
}

/// Shuts a valve when it is dropped.
pub(super) struct Shut(Rc<Cell<bool>>);

impl<W> Valve<W> {
    pub(super) fn before(out: W) -> (Self, Shut) {
        let shut = Rc::new(Cell::new(false));
        (Self { out, shut: shut.clone() }, Shut(shut))
    }
}

impl<W: Write> Write for Valve<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.shut.get() {
            return Ok(bytes.len());
        }
        // Whoever has once taken no more is not asked again.
        self.out.write(bytes).inspect_err(|error| self.shut.set(error.kind() != io::ErrorKind::Interrupted))
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.shut.get() { Ok(()) } else { self.out.flush() }
    }
}

impl Drop for Shut {
    fn drop(&mut self) {
        self.0.set(true);
    }
}
