//! What stands around a note: rights, links to the source, thanks, comments, and the policy that goes with them.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod whole;

use biji::config::Config;
use biji::diagnostic::File;
use biji::render::policy;

/// Reads a configuration that has no fault.
fn config(text: &str) -> Config {
    let (config, faults) = Config::parse(&File { path: "biji.toml".into(), text: text.into() });
    assert!(faults.is_empty(), "{faults:?}");
    config
}

fn page(settings: &str, note: &str) -> String {
    let files = [("笔记/探针.md", note), ("pay/wechat.png", ""), ("pay/other.png", "")];
    whole::build(&whole::theme(false), config(settings), &files).page("笔记/探针.html").unwrap().to_owned()
}

/// What biji.toml says, what the note's front matter says, what its page must hold and what not.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const RIGHTS: &str = "base_url = \"https://example.org/w/\"\nlicense = \"CC BY-SA 4.0\"\nattribution = true\nauthor = \"李雷 <li@example.org>\"\n\
    [people]\nhan = \"韩梅梅 <https://example.org/han>\"\n";
const REPOSITORY: &str = "repository = \"https://github.com/o/r/tree/dev/site\"\nreport = \"issues\"\n";
const REWARD: &str = "[reward]\n[[reward.ways]]\nname = \"微信\"\npicture = \"pay/wechat.png\"\n[[reward.ways]]\nname = \"PayPal\"\nurl = \"https://paypal.me/x\"\n";
const GISCUS: &str =
    "[comments]\nprovider = \"giscus\"\nrepo = \"o/r\"\nrepo_id = \"R_1\"\ncategory = \"General\"\ncategory_id = \"C_1\"\n";
const MARKED: &str = "[comments]\nprovider = \"utterances\"\nrepo = \"o/r\"\nnotes = \"marked\"\n";

