//! Every colour of text has a contrast of 4.5:1 at least on every ground it stands on, in both schemes: computed from the custom properties.

use std::collections::BTreeMap;

type Colour = [f64; 3];

/// The text's colours, and the grounds they stand on. `A+5B` is A with 5 % of B over it.
const PAIRS: &[(&str, &str)] = &[
    ("ink muted accent note tip important warning caution", "paper paper-raised paper+5ink paper+9accent"),
    ("ink", "mark paper+18accent"),
    ("ink muted accent", "code-ground"),
    (
        "code-c code-s code-e code-n code-k code-o code-t code-f code-v code-g code-a code-y code-m code-h code-i code-d code-x muted ink",
        "code-ground line-ground ins-ground del-ground",
    ),
    ("code-t", "paper"),
];

/// WCAG 2.2, success criterion 1.4.3.
const LEAST: f64 = 4.5;

#[test]
fn text_has_enough_contrast_in_both_schemes() {
    let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/biji/css/properties.css")).unwrap();
    for (scheme, at) in [("light", 0), ("dark", 1)] {
        let colours = colours(&css, at);
        let mut seen = 0;
        let mut faults = Vec::new();
        for (texts, grounds) in PAIRS {
            for text in texts.split(' ') {
                for ground in grounds.split(' ') {
                    let contrast = contrast(colours[text], mixed(&colours, ground));
                    if contrast < LEAST {
                        faults.push(format!("{scheme}: --{text} on --{ground}: {contrast:.2}"));
                    }
                    seen += 1;
                }
            }
        }
        assert!(faults.is_empty(), "below {LEAST}:1\n{}", faults.join("\n"));
        assert!(seen > 90);
        // What a new kind of token is drawn with must not be forgotten above.
        for name in colours.keys().filter(|name| name.starts_with("code-") && **name != "code-ground") {
            assert!(PAIRS.iter().any(|(texts, _)| texts.split(' ').any(|text| text == *name)), "--{name} is compared with nothing");
        }
    }
}

/// The colour of the browser's own frame is the page's.
#[test]
fn the_page_says_the_colour_of_its_paper() {
    let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/biji/css/properties.css")).unwrap();
    let base = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/base.html")).unwrap();
    for (scheme, at) in [("light", 0), ("dark", 1)] {
        let paper = colours(&css, at)["paper"];
        let [r, g, b] = paper.map(|part| part as u8);
        let line = format!("<meta name=\"theme-color\" content=\"#{r:02x}{g:02x}{b:02x}\" media=\"(prefers-color-scheme: {scheme})\">");
        assert!(base.contains(&line), "base.html lacks {line}");
    }
}

/// The properties that are a pair of colours, each with one of the two.
fn colours(css: &str, at: usize) -> BTreeMap<&str, Colour> {
    css.lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
            let colour = value.trim_end_matches(");").split(", ").nth(at)?;
            Some((name, parse(colour)))
        })
        .collect()
}

fn parse(text: &str) -> Colour {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).unwrap_or_else(|| panic!("{text} is not #rrggbb"));
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()))
}

fn mixed(colours: &BTreeMap<&str, Colour>, ground: &str) -> Colour {
    let Some((below, above)) = ground.split_once('+') else { return colours[ground] };
    let (share, name) = above.split_at(above.find(|c: char| !c.is_ascii_digit()).unwrap());
    let share = share.parse::<f64>().unwrap() / 100.0;
    std::array::from_fn(|at| colours[name][at] * share + colours[below][at] * (1.0 - share))
}

fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance as WCAG defines it.
fn luminance(colour: Colour) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
