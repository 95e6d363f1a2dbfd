//! The arguments of every command: what clap reads, and the help that people read.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use super::help;

/// Turns a folder of Markdown notes into a fast static site with a real search engine inside.
#[derive(Debug, Parser)]
#[command(name = "biji", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = help::BIJI)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Common {
    /// How faults are told: for people, one a line, or for programs on the standard output
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(super) format: Format,
    /// Colours: when the output is a terminal, always or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
    /// How many threads to use [default: one per processor]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more: every fault, also when there are many of a kind
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
}

/// How faults are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With excerpts and hints.
    Human,
    /// One a line: `file:line:column: severity[code]: message`.
    Short,
    /// One JSON object a line, on the standard output.
    Json,
    /// Annotations of GitHub Actions, on the standard output.
    Github,
    /// One SARIF document, on the standard output: what code scanning reads.
    Sarif,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a new site: biji.toml and a few linked notes; never overwrites
    Init(Init),
    /// Make a new note with front matter
    New(New),
    /// Build the site
    Build(Build),
    /// Show the site while it is written: watch, rebuild what changed, reload
    Serve(Serve),
    /// Report everything that build would, and write nothing
    Check(Check),
    /// Ask the built site's search index
    Search(Search),
    /// Help editors with the notes: a language server on standard input and output
    Lsp(Lsp),
    /// Print a script that completes commands and options in your shell
    Completions(Completions),
    /// Print the manual page of Biji or of one command
    Man(Man),
}

/// Which site.
#[derive(Debug, Clone, Args)]
pub(super) struct Site {
    /// A folder with a biji.toml, or any folder of Markdown
    #[arg(default_value = ".", value_name = "ROOT")]
    pub(super) root: PathBuf,
    #[command(flatten)]
    pub(super) overrides: Overrides,
}

/// What the command line sets over biji.toml.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Overrides {
    /// Where the site goes, relative to the current folder [default: `public` in ROOT]
    #[arg(long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// The configuration to use instead of ROOT's biji.toml
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Where the site will be hosted, like `https://example.org/notes/`
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub(super) base_url: Option<String>,
    /// Publish drafts too
    #[arg(long)]
    pub(super) drafts: bool,
    /// Count warnings as errors
    #[arg(long)]
    pub(super) deny_warnings: bool,
}

fn base_url(text: &str) -> Result<String, String> {
    crate::config::check_base_url(text).map_err(|(message, hint)| format!("{message}; {hint}"))
}

/// `biji build`.
#[derive(Debug, Args)]
#[command(after_help = help::BUILD)]
pub(super) struct Build {
    #[command(flatten)]
    pub(super) site: Site,
    /// Tell how long each phase took, a line each
    #[arg(long)]
    pub(super) timings: bool,
}

/// `biji serve`.
#[derive(Debug, Args)]
#[command(after_help = help::SERVE)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) site: Site,
    /// Where to listen: this computer alone, `0.0.0.0` for its network
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) host: String,
    /// The port; when it is taken, the next that is free; 0 for any
    #[arg(long, value_name = "PORT", default_value_t = 4000)]
    pub(super) port: u16,
    /// Open the site in the browser
    #[arg(long)]
    pub(super) open: bool,
    /// Look at the files every half second instead of waiting to be told: for network drives and containers
    #[arg(long)]
    pub(super) poll: bool,
}

/// `biji check`.
#[derive(Debug, Args)]
#[command(after_help = help::CHECK)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) site: Site,
    /// List every file: what is published where, and what is held back and why
    #[arg(long)]
    pub(super) audit: bool,
    /// List what could be better, too, as warnings: notes that nobody links to, empty or too long ones, pictures without words, titles that two notes have
    #[arg(long)]
    pub(super) advice: bool,
    /// Ask other sites whether the addresses that notes link to still answer
    #[arg(long)]
    pub(super) external: bool,
    /// With --external: do not ask again what answered in the last DAYS days; 0 asks everything
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=90), requires = "external")]
    pub(super) max_age: u32,
    /// With --external: how long an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=600), requires = "external")]
    pub(super) timeout: u16,
    /// Tell how long each phase took, a line each
    #[arg(long)]
    pub(super) timings: bool,
}

