//! All variables, each defined once: the flags, the help, `.env.example` and `--check-config` are made of this table.

mod audio;
mod keeping;
mod log;
mod network;
mod sessions;

use super::variable::Variable;

const SWITCH: &str = "true or false";
const FILE: &str = "none, or the path of a file";

/// What there can be of anything that is counted.
const MOST: usize = 1_000_000;

/// Variables that belong together.
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) variables: &'static [Variable],
}

/// Every variable, in the order in which they are shown.
pub(super) static TABLE: [Group; 5] = [
    Group { title: "Network", variables: network::VARIABLES },
    Group { title: "What is served and kept", variables: keeping::VARIABLES },
    Group { title: "New sessions", variables: sessions::VARIABLES },
    Group { title: "Audio", variables: audio::VARIABLES },
    Group { title: "Log", variables: log::VARIABLES },
];

/// Every variable.
pub(super) fn all() -> impl Iterator<Item = &'static Variable> {
    TABLE.iter().flat_map(|group| group.variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_its_variable() {
        for variable in all() {
            let flag = variable.name.strip_prefix("AURALIS_").unwrap().to_lowercase().replace('_', "-");
            assert_eq!(variable.flag, flag);
            assert!(!variable.about.is_empty() && !variable.about.ends_with('.'), "{}", variable.name);
        }
    }
}
