//! The configuration: `biji.toml` with every default filled in.
//!
//! In: the text of `biji.toml`, or nothing, and what the command line overrides. Out: `Config` and diagnostics (unknown keys with "did you
//! mean", wrong values with their place). Every fault is reported: a wrong value does not hide the next. Knows nothing of disks.

pub mod around;
mod check;
pub mod comments;
pub mod permalinks;
pub mod repository;
mod value;

use std::collections::BTreeMap;

use toml::de::DeTable;

use crate::diagnostic::{Code, Diagnostic, File, Severity};
use crate::text::Span;
use around::{Person, Reward};
use check::{check_address_glob, check_glob, check_inside, check_language, check_output, check_publish, check_report};
pub use check::{check_base_url, glob};
use comments::Comments;
use repository::Repository;
pub use repository::replace;
use value::Reader;

/// The settings of one site.
///
/// The fields are the keys of `biji.toml`, and their comments are the documentation of the keys. A whole file with every default:
///
/// ```toml
/// title = "…"           # the root index note's title, else the folder's name
/// description = ""
/// language = "zh"       # by the letters of the notes
/// base_url = "https://example.org/notes/"   # unknown
/// content = "content"
/// output = "public"
/// drafts = false
/// exclude = []          # "drafts/**", "*.tmp"
/// publish = "all"       # or "marked": only notes that say `publish: true`
/// private = []          # "work/**", "*.private.md"
/// mentions = true
/// graph = true
/// offline = false      # whether a hosted site opens without a network once it was visited
/// previews = true       # of what a link leads to, when the pointer rests on it
/// pinyin = false
/// feed = 20             # newest notes in the feeds; 0 for none
/// llms = true           # llms.txt
/// untrusted = false     # whether raw HTML may only format text
/// order = []            # the reading order: "start.md", "guide", "guide/index.md"
/// summary = ""          # a note whose links give the reading order: "SUMMARY.md"
/// archetypes = "archetypes"   # templates of new notes; "" for none
/// external_exclude = [] # addresses that `biji check --external` leaves out: "https://wiki.example/**"
/// long_note = 60        # minutes of reading above which a note is too long; 0 for no limit
/// budget = 1000         # megabytes above which a site is too large; 0 for no limit
/// license = "…"         # none: "CC BY-SA 4.0", "MIT", "Name <https://…>"
/// attribution = false   # ask to keep the source
/// author = []           # "Name <https://…>", or a list
/// people = {}           # names that notes use = "Name <https://…>"
/// report = "…"          # none: "issues", a mail address, or an address with {title}, {path}, {url}
/// repository = "…"      # none: "https://github.com/owner/name"
/// edit = "…"            # the repository's; or an address with {path}; false for none
/// source = "…"          # likewise
/// git = true            # dates of notes that say none
/// contributors = false  # names of those who changed a note, by git
/// markdown = false      # a copy of every note as Markdown
/// headers = false       # whether `_headers` is published: the policy for hosts that read it
///
/// [reward]              # text, notes, [[reward.ways]] with name, picture, url
/// [comments]            # provider and its keys
/// [languages]           # language = "folder": en = "en"
///
/// [permalinks]          # folder = pattern of :year, :month, :day, :title, :slug, :name
/// "_posts" = "/:year/:month/:day/:name/"
///
/// [severity]            # code = "allow" | "warning" | "error"
/// broken-link = "warning"
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The site's name. Default: the root index note's title, else the folder's name.
    pub title: Option<String>,
    /// What the site is about, for search engines; `""` for nothing.
    pub description: String,
    /// The language of interface and notes that name none (BCP 47). Default: `zh` or `en`, by the letters of the notes.
    pub language: Option<String>,
    /// Where the site will be hosted, with its final `/`; `None` while unknown. Only feeds, sitemaps and canonical links need it.
    pub base_url: Option<String>,
    /// The folder of the notes relative to ROOT; `""` when ROOT itself is the content (written `"."`).
    pub content: String,
    /// The output folder relative to ROOT; the command line may also name one elsewhere.
    pub output: String,
    /// Whether drafts are published.
    pub drafts: bool,
    /// Severities that differ from the defaults: the table `[severity]`.
    pub severity: BTreeMap<Code, Severity>,
    /// Whether every warning counts as an error (`--deny-warnings`; no key).
    pub deny_warnings: bool,
    /// Whether advice that the configuration is silent on counts as warnings (`biji check --advice`; no key).
    pub advice: bool,
    /// Globs of content paths that are left out, as if they were not there: `"private/**"`, `"*.tmp"`. `*` stops at `/`, `**` does not; a
    /// glob without `/` fits a name in any folder.
    pub exclude: Vec<String>,
    /// Which notes are published.
    pub publish: Publishing,
    /// Globs of content paths that are read but never published, neither the notes nor the other files: `"work/**"`. Compared without regard to case;
    /// a folder stands for all that is in it.
    pub private: Vec<String>,
    /// Whether pages list the notes that mention them without a link.
    pub mentions: bool,
    /// Whether the notes and the links between them are published as `biji/graph.json`, and drawn: all on a page of their own, those around a note
    /// on its page.
    pub graph: bool,
    /// Whether pages show the beginning of what an internal link leads to, when the pointer rests on it or the keyboard is there.
    pub previews: bool,
    /// Whether a hosted site keeps itself in the browser, so that it opens without a network once it was visited.
    pub offline: bool,
    /// Whether addresses spell Chinese names in pinyin: `静态Pod.md` becomes `jing-tai-Pod.html`. Anchors stay as they are.
    pub pinyin: bool,
    /// How many of the newest notes the feeds hold; 0 for no feeds. They need `base_url`.
    pub feed: usize,
    /// Whether `llms.txt`, a list of all notes for language models, is published.
    pub llms: bool,
    /// Whether the writers of the notes are not trusted: raw HTML may then only format text.
    pub untrusted: bool,
    /// The reading order of notes and folders, by their paths in the content folder; what is not listed comes behind.
    pub order: Vec<String>,
    /// Patterns of addresses by folder of the content: the table `[permalinks]`, `"_posts" = "/:year/:month/:day/:name/"`.
    pub permalinks: BTreeMap<String, String>,
    /// The note whose links give the reading order, like mdBook's `SUMMARY.md`; `""` for none.
    pub summary: String,
    /// The folder of archetypes, the templates of new notes, relative to ROOT; `""` for none. Where it lies in the content folder, it is no content.
    pub archetypes: String,
    /// Globs of addresses that `biji check --external` leaves out: `"https://wiki.example/**"`. `*` and `**` fit any letters.
    pub external_exclude: Vec<String>,
    /// Minutes of reading above which a note is too long, for who asks; 0 for no limit.
    pub long_note: usize,
    /// Megabytes (of a million bytes) above which the site is reported to be too large; 0 for no limit.
    pub budget: usize,
    /// The licence of every note that names none: a name like `CC BY-SA 4.0` or `MIT OR Apache-2.0`, or `Name <https://…>`.
    pub license: Option<String>,
    /// Whether notes ask those who copy them to keep the source.
    pub attribution: bool,
    /// Who wrote the notes that name no author.
    pub author: Vec<Person>,
    /// People by the names that notes use for them: the table `[people]`.
    pub people: BTreeMap<String, Person>,
    /// Where mistakes are reported: `issues` of the repository, a mail address, or an address with `{title}`, `{path}` and `{url}`.
    pub report: Option<String>,
    /// How readers may say thanks.
    pub reward: Option<Reward>,
    /// Whose comments stand below notes.
    pub comments: Option<Comments>,
    /// Where the sources are on the web.
    pub repository: Option<Repository>,
    /// Where a note is edited: an address with `{path}`; `false` is `Some(None)`. Default: as the repository has it.
    pub edit: Option<Option<String>>,
    /// Where a note's source is read, likewise.
    pub source: Option<Option<String>>,
    /// The folders of notes in other languages: a language and its folder in the content folder, `""` for all the rest; the table `[languages]`.
    pub languages: BTreeMap<String, String>,
    /// Whether git tells when notes that say no dates were written and changed.
    pub git: bool,
    /// Whether notes name those who changed them, as git tells.
    pub contributors: bool,
    /// Whether every note is also published as Markdown, for programs.
    pub markdown: bool,
    /// Whether `_headers` is published, which tells some hosts the pages' content policy.
    pub headers: bool,
}

