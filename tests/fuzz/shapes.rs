//! Notes of one shape and any size that are hard on parsers: what is opened and never closed, nested, repeated, chained.
//!
//! Each makes a text of about `size` bytes. `benches/linear.rs` times them, the fuzzing takes them small.

/// A name and the text of about that many bytes.
pub(crate) type Shape = (&'static str, fn(usize) -> String);

/// Repeats `unit` up to `size` bytes.
fn many(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len() + 1)
}

/// `unit(0)`, `unit(1)`… up to `size` bytes.
fn counted(size: usize, unit: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut number = 0;
    while text.len() < size {
        text.push_str(&unit(number));
        number += 1;
    }
    text
}

/// `open` and then `close` as often.
fn nested(open: &str, inside: &str, close: &str, size: usize) -> String {
    let count = size / (open.len() + close.len()) + 1;
    format!("{}{inside}{}", open.repeat(count), close.repeat(count))
}

/// Lines, each deeper than the one before, to a depth of the square root of the size.
fn stairs(unit: &str, line: &str, size: usize) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut depth = 0;
    while text.len() < size {
        text.push_str(&unit.repeat(depth));
        text.push_str(line);
        depth += 1;
    }
    text
}

fn front(body: &str) -> String {
    format!("---\n{body}---\ntext\n")
}