const CASES: &[Case] = &[
    ("", "", &[], &["around.css", "class=\"rights\"", "note-links", "reward", "comments"]),
    (
        RIGHTS,
        "lang: zh",
        &[
            "<dt>作者</dt><dd><a rel=\"author\" href=\"mailto:li@example.org\">李雷</a></dd>",
            "<a rel=\"bookmark\" href=\"https://example.org/w/笔记/探针.html\">",
            "<a rel=\"license\" href=\"https://creativecommons.org/licenses/by-sa/4.0/deed.zh-hans\">CC BY-SA 4.0</a>。转载请注明出处。",
            "around.css",
            "\"license\":\"https://creativecommons.org/licenses/by-sa/4.0/deed.zh-hans\"",
            "\"author\":[{\"@type\":\"Person\",\"name\":\"李雷\"}]",
        ],
        &[],
    ),
    (
        RIGHTS,
        "lang: en\nlicense: MIT OR Apache-2.0\nattribution: false\nauthors: [han, Jim <javascript:alert(1)>]",
        &[
            "<dt>Author</dt><dd><a rel=\"author\" href=\"https://example.org/han\">韩梅梅</a>, Jim</dd>",
            "<a rel=\"license\" href=\"https://spdx.org/licenses/MIT.html\">MIT</a> OR <a rel=\"license\" href=\"https://spdx.org/licenses/Apache-2.0.html\">Apache-2.0</a></dd>",
        ],
        &["Please name the source", "javascript:", "李雷"],
    ),
    (RIGHTS, "license: false\nattribution: false\nauthor: false", &[], &["class=\"rights\"", "around.css", "\"license\"", "\"author\""]),
    ("", "author: 林涛", &["<dd>林涛</dd>"], &["rel=\"license\"", "rel=\"bookmark\""]),
    (
        REPOSITORY,
        "title: 探针 & 存活\nlang: zh",
        &[
            "<a href=\"https://github.com/o/r/edit/dev/site/%E7%AC%94%E8%AE%B0/%E6%8E%A2%E9%92%88.md\" rel=\"external noopener\">编辑本页</a>",
            "<a href=\"https://github.com/o/r/blob/dev/site/%E7%AC%94%E8%AE%B0/%E6%8E%A2%E9%92%88.md?plain=1\" rel=\"external noopener\">查看源文件</a>",
            "/issues/new?title=%E6%8E%A2%E9%92%88%20%26%20%E5%AD%98%E6%B4%BB&amp;body=",
        ],
        &[],
    ),
    (REPOSITORY, "edit: false\nreport: false", &[], &["note-links"]),
    (
        "edit = \"https://forge.example/e/{path}\"\nsource = false\nreport = \"li@example.org\"\nrepository = \"https://github.com/o/r\"\n",
        "title: A?\nlang: en",
        &["https://forge.example/e/%E7%AC%94", "href=\"mailto:li@example.org?subject=A%3F&amp;body="],
        &["View source"],
    ),
    ("report = \"https://e.org/n?t={title}&p={path}\"\n", "title: \"{path}\"", &["https://e.org/n?t=%7Bpath%7D&amp;p=%E7%AC%94"], &[]),
    (
        REWARD,
        "lang: zh",
        &[
            "<details class=\"reward\" data-close=\"关闭\"><summary>打赏</summary>",
            "<img src=\"../pay/wechat.png\" alt=\"收款码：微信\"",
            "<a href=\"https://paypal.me/x\" rel=\"external noopener\">PayPal</a>",
            "reward.js",
        ],
        &["comments.js"],
    ),
    (REWARD, "reward: no", &[], &["reward"]),
    (
        GISCUS,
        "lang: zh-TW",
        &[
            "data-script=\"https://giscus.app/client.js\"",
            "&quot;data-term&quot;:&quot;笔记/探针.md&quot;",
            "&quot;data-lang&quot;:&quot;zh-TW&quot;",
            "<strong>giscus.app</strong>",
            "<button class=\"comments-open needs-script\" type=\"button\">",
            "<a href=\"https://github.com/o/r/discussions\"",
        ],
        &["<script src=\"https://", "<iframe"],
    ),
    (GISCUS, "comments: false", &[], &["comments"]),
    (MARKED, "", &[], &["comments"]),
    (MARKED, "comments: true", &["utteranc.es"], &[]),
    (
        "[comments]\nprovider = \"script\"\nscript = \"talk/embed.js\"\n[comments.attributes]\ndata-page = \"{url}#{title}\"\n[comments.container]\nid = \"talk\"\n",
        "title: A\nlang: en",
        &[
            "data-script=\"talk/embed.js\"",
            "#A&quot;}",
            "data-container=\"{&quot;id&quot;:&quot;talk&quot;}\"",
            "Comments are loaded after a click.",
        ],
        &["learns your IP"],
    ),
];

#[test]
fn what_the_site_offers_and_the_note_refuses() {
    for (settings, front_matter, present, absent) in CASES {
        let page = page(settings, &format!("---\n{front_matter}\n---\n\n正文。\n"));
        for words in *present {
            assert!(page.contains(words), "no {words} for {settings}{front_matter} in\n{page}");
        }
        for words in *absent {
            assert!(!page.contains(words), "{words} for {settings}{front_matter} in\n{page}");
        }
    }
}

#[test]
fn only_the_pictures_that_are_shown_are_published() {
    let files = [("a.md", "# A\n"), ("pay/wechat.png", ""), ("pay/other.png", ""), ("z.png", ""), ("b.md", "![](z.png)\n")];
    let published = |settings: &str| -> (Vec<String>, Vec<String>) {
        let whole = whole::build(&whole::theme(false), config(settings), &files);
        let paths = whole.site.attachments.iter().map(|(path, _)| path.to_string()).collect();
        assert!(whole.page("b.html").unwrap().contains("src=\"z.png\""));
        (paths, whole.diagnostics.iter().map(|fault| format!("{}; {}", fault.message, fault.hint.clone().unwrap_or_default())).collect())
    };
    assert_eq!(published(REWARD), (vec!["pay/wechat.png".into(), "z.png".into()], vec![]));
    let misspelt = REWARD.replace("wechat.png", "wecaht.png");
    let message = "no picture `content/pay/wecaht.png`, which `reward` in biji.toml shows for `微信`; did you mean `pay/wechat.png`?";
    assert_eq!(published(&misspelt), (vec!["z.png".into()], vec![message.into()]));
    let (paths, faults) = published(&format!("private = [\"pay\"]\n{REWARD}"));
    assert_eq!((paths, faults.len()), (vec!["z.png".to_owned()], 1), "a private picture stays private");
}