/// Which notes are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Publishing {
    /// Those that do not say that they are private: `publish = "all"`.
    #[default]
    All,
    /// Those that say `publish: true`: `publish = "marked"`.
    Marked,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: None,
            description: String::new(),
            language: None,
            base_url: None,
            content: "content".into(),
            output: "public".into(),
            drafts: false,
            severity: BTreeMap::new(),
            deny_warnings: false,
            advice: false,
            exclude: Vec::new(),
            publish: Publishing::All,
            private: Vec::new(),
            mentions: true,
            graph: true,
            previews: true,
            offline: false,
            pinyin: false,
            feed: 20,
            llms: true,
            untrusted: false,
            order: Vec::new(),
            permalinks: BTreeMap::new(),
            summary: String::new(),
            archetypes: "archetypes".into(),
            external_exclude: Vec::new(),
            long_note: LONG_NOTE,
            budget: BUDGET,
            license: None,
            attribution: false,
            author: Vec::new(),
            people: BTreeMap::new(),
            report: None,
            reward: None,
            comments: None,
            repository: None,
            edit: None,
            source: None,
            languages: BTreeMap::new(),
            git: true,
            contributors: false,
            markdown: false,
            headers: false,
        }
    }
}

/// What GitHub Pages takes.
const BUDGET: usize = 1000;

