//! Inputs for the fuzzing: pieces of real notes, put together and damaged, the same ones for the same seed.
//!
//! Coverage-guided fuzzers need a nightly compiler and start from bytes; this language's surprises are in how its marks meet, so a dictionary
//! of marks and real notes to put them into come further in a minute.

#[path = "../common/random.rs"]
mod random;

pub(crate) use random::Random;

fn pick<'t>(random: &mut Random, list: &[&'t str]) -> &'t str {
    random.of::<&str>(list)
}

/// A place in `text`.
fn place(random: &mut Random, text: &str) -> usize {
    text.floor_char_boundary(random.below(text.len() + 1))
}

/// Marks of CommonMark, Obsidian, GitHub, HTML and of Biji's own notation.
const TOKENS: &[&str] = &[
    "```js {1,3-5} title=\"a\"\n",
    "```yaml linenums=\"7\" hl_lines=\"1 2\"\n",
    "``` {.c ins=1 del={2}}\n",
    "```text file=\"code.txt\" region=\"one\"\n```\n",
    "```text file=\"code.txt\" lines=\"2-3\"\n```\n",
    "```mermaid\n",
    "graph TD\n",
    "sequenceDiagram\n",
    " A --> B\n",
    "A[\"x\"] -->|y| B{z}\n",
    "subgraph s\n",
    "end\n",
    "click A href \"javascript:x\"\n",
    " // [!code ++]\n",
    "# [!code focus:2]\n",
    "<!-- [!code --] -->\n",
    "// highlight-start\n",
    "// highlight-end\n",
    "# highlight-next-line\n",
    " # (1)\n",
    " // (1)! (2)\n",
    "/* (1) */\n",
    "```\n\n1. a\n2. b\n",
    ":line-numbers=5 ",
    "[file.js] ",
    "showLineNumbers ",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "=",
    "H~2~O",
    "x^2^",
    ":tada:",
    ":",
    "\n*[target]: b\n",
    "*[",
    "==",
    "===",
    "---",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "1) ",
    "> ",
    ">> ",
    "# ",
    "## ",
    "###### ",
    "#",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    "    ",
    " ",
    "  \n",
    "\\",
    "\\\n",
    "|",
    "|---|\n",
    "|:-:|",
    "| a |\n|---|\n| b |\n",
    "[",
    "]",
    "(",
    ")",
    "[]",
    "[x]",
    "[ ] ",
    "[/] ",
    "- [ ] ",
    "- [x] ",
    "- [-] ",
    "[[",
    "]]",
    "![[",
    "![",
    "[^1]",
    "[^1]: ",
    "[^",
    "^[",
    "^",
    "^id",
    " ^id\n",
    "[a]: ",
    "[a]: b \"c\"\n",
    "[a][a]",
    "](",
    "](<",
    ">)",
    "](b.md)",
    "](javascript:x)",
    "![a](b.png)",
    "[[target]]",
    "[[target#^block]]",
    "[[target#One#Two]]",
    "![[target]]",
    "![[note]]",
    "![[note#^id]]",
    "![[target#One]]",
    "![[other]]",
    "![[b.png|300]]",
    "[[note|",
    "[[#",
    "|a]]",
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<!-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!D",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<div",
    "<span hidden>",
    "</span>",
    "<b>",
    "</b>",
    "<a href=\"b.md\">",
    "</a>",
    "<a href=",
    "<a id=\"x\">",
    "<img src=x alt='",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<textarea>",
    "<title>",
    "<template>",
    "</template>",
    "<svg><path/>",
    "</svg>",
    "<math>",
    "<table><tr><td>",
    "</table>",
    "<td>",
    "<li>",
    "<details><summary>",
    "</summary>",
    "</details>",
    "<pre>",
    "<code>",
    "</code>",
    "<br>",
    "</br>",
    "<html>",
    "</body>",
    "</main>",
    "</article>",
    "<select>",
    "<xmp>",
    "<plaintext>",
    "<noscript>",
    "<iframe src=\"x\">",
    "<picture><source srcset=\"a.png 1x, b.png 2x\">",
    "<h2 id=x>",
    "</h2>",
    "&amp;",
    "&",
    "&#0;",
    "&#x1f600;",
    "&nbsp;",
    "&lt;",
    "$",
    "$$",
    "$x$",
    "$$\n",
    "\\frac{",
    "{",
    "}",
    "\\begin{matrix}",
    "&\\\\",
    "\\(",
    ":::",
    "::::",
    "\n:::\n",
    "\n::::\n",
    "\n::: tip\n",
    "\n::: tip Title **b**\n",
    "\n:::note[a]{.b #c}\n",
    "\n::: {.danger #x}\n",
    "\n> ::: info\n",
    "\n- ::: tip\n",
    "\n  :::\n",
    "\n::: details a {open}\n",
    "\n:::: tabs\n::: tab a\n",
    "\n::: tab [[note]]\n",
    "\n::: code-group\n```sh [a]\nb\n```\n",
    "\n::: steps\n1. a\n",
    "\n:::: cards\n::: card [a](b.md)\n",
    "\n::: figure a ^[b] %%c%%\n",
    "\n::: figure ![[note]]\n![a](b.png \"c\")\n:::\n",
    "\n![a](b.png \"c\")\n",
    "\n::: wrong <b>x\n",
    "%%",
    "%%%",
    "%%\n",
    "%",
    "#tag",
    "#a/b",
    "#标签",
    "#1",
    "==a==",
    "> [!note] ",
    "> [!tip]- ",
    "> [!faq]+\n",
    "> [!",
    "[!",
    "[!note]",
    ":::",
    ":::: tabs\n",
    "::: details\n",
    "::: {.x}\n",
    "=== \"tab\"\n",
    "```rust {1,3-5} title=\"a\"\n",
    "```mermaid\ngraph TD\n",
    "```console\n$ a\n",
    "{#id}",
    " {#x .y z=w}",
    "{.",
    "}\n",
    ": ",
    "\n: a\n",
    "*[HTML]: ",
    ":smile:",
    ":+1:",
    ":",
    "H~2~O",
    "x^2^",
    "https://a.b/c_(d)",
    "www.a.b",
    "a@b.c",
    "<https://a>",
    "mailto:",
    "---\ntitle: ",
    "---\n",
    "+++\n",
    "+++\na = ",
    "tags: [a, ",
    "aliases:\n  - ",
    "publish: false\n",
    "draft: ",
    "date: 2024-01-01\n",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!str ",
    "? ",
    "- - ",
    "|2-\n",
    ">-\n",
    "'",
    "\"",
    "\"\"\"",
    "'''",
    "{a: ",
    "[[a]]\n",
    "permalink: ",
    "slug: ",
    "...\n",
    "，",
    "。",
    "：",
    "“",
    "”",
    "（",
    "）",
    "《",
    "》",
    "、",
    "！",
    "？",
    "「",
    "」",
    "——",
    "……",
    "中",
    "文",
    "静态 Pod",
    "笔记",
    "ひら",
    "カナ",
    "한국어",
    "é",
    "e\u{301}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{a0}",
    "\u{3000}",
    "\u{2028}",
    "\u{85}",
    "\u{1a}",
    "\u{0}",
    "\u{1b}",
    "\u{7f}",
    "\u{fffd}",
    "\u{10ffff}",
    "\u{202e}",
    "\u{fe0f}",
    "😀",
    "👩\u{200d}👩\u{200d}👧",
    "𠀀",
    "İ",
    "ß",
    "ﬁ",
    "a",
    "b",
    "word",
    "0",
    "9",
];

