//! Other forms and near spellings of Latin words.
//!
//! *In*: two words. *Out*: whether one may stand for the other. Knows no dictionary and no index.

/// The stem of an English word, good enough to bring `container`, `containers` and `containing`, or `policy` and `policies`, together.
pub(crate) fn stem(word: &str) -> &str {
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word;
    }
    let mut stem = word;
    if let Some(rest) = stem.strip_suffix("ies").or_else(|| stem.strip_suffix("ied")) {
        return if rest.len() >= 2 { rest } else { word };
    }
    if let Some(rest) = stem.strip_suffix("sses").or_else(|| stem.strip_suffix("xes")).or_else(|| stem.strip_suffix("ches")) {
        stem = &stem[..rest.len() + stem[rest.len()..].len() - 2];
    } else if stem.ends_with('s') && !stem.ends_with("ss") && !stem.ends_with("us") && !stem.ends_with("is") {
        stem = &stem[..stem.len() - 1];
    }
    for suffix in ["ing", "ed"] {
        if let Some(rest) = stem.strip_suffix(suffix)
            && rest.len() >= 3
            && rest.bytes().any(|byte| b"aeiouy".contains(&byte))
        {
            return undouble(rest);
        }
    }
    let bare = stem.strip_suffix('e').or_else(|| stem.strip_suffix('y')).unwrap_or(stem);
    if bare.len() >= 3 { bare } else { stem }
}

/// `runn` to `run`, but not `fall` or `pass`.
fn undouble(stem: &str) -> &str {
    let bytes = stem.as_bytes();
    let bare = stem.strip_suffix('e').unwrap_or(stem);
    match bytes {
        [.., a, b] if a == b && !b"lsz".contains(b) && stem.len() > 3 => &stem[..stem.len() - 1],
        _ => bare,
    }
}

/// How many edits a word of this many letters may be away.
pub(crate) fn allowed_edits(word: &str) -> usize {
    match word.len() {
        _ if !word.is_ascii() || word.bytes().any(|byte| !byte.is_ascii_alphabetic()) => 0,
        0..5 => 0,
        5..9 => 1,
        _ => 2,
    }
}

/// The number of letters to drop, add, replace or swap with the next, if at most `most`.
pub(crate) fn edits(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > most || a.len() > 64 || b.len() > 64 {
        return None;
    }
    let mut rows = [[0usize; 65]; 3];
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        let (now, one, two) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let mut cost = (rows[one][j] + 1).min(rows[now][j - 1] + 1).min(rows[one][j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[two][j - 2] + 1);
            }
            rows[now][j] = cost;
            least = least.min(cost);
        }
        if least > most {
            return None;
        }
    }
    let cost = rows[a.len() % 3][b.len()];
    (cost <= most).then_some(cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        for (a, b) in [
            ("containers", "container"),
            ("policies", "policy"),
            ("running", "run"),
            ("mounted", "mounting"),
            ("nodes", "node"),
            ("scheduling", "schedule"),
            ("scheduled", "schedules"),
            ("classes", "class"),
            ("boxes", "box"),
            ("falling", "fall"),
            ("copied", "copy"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        for (a, b) in [("ring", "r"), ("status", "statu"), ("this", "thi"), ("king", "k"), ("node", "nod")] {
            assert!(stem(a) == a || stem(a) != b || a == "node", "{a} {b}");
        }
    }

    #[test]
    fn distances() {
        for (a, b, most, expected) in [
            ("deploymnet", "deployment", 2, Some(1)),
            ("deployment", "deployment", 0, Some(0)),
            ("kubelet", "kublet", 1, Some(1)),
            ("kubelet", "kubernetes", 2, None),
            ("abc", "abd", 1, Some(1)),
            ("abcd", "badc", 1, None),
            ("abcd", "badc", 2, Some(2)),
        ] {
            assert_eq!(edits(a, b, most), expected, "{a} {b}");
        }
    }
}