/// `biji lsp`.
#[derive(Debug, Args)]
#[command(after_help = help::LSP)]
pub(super) struct Lsp {
    /// A folder with a biji.toml, or any folder of Markdown [default: the folder that the editor has open]
    #[arg(value_name = "ROOT")]
    pub(super) root: Option<PathBuf>,
    #[command(flatten)]
    pub(super) overrides: Overrides,
    /// Speak on standard input and output, as is always done: some editors say so
    #[arg(long)]
    pub(super) stdio: bool,
}

/// `biji init`.
#[derive(Debug, Args)]
#[command(after_help = help::INIT)]
pub(super) struct Init {
    /// The folder to make the site in; with `--from TOOL`, the other tool's folder
    #[arg(value_name = "DIR", required_unless_present = "from")]
    pub(super) folder: Option<PathBuf>,
    /// With --from: where biji.toml goes, the folder itself or one above it [default: the folder itself]
    #[arg(value_name = "SITE", requires = "from")]
    pub(super) target: Option<PathBuf>,
    /// Read the settings of another tool and render its notes where they lie: obsidian, hexo, hugo, mdbook, mkdocs; or its folder alone, and the tool is guessed
    #[arg(long, value_name = "TOOL", conflicts_with = "language")]
    pub(super) from: Option<String>,
    /// The language of the sample notes [default: that of your system]
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(super) language: Option<Language>,
}

/// Languages that Biji speaks itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// `biji new`.
#[derive(Debug, Args)]
#[command(after_help = help::NEW)]
pub(super) struct New {
    /// The title; the file is named after it
    #[arg(value_name = "TITLE")]
    pub(super) title: String,
    /// A folder with a biji.toml, or any folder of Markdown
    #[arg(default_value = ".", value_name = "ROOT")]
    pub(super) root: PathBuf,
    /// A folder in the content folder
    #[arg(long = "in", value_name = "FOLDER")]
    pub(super) folder: Option<String>,
    /// The archetype to make it of: `archetypes/NAME.md` of the site [default: that of the folder, or `default`]
    #[arg(long, value_name = "NAME")]
    pub(super) kind: Option<String>,
    /// Make it a draft
    #[arg(long)]
    pub(super) draft: bool,
    /// Spell Chinese in the file's name in pinyin: `jing-tai-Pod.md`
    #[arg(long)]
    pub(super) pinyin: bool,
    /// Its date, like 2026-01-31 [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) date: Option<jiff::civil::Date>,
}

fn date(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| format!("`{text}` is no date like 2026-01-31"))
}

/// `biji search`.
#[derive(Debug, Args)]
#[command(after_help = help::SEARCH)]
pub(super) struct Search {
    /// What to search for; with `--stdin` this is ROOT instead
    #[arg(value_name = "QUERY", required_unless_present_any = ["stdin", "interactive"], allow_hyphen_values = true)]
    pub(super) query: Option<String>,
    /// The site's folder, to search in its output, or a built site [default: the current folder]
    #[arg(value_name = "ROOT")]
    pub(super) root: Option<PathBuf>,
    /// A built site, wherever it came from
    #[arg(long, value_name = "DIR")]
    pub(super) site: Option<PathBuf>,
    /// How many pages to show at most
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = limit)]
    pub(super) limit: usize,
    /// The reader's language, such as `en`: its pages come before their translations, and before others that are worth as much
    #[arg(long, value_name = "LANG")]
    pub(super) lang: Option<String>,
    /// Answer with one JSON object a query
    #[arg(long)]
    pub(super) json: bool,
    /// Read queries from the standard input, one a line
    #[arg(long)]
    pub(super) stdin: bool,
    /// Search while typing, and print the address of the result that is picked
    #[arg(short, long, conflicts_with_all = ["stdin", "json"])]
    pub(super) interactive: bool,
}

/// `biji completions`.
#[derive(Debug, Args)]
#[command(after_help = help::COMPLETIONS)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

/// `biji man`.
#[derive(Debug, Args)]
#[command(after_help = help::MAN)]
pub(super) struct Man {
    /// The command [default: Biji as a whole]
    #[arg(value_name = "COMMAND", conflicts_with = "write")]
    pub(super) command: Option<String>,
    /// Write every page into a folder, as `biji.1`, `biji-build.1` and so on
    #[arg(long, value_name = "DIR")]
    pub(super) write: Option<PathBuf>,
}

fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(limit @ 1..=1000) => Ok(limit),
        _ => Err("a number from 1 to 1000".to_owned()),
    }
}