/// What nobody reads in one go.
const LONG_NOTE: usize = 60;

/// The keys of `biji.toml`, for "did you mean".
const KEYS: &[&str] = &[
    "title",
    "description",
    "language",
    "base_url",
    "content",
    "output",
    "drafts",
    "exclude",
    "publish",
    "private",
    "mentions",
    "graph",
    "previews",
    "offline",
    "pinyin",
    "feed",
    "llms",
    "untrusted",
    "order",
    "permalinks",
    "summary",
    "archetypes",
    "external_exclude",
    "long_note",
    "budget",
    "license",
    "attribution",
    "author",
    "people",
    "report",
    "reward",
    "comments",
    "repository",
    "edit",
    "source",
    "languages",
    "git",
    "contributors",
    "markdown",
    "headers",
    "severity",
];

impl Config {
    /// How bad a fault of this code is on this site.
    #[must_use]
    pub fn severity(&self, code: Code) -> Severity {
        let default = || if self.advice && code.is_advice() { Severity::Warning } else { code.default_severity() };
        let severity = self.severity.get(&code).copied().unwrap_or_else(default);
        if self.deny_warnings && severity == Severity::Warning { Severity::Error } else { severity }
    }

    /// The settings of a folder without `biji.toml`: ROOT itself is the content.
    #[must_use]
    pub fn of_plain_folder() -> Self {
        Self { content: String::new(), ..Self::default() }
    }