#[test]
fn wrong_settings_are_reported_with_their_line() {
    for (settings, message) in [
        ("report = \"issues\"\n", "`report = \"issues\"` needs to know the repository"),
        ("repository = \"https://code.example.org/o/r\"\n", "`https://code.example.org/o/r` is at a host whose addresses are not known"),
        ("edit = \"https://e.org/{file}\"\n", "`https://e.org/{file}` has a place for something unknown"),
        ("author = \"A <nowhere>\"\n", "`A <nowhere>` has a contact that is neither a link nor a mail address"),
        ("[reward]\ntext = \"x\"\n", "`reward` has no way to say thanks"),
        ("[[reward.ways]]\nname = \"x\"\n", "a way to say thanks lacks its `name`, or both `picture` and `url`"),
        ("[comments]\nprovider = \"giscsu\"\n", "`giscsu` is not what this can be"),
        ("[comments]\nprovider = \"giscus\"\nrepo = \"o/r\"\n", "comments by giscus need `repo_id`, `category`, `category_id`"),
        ("[comments]\nprovider = \"script\"\nscript = \"../x.js\"\n", "`../x.js` is no address of a script or style sheet"),
        (
            "[comments]\nprovider = \"script\"\nscript = \"x.js\"\nattributes = { onload = \"x\" }\n",
            "`onload` is no attribute that can be given",
        ),
        ("[comments]\nprovider = \"utterances\"\nrepo = \"o/r\"\nlable = \"x\"\n", "unknown key `lable`"),
    ] {
        let (_, faults) = Config::parse(&File { path: "biji.toml".into(), text: settings.into() });
        assert!(faults.iter().any(|fault| fault.message == message && fault.span.is_some()), "{settings}: {faults:?}");
    }
}

#[test]
fn the_policy_allows_no_more_than_the_comments_need() {
    const STRICT: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    let waline = "[comments]\nprovider = \"waline\"\nserver = \"https://talk.example.org\"\n";
    let own = "[comments]\nprovider = \"waline\"\nserver = \"https://talk.example.org\"\nscript = \"waline.js\"\nstyle = \"waline.css\"\n";
    let script = "[comments]\nprovider = \"script\"\nscript = \"https://c.example/e.js\"\nhosts = [\"https://d.example\"]\n";
    for (settings, expected) in [
        ("", STRICT.to_owned()),
        (GISCUS, format!("{STRICT} https://giscus.app; style-src 'self' https://giscus.app; frame-src 'self' https://giscus.app")),
        (
            waline,
            format!(
                "{STRICT} https://unpkg.com; style-src 'self' https://unpkg.com; connect-src 'self' https://unpkg.com https://talk.example.org; img-src 'self' data: https:"
            ),
        ),
        (own, format!("{STRICT}; connect-src 'self' https://talk.example.org; img-src 'self' data: https:")),
        (
            script,
            ["style-src", "frame-src", "connect-src", "img-src"]
                .iter()
                .fold(format!("{STRICT} https://c.example https://d.example"), |all, part| {
                    format!("{all}; {part} 'self' https://c.example https://d.example")
                }),
        ),
    ] {
        assert_eq!(policy(config(settings).comments.as_ref()), expected, "{settings}");
    }
    let whole = whole::build(&whole::theme(false), config(&format!("headers = true\n{GISCUS}")), &[("a.md", "")]);
    assert!(whole.page("_headers").unwrap().starts_with("/*\n  Content-Security-Policy: default-src 'self'; script-src"));
}