/// Marks that mean nothing beside a comment's: with only these around, every two `%%` are one.
const PLAIN: &[&str] = &[
    "*",
    "**",
    "_",
    "~~",
    "==",
    "- ",
    "1. ",
    "> ",
    "# ",
    "## ",
    "\n",
    "\n\n",
    "\n\n",
    " ",
    "|",
    "| a |\n|---|\n| b |\n",
    "[[target]]",
    "![[target]]",
    "[^1]",
    "[^1]: ",
    "^[a]",
    " ^id\n",
    "#tag",
    "> [!note] ",
    "> [!tip]- ",
    "- [x] ",
    "，",
    "。",
    "（",
    "中",
    "文",
    "한",
    "word",
    "a",
    "%%",
    "%%",
    "%%\n",
    "\n%%\n",
    "%",
    "---",
    "***\n",
    "term\n: ",
    "https://a.b/c",
    "]",
    "[",
    ":::",
    "::: tip\n",
];

/// The next input.
pub(crate) fn input(random: &mut Random, seeds: &[String]) -> String {
    let mut text = String::new();
    match random.below(10) {
        0 => tokens(random, TOKENS, &mut text),
        1 => {
            text.push_str(if random.below(2) == 0 { "---\n" } else { "+++\n" });
            tokens(random, TOKENS, &mut text);
            text.push_str(if random.below(2) == 0 { "\n---\n" } else { "\n+++\n" });
            lines(random, seeds, &mut text);
        }
        _ => {
            for _ in 0..1 + random.below(3) {
                lines(random, seeds, &mut text);
            }
        }
    }
    for _ in 0..random.below(9) {
        damage(random, seeds, &mut text);
        text.truncate(text.floor_char_boundary(20_000));
    }
    text
}

