//! Answers as JSON for the page.
//!
//! In: a `Response`, or names of blocks. Out: text. Written by hand, since a serializer would be the next largest part of the wasm.
//! A snippet is a list of strings, plain and marked in turn, the first plain: the page then needs to know nothing of UTF-8 offsets.

use biji_search::{Facet, Hit, Response, SectionHit, Snippet};

/// A list of names.
#[must_use]
pub fn names(names: &[String]) -> String {
    let mut out = String::new();
    list(&mut out, names, |out, name| string(out, name));
    out
}

/// An answer: `{"total", "partial", "hits": [{"url", "source", "title", "score", "sections": [{"anchor", "heading", "excerpt"}], "words"}]}`, and
/// when they were asked for `"facets": {"folders": [[name, pages]], "tags", "languages"}`.
#[must_use]
pub fn response(response: &Response) -> String {
    let mut out = format!("{{\"total\":{},\"partial\":{},\"hits\":", response.total, response.partial);
    list(&mut out, &response.hits, hit);
    if let Some(facets) = &response.facets {
        for (key, of) in
            [(",\"facets\":{\"folders\":", &facets.folders), (",\"tags\":", &facets.tags), (",\"languages\":", &facets.languages)]
        {
            out.push_str(key);
            list(&mut out, of, facet);
        }
        out.push('}');
    }
    out.push('}');
    out
}

fn facet(out: &mut String, facet: &Facet) {
    out.push('[');
    string(out, &facet.name);
    out.push_str(&format!(",{}]", facet.pages));
}

fn hit(out: &mut String, hit: &Hit) {
    out.push_str("{\"url\":");
    string(out, &hit.url);
    out.push_str(",\"source\":");
    string(out, &hit.source);
    out.push_str(",\"title\":");
    snippet(out, &hit.title);
    // JSON has no infinities; a score that is none of its numbers ranks nothing.
    let score = if hit.score.is_finite() { hit.score } else { 0.0 };
    // Thousandths are plenty, and keep the printing of floating point numbers out of the wasm.
    let thousandths = (f64::from(score) * 1000.0) as i64;
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
    out.push_str(&format!(",\"score\":{sign}{whole}.{rest:03},\"sections\":"));
    list(out, &hit.sections, section);
    out.push_str(",\"words\":");
    list(out, &hit.words, |out, word| string(out, word));
    out.push('}');
}

fn section(out: &mut String, section: &SectionHit) {
    out.push_str("{\"anchor\":");
    string(out, &section.anchor);
    out.push_str(",\"heading\":");
    snippet(out, &section.heading);
    out.push_str(",\"excerpt\":");
    snippet(out, &section.excerpt);
    out.push('}');
}

/// The pieces of a snippet. Ranges that overlap or cut a character are left out: a wrong mark must not cost the answer.
fn snippet(out: &mut String, snippet: &Snippet) {
    let text = &snippet.text;
    let mut pieces = Vec::with_capacity(snippet.highlights.len() * 2 + 1);
    let mut at = 0;
    for range in &snippet.highlights {
        let (start, end) = (range.start as usize, range.end as usize);
        if let (Some(plain), Some(marked)) = (text.get(at..start), text.get(start..end)) {
            pieces.extend([plain, marked]);
            at = end;
        }
    }
    pieces.push(&text[at..]);
    list(out, &pieces, |out, piece| string(out, piece));
}

fn list<T>(out: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

fn string(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control < ' ' => {
                out.push_str("\\u00");
                out.push(HEX[control as usize >> 4] as char);
                out.push(HEX[control as usize & 15] as char);
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use biji_search::Facets;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "one highlighted place is one range")]
    fn snippets_are_plain_and_marked_in_turn() {
        for (text, highlights, expected) in [
            ("静态 Pod", vec![0..6], r#"["","静态"," Pod"]"#),
            ("a\"b\\\n\u{1}", vec![], r#"["a\"b\\\n\u0001"]"#),
            ("静态", vec![1..3, 3..6], r#"["静","态",""]"#),
            ("abc", vec![1..2, 0..1, 2..9], r#"["a","b","c"]"#),
        ] {
            let mut out = String::new();
            snippet(&mut out, &Snippet { text: text.into(), highlights });
            assert_eq!(out, expected, "{text}");
        }
    }

    #[test]
    fn an_answer_is_one_object() {
        let hit = Hit { url: "a b.html".into(), score: 1.5, words: vec!["静态".into()], ..Hit::default() };
        let response = Response { total: 1, hits: vec![hit], ..Response::default() };
        assert_eq!(
            super::response(&response),
            r#"{"total":1,"partial":false,"hits":[{"url":"a b.html","source":"","title":[""],"score":1.500,"sections":[],"words":["静态"]}]}"#
        );
        let facet = |name: &str, pages| Facet { name: name.into(), pages };
        let facets = Facets { folders: vec![facet("k8s", 3), facet("k8s/\"net\"", 1)], tags: Vec::new(), languages: vec![facet("zh", 3)] };
        assert_eq!(
            super::response(&Response { facets: Some(facets), ..Response::default() }),
            r#"{"total":0,"partial":false,"hits":[],"facets":{"folders":[["k8s",3],["k8s/\"net\"",1]],"tags":[],"languages":[["zh",3]]}}"#
        );
    }
}
