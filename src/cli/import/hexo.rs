//! Hexo: `_config.yml`, the notes in `source/`, posts in `_posts/`, scaffolds as archetypes.

use std::path::Path;

use super::settings::Settings;
use super::{Imported, content, language, scan};
use crate::cli::Failure;
use crate::config::permalinks;

const SIGNS: &[scan::Sign] = &[
    ("{% asset_img", "write the picture as Markdown: `![words](file)`"),
    ("{% asset_", "write the file as a link or picture of Markdown"),
    ("{% post_link", "write the link as `[[note]]` or Markdown"),
    ("{% codeblock", "write the code between lines of three backticks"),
    ("{% raw", "nothing needs to be protected from templates: leave `{% raw %}` out"),
    ("{% endraw", "nothing needs to be protected from templates: leave `{% endraw %}` out"),
    ("{% ", "a tag of Hexo's is shown as text"),
];

/// Hexo's own pattern of addresses.
const PERMALINK: &str = ":year/:month/:day/:title/";

pub(super) fn read(path: &Path, prefix: &str) -> Result<(Imported, String), Failure> {
    let mut imported = Imported::default();
    let config = Settings::read(path, &["_config.yml", "_config.yaml", "_config.json"])?;
    let source = format!("{prefix}{}", if config.name.is_empty() { "_config.yml" } else { &config.name });
    for (key, from) in [("title", "title"), ("description", "description")] {
        if let Some(text) = config.text(&[from]) {
            imported.text(key, &text, "");
        }
    }
    let languages = config.texts(&["language"]);
    if let Some(first) = languages.first().filter(|first| *first != "default") {
        imported.text("language", &language(first), "");
    }
    if languages.len() > 1 {
        imported.lose(&source, config.line("language"), "a site has one language for its interface; notes say theirs with `lang`");
    }
    // What Hexo itself writes into a new site is nobody's address.
    if let Some(url) = config.text(&["url"]).filter(|url| !url.ends_with("//example.com") && !url.ends_with("//yoursite.com")) {
        let root = config.text(&["root"]).unwrap_or_default();
        let host = url.split_once("://").map_or("", |(_, rest)| rest);
        let whole = if host.contains('/') { url.clone() } else { format!("{}/{}", url.trim_end_matches('/'), root.trim_matches('/')) };
        imported.text("base_url", &whole, "");
    }
    let folder = config.text(&["source_dir"]).unwrap_or_else(|| "source".into());
    imported.text("content", &content(prefix, &folder), "");
    imported.text("output", "public-biji", "Hexo's own `public` stays as it is");
    let mut exclude = vec!["_data".to_owned()];
    exclude.extend(config.texts(&["exclude"]));
    imported.list("exclude", &exclude, "");
    let mut private = vec!["_drafts/**".to_owned()];
    private.extend(config.texts(&["skip_render"]));
    imported.list("private", &private, "drafts, and what Hexo does not render");
    if path.join("scaffolds").is_dir() && prefix.is_empty() {
        imported.text("archetypes", "scaffolds", "`biji new --kind post`");
    }

    let permalink = config.text(&["permalink"]).unwrap_or_else(|| PERMALINK.into());
    // Hexo's `:title` is the name of the file, its folders included.
    let pattern =
        permalink.replace(":post_title", ":slug").replace(":title", ":name").replace(":i_month", ":month").replace(":i_day", ":day");
    match permalinks::check(&pattern) {
        Ok(pattern) => imported.permalinks.push(("_posts".into(), pattern)),
        Err((message, _)) => {
            let what =
                format!("addresses by the pattern `{permalink}`: {message}; one that must stay is said in the note, `permalink: /…/`");
            imported.lose(&source, config.line("permalink"), what);
        }
    }
    if config.has(&["post_asset_folder"]) {
        let what = "asset folders of posts: write `![](post/picture.png)`, or `![[picture.png]]`, which finds a file by its name";
        imported.lose(&source, config.line("post_asset_folder"), what);
    }
    let more = [
        ("theme", "the theme: Biji has its own, see the manual on templates"),
        ("deploy", "deployment: see the manual on publishing"),
        ("category_map", "other names of categories in addresses"),
        ("tag_map", "other names of tags in addresses"),
        ("external_link", "marks of external links are the theme's"),
    ];
    for (key, what) in more {
        if config.has(&[key]) && (key != "deploy" || config.has(&["deploy", "type"])) {
            imported.lose(&source, config.line(key), what);
        }
    }
    let notes_folder = path.join(&folder);
    let notes = scan::notes(&notes_folder);
    scan::signs(&mut imported, &notes_folder, &format!("{prefix}{folder}/"), &notes, SIGNS);
    Ok((imported, source))
}