/// An input with words in comments that must not be published, and these words.
pub(crate) fn with_secrets(random: &mut Random) -> (String, Vec<String>) {
    let mut text = String::new();
    for number in 0..1 + random.below(60) {
        if random.below(4) == 0 {
            text.push_str(&format!("canary{number}word"));
        } else {
            text.push_str(pick(random, PLAIN));
        }
    }
    // A note that starts like front matter may be held back whole, and code is no place for comments: neither indented nor behind tildes.
    let mut text = format!("x\n\n{}", text.replace("    ", " ").trim_start());
    while text.contains("~~~") {
        text = text.replace("~~~", "~~");
    }
    let secrets = text.split("%%").skip(1).step_by(2).flat_map(|comment| comment.split(|letter: char| !letter.is_ascii_alphanumeric()));
    let secrets = secrets.filter(|word| word.starts_with("canary")).map(str::to_owned).collect();
    (text, secrets)
}

fn tokens(random: &mut Random, list: &[&str], text: &mut String) {
    for _ in 0..1 + random.below(60) {
        text.push_str(pick(random, list));
    }
}

/// Some lines of a seed.
fn lines(random: &mut Random, seeds: &[String], text: &mut String) {
    let seed: Vec<&str> = seeds[random.below(seeds.len())].split_inclusive('\n').collect();
    if seed.is_empty() {
        return;
    }
    let start = random.below(seed.len());
    let count = 1 + random.below(40);
    text.extend(seed[start..].iter().take(count).copied());
}

fn damage(random: &mut Random, seeds: &[String], text: &mut String) {
    let (a, b) = (place(random, text), place(random, text));
    let (start, end) = (a.min(b), a.max(b));
    // Mostly small pieces.
    let near = text.floor_char_boundary(end.min(start + random.below(30)));
    let near = near.max(start);
    match random.below(16) {
        0..=4 => text.insert_str(start, pick(random, TOKENS)),
        5 => text.insert_str(start, &pick(random, TOKENS).repeat(1 + random.below(200))),
        6 => text.replace_range(start..near, ""),
        7 => text.replace_range(start..end, ""),
        8 => text.replace_range(start..near, pick(random, TOKENS)),
        9 => {
            let piece = text[start..near].to_owned();
            let to = place(random, text);
            text.insert_str(to, &piece);
        }
        10 => {
            let piece = text[start..near].repeat(1 + random.below(50));
            text.insert_str(start, &piece);
        }
        11 => {
            let lead = pick(random, TOKENS);
            let inner: String = text[start..end].split_inclusive('\n').map(|line| format!("{lead}{line}")).collect();
            text.replace_range(start..end, &inner);
        }
        12 => text.truncate(end),
        13 => *text = text.replace('\n', pick(random, &["\r\n", "\r", " ", "\n\n", "\n> ", "\n    "])),
        14 => {
            let mut piece = String::new();
            lines(random, seeds, &mut piece);
            text.insert_str(start, &piece);
        }
        _ => {
            let letter = char::from_u32((random.next() % 0x11_0000) as u32).unwrap_or('\u{fffd}');
            text.insert(start, letter);
        }
    }
}
