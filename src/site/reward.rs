//! The pictures that the configuration names: payment codes, published like the pictures of notes.
//!
//! In: the configuration, the files of the content folder. Out: those that are published for it, and a diagnostic for each that is not there.

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::path::SourcePath;
use crate::source::Attachment;

/// Finds the pictures of `[reward]`. One that is private stays so, and is reported like one that does not exist.
#[must_use]
pub fn pictures<'a>(config: &Config, public: &[&'a Attachment], diagnostics: &mut Vec<Diagnostic>) -> Vec<&'a SourcePath> {
    let mut found = Vec::new();
    for way in config.reward.iter().flat_map(|reward| &reward.ways).filter(|way| !way.picture.is_empty()) {
        match public.iter().find(|file| file.path.as_str() == way.picture) {
            Some(file) => found.push(&file.path),
            None => {
                let message =
                    format!("no picture `{}{}`, which `reward` in biji.toml shows for `{}`", super::prefix(config), way.picture, way.name);
                let hint = match nearest(&way.picture, public.iter().map(|file| file.path.as_str())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "put it into the content folder, where nothing keeps it private, and name its path there".to_owned(),
                };
                diagnostics.push(Diagnostic::site(Code::BrokenImage, message).hint(hint));
            }
        }
    }
    found
}