/// Every shape.
pub(crate) const SHAPES: &[Shape] = &[
    ("prose, Latin", |n| many("The quick brown fox jumps over the lazy dog. It does so *every* day,\nand `nobody` minds.\n\n", n)),
    ("prose, Han", |n| many("静态 Pod 由 kubelet 直接管理，**不经过：**API 服务器。\n这是“另一行”。\n\n", n)),
    ("one paragraph", |n| many("word 词 ", n)),
    ("one long word", |n| many("词", n)),
    ("emojis in a row", |n| many(":tada:", n)),
    ("emojis and colons", |n| many(":tada::", n)),
    ("colons", |n| many("a:", n)),
    ("superscripts", |n| many("x^2^", n)),
    ("subscripts", |n| many("H~2~", n)),
    ("carets and tildes", |n| many("a^b~", n)),
    ("abbreviations", |n| counted(n, |number| format!("a{number}\n\n*[a{number}]: b\n\n"))),
    ("one abbreviation", |n| format!("*[a]: b\n\n{}", many("a ", n))),
    ("cells with wikilinks, cut", |n| format!("|a|\n|---|\n{}", many("| [[a|b]] |\n", n))),
    ("cells with wikilinks, open", |n| format!("|a|\n|---|\n{}", many("| [[a\n", n))),
    ("blank lines", |n| many("\n", n)),
    ("spaces", |n| many(" ", n)),
    ("NUL", |n| many("\0", n)),
    ("quotes in one line", |n| many("> ", n) + "a"),
    ("quotes, deeper by line", |n| stairs(">", "a\n", n)),
    ("quotes without spaces", |n| many(">", n)),
    ("lists in one line", |n| many("- ", n) + "a"),
    ("lists, deeper by line", |n| stairs("  ", "- a\n", n)),
    ("list items", |n| many("- a\n", n)),
    ("numbered items", |n| counted(n, |number| format!("{}. a\n", number + 1))),
    ("lists in quotes", |n| many("> - ", n) + "a"),
    ("lazy lines", |n| many("> ", n / 2) + &many("a\n", n / 2)),
    ("tasks", |n| many("- [/] a ^id\n", n)),
    ("brackets, open", |n| many("[", n)),
    ("brackets, nested", |n| nested("[", "a", "]", n)),
    ("links, nested", |n| nested("[", "a", "](b)", n)),
    ("links, open", |n| many("[a](", n)),
    ("links, open in angles", |n| many("[a](<b", n)),
    ("links with open titles", |n| many("[a](b \"", n)),
    ("images, nested", |n| nested("![", "a", "](b)", n)),
    ("links", |n| counted(n, |number| format!("[a](b{number}.md) "))),
    ("wikilinks, open", |n| many("[[", n)),
    ("wikilinks, open with words", |n| many("[[a ", n)),
    ("wikilinks", |n| counted(n, |number| format!("[[gone {number}#a|b]] "))),
    ("wikilinks to itself", |n| many("[[note#^b]] ", n) + "\n\nx ^b\n"),
    ("embeds, open", |n| many("![[", n)),
    ("embeds of a note", |n| many("![[target]]\n\n", n / 40)),
    ("embeds of itself", |n| many("![[note]]\n\n", n / 40)),
    ("wikilinks in brackets", |n| nested("[", "[[a]]", "]", n)),
    ("stars", |n| many("*", n)),
    ("stars and words", |n| many("*a ", n)),
    ("stars between words", |n| many("a*", n)),
    ("strong, nested", |n| nested("**a ", "b", " c**", n)),
    ("stars of three kinds", |n| many("*a **a ***a ", n)),
    ("stars and underscores", |n| many("*a_ ", n)),
    ("underscores", |n| many("_a __b ", n)),
    ("tildes", |n| many("~~a ~b ", n)),
    ("stars at Chinese marks", |n| many("**“中”**，*（文）", n)),
    ("stars at Chinese marks, open", |n| many("中**：", n)),
    ("marks, open", |n| many("==a ", n)),
    ("marks", |n| many("==a== ", n)),
    ("equals", |n| many("=", n)),
    ("dollars", |n| many("$", n)),
    ("formulas, open", |n| many("$a ", n)),
    ("formulas, open over lines", |n| many("$$a\n", n)),
    ("formulas", |n| many("$x^2$ ", n)),
    ("braces in formulas", |n| format!("$${}$$", many("{", n))),
    ("one formula", |n| format!("$${}$$", many("\\frac{a}{b}", n))),
    ("comments, open", |n| many("%% a\n\n", n) + "%%"),
    ("comments", |n| many("%%a%% ", n)),
    ("percent signs", |n| many("%", n)),
    ("comments in odd code", |n| many("`%%`` ", n)),
    ("backticks, longer by word", |n| stairs("`", " a ", n)),
    ("backticks, shorter by word", |n| {
        let mut runs: Vec<String> = (1..).map(|length| "`".repeat(length) + "a").take((n as f64).sqrt() as usize + 1).collect();
        runs.reverse();
        runs.join(" ")
    }),
    ("backticks", |n| many("`", n)),
    ("code spans, open", |n| many("`a `` b ", n)),
    ("fences", |n| many("```\na\n```\n", n)),
    ("fences with languages", |n| many("```rust\nlet x;\n```\n", n)),
    ("fences of unknown languages", |n| counted(n, |number| format!("```l{number}\na\n```\n"))),
    ("one fence, open", |n| format!("```rust\n{}", many("let x = 1;\n", n))),
    ("info strings", |n| format!("```{}\na\n```\n", many("a=\"b\" {1} ", n))),
    ("info strings, open", |n| format!("```js {}\na\n```\n", many("{[a=\"", n))),
    ("info strings of numbers", |n| format!("```js {{{}}}\na\n```\n", counted(n, |number| format!("{number}-{},", number * 7)))),
    ("marks in comments of code", |n| format!("```js\n{}```\n", many("f(); // [!code ++:900] [!code focus]\n", n))),
    ("marks in one comment of code", |n| format!("```js\nf(); // {}\n```\n", many("[!code ++] ", n))),
    ("highlights in code, open", |n| format!("```js\n{}```\n", many("// highlight-start\n", n))),
    ("annotations", |n| {
        let code = counted(n / 2, |number| format!("f(); # ({number})\n"));
        format!("```js\n{code}```\n\n{}", counted(n / 2, |number| format!("{}. a\n", number + 1)))
    }),
    ("annotations in one line", |n| format!("```js\nf(); // {}\n```\n\n1. a\n", many("(1) ", n))),
    ("lists behind code, nested", |n| format!("```js\nf(); # (1)\n```\n\n{}a\n", many("1. ", n))),
    ("included files", |n| many("```js file=\"code.txt\" region=\"one\"\n```\n", n)),
    ("diagrams", |n| counted(n / 20, |number| format!("```mermaid\ngraph TD\n A{number} --> B\n```\n"))),
    ("one diagram", |n| format!("```mermaid\ngraph TD\n{}```\n", counted(n, |number| format!(" A{number} --> A{}\n", number / 2)))),
    ("one diagram in a line", |n| format!("```mermaid\ngraph TD; {}\n```\n", many("A --> B & C;", n))),
    ("diagrams, nested", |n| format!("```mermaid\ngraph TD\n{}```\n", many("subgraph a\n", n))),
    ("state machines, nested", |n| format!("```mermaid\nstateDiagram-v2\n{}```\n", many("state a {\n", n))),
    ("messages", |n| format!("```mermaid\nsequenceDiagram\n{}```\n", many("loop x\nA->>+B: 你\n", n))),
    ("mind maps, deeper by line", |n| format!("```mermaid\nmindmap\n{}```\n", stairs(" ", "a\n", n))),
    ("brackets in diagrams", |n| format!("```mermaid\ngraph TD\nA{}\n```\n", many("[(", n))),
    ("tildes as fences", |n| many("~~~\n", n)),
    ("indented code", |n| many("    a\n", n)),
    ("backslashes", |n| many("\\", n)),
    ("escapes", |n| many("\\*\\[", n)),
    ("entities, open", |n| many("&am &#", n)),
    ("entities", |n| many("&amp;&#65;", n)),
    ("angles", |n| many("<", n)),
    ("tags, open", |n| many("<a ", n)),
    ("tags with open values", |n| many("<a b=\"", n)),
    ("tags, nested", |n| nested("<b>", "a", "</b>", n)),
    ("tags, never closed", |n| many("<b>a ", n)),
    ("blocks of HTML, never closed", |n| many("<div>\n\n", n)),
    ("end tags", |n| many("</b>", n)),
    ("attributes", |n| format!("<a{}>", counted(n, |number| format!(" a{number}=\"b\"")))),
    ("comments of HTML, open", |n| many("<!-- ", n)),
    ("instructions, open", |n| many("<?", n)),
    ("declarations, open", |n| many("<!A ", n)),
    ("CDATA, open", |n| many("<![CDATA[", n)),
    ("scripts, open", |n| many("<script>\n\n", n)),
    ("ids of HTML", |n| counted(n, |number| format!("<a id=\"x{number}\"></a>\n"))),
    ("one id of HTML", |n| many("<a id=\"x\"></a>\n", n)),
    ("srcset", |n| format!("<img srcset=\"{}\">", counted(n, |number| format!("{number}.png 1x, ")))),
    ("headings", |n| counted(n, |number| format!("## a{number}\n"))),
    ("headings of one name", |n| many("# a\n\n", n)),
    ("headings that count", |n| counted(n, |number| format!("# a\n# a-{number}\n"))),
    ("explicit ids of one name", |n| many("# a {#b}\n", n)),
    ("hashes", |n| many("#", n)),
    ("one heading", |n| format!("# {}\n", many("a *b* ", n))),
    ("heading attributes", |n| format!("# a {{{}}}\n", many(".a ", n))),
    ("underlined headings", |n| many("a\n=\n", n)),
    ("table columns", |n| format!("{}|\n{}|\na\n", many("|a", n / 2), many("|-", n / 2))),
    ("table columns and rows", |n| {
        let columns = (n as f64).sqrt() as usize / 2 + 1;
        format!("{}\n{}\n{}", "|a".repeat(columns), "|-".repeat(columns), many("|b\n", n))
    }),
    ("table rows", |n| format!("|a|b|\n|-|-|\n{}", many("|c|d|\n", n))),
    ("pipes", |n| many("|", n)),
    ("definitions", |n| counted(n, |number| format!("[a{number}]: b\n"))),
    ("definitions and uses", |n| counted(n, |number| format!("[a{number}]: b\n\n[a{number}]\n\n"))),
    ("one definition, many uses", |n| format!("[a]: {}\n\n{}", "b".repeat(1_000), many("[a] ", n / 500))),
    ("definitions, open", |n| many("[a\n", n)),
    ("definition with a long label", |n| format!("[{}]: b\n", many("a ", n))),
    ("definitions with open titles", |n| many("[a]: b '\n", n)),
    ("footnotes", |n| counted(n, |number| format!("[^{number}]\n\n[^{number}]: a\n\n"))),
    ("footnotes, unused", |n| counted(n, |number| format!("[^{number}]: a\n\n"))),
    ("one footnote, many uses", |n| format!("{}\n\n[^a]: b\n", many("[^a] ", n))),
    ("footnotes in footnotes", |n| counted(n, |number| format!("[^{number}]: [^{}]\n\n", number + 1)) + "[^0]\n"),
    ("inline footnotes, open", |n| many("^[", n)),
    ("inline footnotes, open with words", |n| many("^[a ", n)),
    ("inline footnotes, nested", |n| nested("^[", "a", "]", n)),
    ("inline footnotes", |n| many("a^[b] ", n)),
    ("tags of one name", |n| many("#tag ", n)),
    ("tags of many names", |n| counted(n.min(200_000), |number| format!("#t{} ", number % 1_000)) + &many("#t1 ", n)),
    ("one deep tag", |n| many("#a/b/c/d/e/f/g/h ", n)),
    ("one tag", |n| format!("#{}", many("a/", n))),
    ("block ids", |n| counted(n, |number| format!("a ^b{number}\n\n"))),
    ("block ids of one name", |n| many("a ^b\n\n", n)),
    ("names of one block", |n| format!("a\n\n{}", counted(n, |number| format!("^b{number}\n\n")))),
    ("carets", |n| many("^", n)),
    ("callouts", |n| many("> [!note]\n> a\n\n", n)),
    ("callouts, nested", |n| stairs("> ", "[!tip]\n", n)),
    ("callouts, open", |n| many("> [!", n)),
    ("containers, open", |n| many("::: tip\n", n)),
    ("containers, closed", |n| many("::: tip\na\n:::\n", n)),
    ("containers, longer by line", |n| stairs(":", "::: tip\n", n)),
    ("containers of unknown names", |n| counted(n, |number| format!("::: x{number}\na\n:::\n"))),
    ("containers, nested", |n| nested("::: details a\n", "b\n", ":::\n", n)),
    ("containers that longer fences end", |n| nested("::: tip\n", "a\n", "::::\n", n)),
    ("containers that no fence ends", |n| nested(":::: tip\n", "a\n", ":::\n", n)),
    ("containers in quotes", |n| many("> ::: tip\n> a\n\n", n)),
    ("containers in items", |n| many("- ::: tip\n  a\n", n)),
    ("containers in HTML", |n| format!("<div>\n{}", many("a\n:::\n", n))),
    ("containers in one comment of HTML", |n| format!("<!--\n{}", many("::: tip\n", n))),
    ("tabs", |n| format!(":::: tabs\n{}::::\n", many("::: tab a **b**\nc\n:::\n", n))),
    ("groups of code", |n| format!("::: code-group\n{}:::\n", many("```sh [a]\nb\n```\n", n))),
    ("one title of a container", |n| format!("::: tip {}\na\n:::\n", many("*a* [b](c.md) ", n))),
    ("attributes of a container", |n| format!("::: tip {{{}}}\na\n:::\n", many(".a #b c=d ", n))),
    ("fences in a paragraph", |n| many("a\n:::\n", n)),
    ("fence candidates in code", |n| format!("```\n{}", many("::: tip\n:::\n", n))),
    ("figures", |n| many("![a](b.png \"c\")\n\n", n)),
    ("colons", |n| many(":", n)),
    ("short codes", |n| many(":smile:a: ", n)),
    ("definition lists", |n| many("a\n: b\n\n", n)),
    ("definition lists, open", |n| many(": a\n", n)),
    ("abbreviations", |n| counted(n, |number| format!("*[A{number}]: b\n")) + "A1 A2"),
    ("small letters", |n| many("H~2~O x^2^ ", n)),
    ("addresses", |n| counted(n, |number| format!("https://example.org/{number} "))),
    ("one address", |n| format!("https://example.org/{}", many("a(", n))),
    ("www", |n| many("www.", n)),
    ("mail addresses", |n| many("a@", n)),
    ("one mail address", |n| many("a.", n) + "@b.c"),
    ("angle addresses, open", |n| many("<https://a", n)),
    ("rules", |n| many("---\n", n)),
    ("hard breaks", |n| many("a  \n", n)),
    ("carriage returns", |n| many("a\r", n)),
    ("combining letters", |n| format!("# a{}\n", many("\u{301}", n))),
    ("pairs of surrogates", |n| many("😀\u{200d}", n)),
    ("YAML list", |n| front(&format!("tags: [{}]\n", counted(n.min(2_000_000), |number| format!("t{number}, "))))),
    ("YAML, deep", |n| front(&format!("a: {}\n", many("[", n)))),
    ("YAML, deep by line", |n| front(&stairs(" ", "a:\n", n))),
    ("YAML keys", |n| front(&counted(n, |number| format!("k{number}: v\n")))),
    ("YAML text", |n| front(&format!("title: |\n{}", many("  a\n", n)))),
    ("YAML quotes", |n| front(&format!("title: \"{}\"\n", many("\\u0041", n)))),
    ("YAML anchors", |n| front(&counted(n, |number| format!("k{number}: &a{number} v\nl{number}: *a{number}\n")))),
    ("YAML bomb", |n| {
        front(&format!("a0: &a0 [x]\n{}", counted(n, |number| format!("a{0}: &a{0} [*a{1}, *a{1}, *a{1}]\n", number + 1, number))))
    }),
    ("YAML without an end", |n| format!("---\n{}", many("a: b\n", n))),
    ("TOML keys", |n| format!("+++\n{}+++\ntext\n", counted(n, |number| format!("k{number} = 'v'\n")))),
    ("TOML list", |n| format!("+++\ntags = [{}]\n+++\ntext\n", counted(n.min(2_000_000), |number| format!("'t{number}', ")))),
    ("TOML, deep", |n| format!("+++\na = {}\n+++\n", many("[", n))),
    ("TOML, deep tables", |n| format!("+++\n[{}a]\n+++\n", many("a.", n))),
    ("TOML tables", |n| format!("+++\n{}+++\n", counted(n, |number| format!("[t{number}]\na = 1\n")))),
    ("aliases", |n| front(&format!("aliases: [{}]\n", counted(n.min(2_000_000), |number| format!("a{number}, "))))),
];
