//! Who is inside, as CSV.

use std::io::Write;

use super::Dialect;
use super::cells::Cells;
use super::sheet::Sheet;
use crate::checkins::Evacuation;
use crate::error::Result;
use crate::values::Language;

/// Writes zone and name of everybody who is inside, a line each. Returns how many they are.
pub fn evacuation_csv(out: impl Write, (dialect, locale): (Dialect, Language), evacuation: &Evacuation) -> Result<u64> {
    let mut sheet = Sheet::begin(out, (dialect, locale), chrono_tz::UTC, ["zone", "name"])?;
    for zone in &evacuation.zones {
        for name in &zone.names {
            sheet.text(&zone.zone)?;
            sheet.text(name)?;
            sheet.end_row()?;
        }
    }
    sheet.finish()
}