    /// Reads `biji.toml`. What cannot be read keeps its default and is reported.
    #[must_use]
    pub fn parse(file: &File) -> (Self, Vec<Diagnostic>) {
        let (table, faults) = DeTable::parse_recoverable(&file.text);
        let mut reader = Reader::new(file);
        for fault in faults {
            let message = fault.message().lines().next().unwrap_or("not TOML").to_owned();
            let span = fault.span().map_or(Span::default(), Span::from);
            reader.report(Diagnostic::at(Code::Config, file.clone(), span, format!("not TOML: {message}")));
        }
        let mut config = Self::default();
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "title" => config.title = reader.string(value).or(config.title),
                "description" => config.description = reader.string(value).unwrap_or_default(),
                "language" => config.language = reader.checked(value, check_language).or(config.language),
                "base_url" => config.base_url = reader.checked(value, check_base_url).or(config.base_url),
                "content" => config.content = reader.checked(value, check_inside).unwrap_or(config.content),
                "output" => config.output = reader.checked(value, check_output).unwrap_or(config.output),
                "drafts" => config.drafts = reader.bool(value).unwrap_or(config.drafts),
                "exclude" => config.exclude = reader.list(value, check_glob),
                "publish" => {
                    // What cannot be read must not publish more than was meant.
                    config.publish = match reader.checked(value, check_publish).as_deref() {
                        Some("all") => Publishing::All,
                        _ => Publishing::Marked,
                    }
                }
                "private" => config.private = reader.list(value, check_glob),
                "mentions" => config.mentions = reader.bool(value).unwrap_or(config.mentions),
                "pinyin" => config.pinyin = reader.bool(value).unwrap_or(config.pinyin),
                "graph" => config.graph = reader.bool(value).unwrap_or(config.graph),
                "offline" => config.offline = reader.bool(value).unwrap_or(config.offline),
                "previews" => config.previews = reader.bool(value).unwrap_or(config.previews),
                "feed" => config.feed = reader.count(value).unwrap_or(config.feed),
                "llms" => config.llms = reader.bool(value).unwrap_or(config.llms),
                // What cannot be read must not let more pass than was meant.
                "untrusted" => config.untrusted = reader.bool(value).unwrap_or(true),
                "order" => config.order = reader.list(value, check_inside),
                "permalinks" => config.permalinks = reader.texts(value, permalinks::check),
                "summary" => config.summary = reader.checked(value, check_inside).unwrap_or(config.summary),
                "archetypes" => config.archetypes = reader.checked(value, check_inside).unwrap_or(config.archetypes),
                "external_exclude" => config.external_exclude = reader.list(value, check_address_glob),
                "long_note" => config.long_note = reader.count(value).unwrap_or(config.long_note),
                "budget" => config.budget = reader.count(value).unwrap_or(config.budget),
                "license" => config.license = reader.string(value).filter(|text| !text.trim().is_empty()),
                "attribution" => config.attribution = reader.bool(value).unwrap_or(config.attribution),
                "author" => config.author = around::authors(&mut reader, value),
                "people" => config.people = around::people(&mut reader, value),
                "report" => config.report = reader.checked(value, check_report),
                "reward" => config.reward = around::reward(&mut reader, value),
                "comments" => config.comments = comments::comments(&mut reader, value),
                "repository" => {
                    let address = reader.checked(value, |text| Repository::of(text).map(|_| text.to_owned()));
                    config.repository = address.and_then(|address| Repository::of(&address).ok());
                }
                "edit" => config.edit = reader.text_or_off(value, repository::check_pattern),
                "source" => config.source = reader.text_or_off(value, repository::check_pattern),
                "languages" => config.languages = languages(&mut reader, value),
                "git" => config.git = reader.bool(value).unwrap_or(config.git),
                "contributors" => config.contributors = reader.bool(value).unwrap_or(config.contributors),
                "markdown" => config.markdown = reader.bool(value).unwrap_or(config.markdown),
                "headers" => config.headers = reader.bool(value).unwrap_or(config.headers),
                "severity" => config.severity = reader.severities(value),
                other => reader.unknown(key, other, KEYS),
            }
        }
        if let (Some("issues"), None, Some((_, place))) =
            (config.report.as_deref(), &config.repository, table.get_ref().iter().find(|(key, _)| key.get_ref() == "report"))
        {
            reader.lacks(
                place,
                "`report = \"issues\"` needs to know the repository",
                "write `repository = \"https://github.com/owner/name\"`",
            );
            config.report = None;
        }
        (config, reader.diagnostics())
    }
}

/// Reads `[languages]`: a folder for each.
fn languages(reader: &mut Reader<'_>, value: &toml::Spanned<toml::de::DeValue<'_>>) -> BTreeMap<String, String> {
    let mut languages = BTreeMap::new();
    for (key, value) in reader.table(value, "[languages]").into_iter().flatten() {
        if let Err((message, hint)) = check_language(key.get_ref()) {
            reader.lacks(value, &message, &hint);
        } else if let Some(folder) = reader.checked(value, check_inside) {
            languages.insert(key.get_ref().to_string(), folder);
        }
    }
    languages
}
