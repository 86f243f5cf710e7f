//! `cargo xtask soak`: the long tests at full length. `cargo xtask test` runs the same ones at a tenth.

use anyhow::Result;

use crate::test::end_to_end;
use crate::{report, site};

/// Runs those tests whose names have `soak` in them.
pub(crate) fn run() -> Result<()> {
    site::build()?;
    end_to_end::programs()?;
    let length = end_to_end::Length::Full;
    report::step("soak: end to end", || end_to_end::rust(length))?;
    report::step("soak: browsers", || end_to_end::browsers(length))?;
    Ok(())
}
