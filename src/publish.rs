//! What publishing will do, as a value: which files to write, keep and remove, and where it must not publish.
//!
//! In: the manifest of what was published last, the hashes of what will be, and the places of things. Out: `Plan`, or a refusal. Knows nothing
//! of disks; `disk` carries it out.

pub mod disk;
pub mod error;
pub mod guard;
pub mod manifest;

pub use error::PublishError;
pub use manifest::{Hash, MANIFEST, Manifest};

/// What to do with each file, as indexes into the wanted files, and the old paths that go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// New or changed: to be written.
    pub write: Vec<usize>,
    /// Published before with the same content: to be taken over, if the disk agrees.
    pub keep: Vec<usize>,
    /// Published before, not wanted any more.
    pub remove: Vec<String>,
}

/// Compares what was published with what is wanted: paths in order, and the hash where it is known (an attachment's is not, before it is
/// read; it is kept when it was published, if the disk agrees).
#[must_use]
pub fn plan(old: &Manifest, wanted: &[(&str, Option<&Hash>)]) -> Plan {
    let mut plan = Plan::default();
    let mut old = old.files.iter().peekable();
    for (at, (path, hash)) in wanted.iter().enumerate() {
        while let Some((gone, _)) = old.next_if(|(old, _)| old.as_str() < *path) {
            plan.remove.push(gone.clone());
        }
        let same = match (old.next_if(|(old, _)| old.as_str() == *path), hash) {
            (Some((_, old)), Some(new)) => old == *new,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if same { plan.keep.push(at) } else { plan.write.push(at) }
    }
    plan.remove.extend(old.map(|(gone, _)| gone.clone()));
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_manifests() {
        let hash = |text: &str| Hash::of(text.as_bytes());
        let old = Manifest { files: ["a", "b", "c", "d"].map(|path| (path.to_owned(), hash(path))).into() };
        let [a, b] = [hash("a"), hash("changed")];
        let wanted = [("a", Some(&a)), ("b", Some(&b)), ("d", None), ("e", None)];
        assert_eq!(plan(&old, &wanted), Plan { write: vec![1, 3], keep: vec![0, 2], remove: vec!["c".to_owned()] });
        let all = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(plan(&old, &[("bb", None)]), Plan { write: vec![0], keep: Vec::new(), remove: all });
    }
}
