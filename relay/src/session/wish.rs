//! What somebody who steers a session wishes.

use auralis_engine::Patch;
use auralis_engine::settings::{PARAMETERS, SettingError};
use auralis_protocol::Control;

/// What a control wishes to change. What this version does not know, a later one may mean.
///
/// # Errors
/// If one of its values cannot be had, or there is none.
pub fn patch_of(control: &Control) -> Result<Patch, SettingError> {
    let known = |name: &str| name == "layers" || PARAMETERS.iter().any(|p| p.name == name);
    let mut patch = Patch::default();
    for (name, value) in control.settings.iter().filter(|(name, _)| known(name)) {
        patch.set_json(name, value)?;
    }
    if patch.is_empty() {
        let names: Vec<_> = PARAMETERS.iter().map(|p| p.name).collect();
        return Err(SettingError {
            field: "control".into(),
            value: "nothing".into(),
            allowed: format!("any of {}", names.join(", ")),
        });
    }
    Ok(patch)
}
