//! How many tokens each field of each document has: in the hot blocks, as every score needs them.
//!
//! *In*: counts. *Out*: a file of one byte a field and document, field by field, behind each field's mean; and the counts again, exact where
//! they are small, to an eighth where they are not. Damaged bytes give `None`.

use crate::schema::FIELDS;

/// Counts below this are exact.
const EXACT: u32 = 48;

/// The lengths of all documents.
pub(crate) struct Lengths {
    codes: [Vec<u8>; FIELDS],
    /// Mean length of a field over all documents, at least one.
    pub(crate) means: [f32; FIELDS],
    counts: Vec<u32>,
}

impl Lengths {
    /// Reads the file.
    pub(crate) fn decode(bytes: &[u8], documents: u32) -> Option<Self> {
        let (head, mut rest) = bytes.split_at_checked(4 * FIELDS)?;
        let documents = documents as usize;
        if rest.len() != documents.checked_mul(FIELDS)? {
            return None;
        }
        let mut means = [1.0; FIELDS];
        for (mean, total) in means.iter_mut().zip(head.chunks_exact(4)) {
            let total = u32::from_le_bytes(total.try_into().ok()?);
            *mean = (total as f32 / documents.max(1) as f32).max(1.0);
        }
        let codes = std::array::from_fn(|_| {
            let (codes, after) = rest.split_at(documents);
            rest = after;
            codes.to_vec()
        });
        Some(Self { codes, means, counts: steps().collect() })
    }

    /// How many tokens a field of a document has.
    pub(crate) fn get(&self, field: usize, doc: u32) -> u32 {
        let code = self.codes[field].get(doc as usize).copied().unwrap_or_default();
        self.counts.get(usize::from(code)).copied().unwrap_or(u32::MAX)
    }
}

/// Writes the file.
#[cfg(feature = "build")]
pub(crate) fn encode(lengths: &[[u32; FIELDS]]) -> Vec<u8> {
    let steps: Vec<u32> = steps().collect();
    let mut out = Vec::with_capacity(4 * FIELDS + lengths.len() * FIELDS);
    for field in 0..FIELDS {
        let total: u64 = lengths.iter().map(|of_document| u64::from(of_document[field])).sum();
        out.extend_from_slice(&u32::try_from(total).unwrap_or(u32::MAX).to_le_bytes());
    }
    for field in 0..FIELDS {
        out.extend(lengths.iter().map(|of_document| (steps.partition_point(|&step| step <= of_document[field]) - 1) as u8));
    }
    out
}

/// The counts that codes stand for, ascending: fewer than 256.
fn steps() -> impl Iterator<Item = u32> {
    std::iter::successors(Some(0u32), |&step| step.checked_add(if step < EXACT { 1 } else { step / 8 }))
}

#[cfg(all(test, feature = "build"))]
mod tests {
    use super::*;

    #[test]
    fn lengths_come_back() {
        assert!(steps().count() < 256);
        for (count, back) in [(0, 0), (1, 1), (47, 47), (48, 48), (53, 48), (54, 54), (1000, 956), (u32::MAX, steps().last().unwrap_or(0))]
        {
            let bytes = encode(&[[count; FIELDS], [1; FIELDS]]);
            let lengths = Lengths::decode(&bytes, 2).map(|lengths| (lengths.get(3, 0), lengths.get(4, 1)));
            assert_eq!(lengths, Some((back, 1)), "{count}");
            assert!(Lengths::decode(&bytes, 3).is_none() && Lengths::decode(&bytes[..7], 2).is_none());
        }
    }
}
