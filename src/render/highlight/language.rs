//! Names of languages as people write them behind the fence.
//!
//! In: a name, lower case. Out: what highlights it, or nothing for a name that nobody knows.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::paint::syntaxes;

/// What highlights a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Nothing, on purpose.
    Plain,
    /// The syntax definition of this name.
    Syntax(&'static str),
    /// Commands and their output.
    Console,
    /// Our own.
    PowerShell,
}

impl Language {
    /// The name that cached blocks are kept under.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Syntax(name) => name,
            Self::Console => "console",
            Self::PowerShell => "powershell",
        }
    }
}

/// Names that no syntax definition knows by itself, or that it knows as something else.
const ALIASES: &[(&str, &[&str])] = &[
    ("Bourne Again Shell (bash)", &["shell", "zsh", "ksh", "dash", "shellscript", "shell-script", "bash-script", "posix", "env-sh"]),
    ("Batch File", &["batch", "dos", "cmd", "winbatch"]),
    ("C", &["c", "h"]),
    ("C++", &["c++", "arduino", "ino", "cuda", "cu"]),
    ("C#", &["csharp", "c#", "dotnet"]),
    ("CMake", &["cmake"]),
    ("Crontab", &["cron"]),
    ("Dockerfile", &["docker", "containerfile"]),
    ("DotENV", &["dotenv", "env"]),
    ("F#", &["fsharp", "f#"]),
    ("Git Config", &["gitconfig"]),
    ("Git Ignore", &["gitignore", "dockerignore"]),
    ("Go", &["golang"]),
    ("Gomod", &["gomod", "go-mod"]),
    ("Graphviz (DOT)", &["graphviz"]),
    ("HTTP Request and Response", &["https"]),
    ("INI", &["ini", "conf", "cfg", "config", "systemd", "service", "properties-ini", "editorconfig"]),
    ("Java Properties", &["java-properties"]),
    ("JavaScript", &["mjs", "cjs", "node", "nodejs", "ecmascript", "json5", "dataviewjs", "dataview-js"]),
    ("Jinja2", &["jinja-html", "django"]),
    ("JSON", &["jsonc", "jsonl", "ndjson", "geojson", "vega", "vega-lite", "webmanifest", "json-ld", "jsonld"]),
    ("LaTeX", &["latex"]),
    ("Lisp", &["elisp", "emacs-lisp", "common-lisp", "scheme"]),
    ("Makefile", &["makefile", "make", "mk", "gnumake"]),
    ("Markdown", &["mdx", "commonmark", "gfm"]),
    ("MATLAB", &["octave"]),
    ("nginx", &["nginx", "nginxconf"]),
    ("Objective-C", &["objective-c", "objectivec", "objc"]),
    ("Objective-C++", &["objective-c++", "objc++"]),
    ("PHP", &["php-html"]),
    ("PHP Source", &["php"]),
    ("Protocol Buffer", &["proto3", "proto2"]),
    ("Python", &["python3", "python2", "ipython", "gyp", "bazel", "starlark", "bzl"]),
    ("Python", &["pycon", "python-repl"]),
    ("Regular Expression", &["regex", "regexp"]),
    ("reStructuredText", &["restructuredtext"]),
    ("SQL", &["mysql", "postgres", "postgresql", "pgsql", "plsql", "sqlite", "sqlite3", "tsql", "mariadb", "clickhouse", "hql"]),
    ("Terraform", &["terraform", "opentofu"]),
    ("TypeScriptReact", &["jsx", "typescriptreact", "javascriptreact"]),
    ("VimL", &["vimscript", "nvim"]),
    ("XML", &["plist", "xsl", "wsdl", "atom", "csproj"]),
    ("YAML", &["helm", "kubernetes", "k8s", "docker-compose", "compose", "ansible", "base", "openapi", "cloud-config", "ksyaml"]),
];

/// Names for what is plain on purpose: text, output, diagrams, and the blocks of plugins that make something else of them.
const PLAIN: &[&str] = &[
    "",
    "text",
    "txt",
    "plain",
    "plaintext",
    "plain-text",
    "none",
    "no-highlight",
    "nohighlight",
    "raw",
    "output",
    "out",
    "stdout",
    "stderr",
    "result",
    "ascii",
    "asciiart",
    "ascii-art",
    "art",
    "diagram",
    "tree",
    "dir",
    "directory",
    "filetree",
    "mermaid",
    "math",
    "katex",
    "tex-math",
    "plantuml",
    "puml",
    "uml",
    "ditaa",
    "svgbob",
    "bob",
    "wavedrom",
    "flow",
    "flowchart",
    "sequence",
    "gantt",
    "timeline",
    "chart",
    "charts",
    "chartjs",
    "echarts",
    "tasks",
    "query",
    "dataview",
    "kanban",
    "excalidraw",
    "excalidraw-json",
    "tracker",
    "button",
    "toc",
    "table-of-contents",
    "cardlink",
    "embed",
    "leaflet",
    "map",
    "mapview",
    "calendar",
    "heatmap",
    "meta-bind",
    "meta-bind-button",
    "templater",
    "quickadd",
    "bookmark",
    "smart-connections",
    "todoist",
    "tikz",
    "abc",
    "music-abc",
    "chess",
    "column",
    "columns",
    "note",
    "warning",
    "tip",
    "info",
    "important",
    "caution",
    "danger",
    "bnf",
    "ebnf",
    "abnf",
    "grammar",
    "pseudo",
    "pseudocode",
    "algorithm",
    "promql",
    "logql",
    "cel",
    "traceql",
    "hosts",
    "caddy",
    "caddyfile",
    "wat",
    "wast",
    "hex",
    "hexdump",
    "binary",
    "sample",
    "example",
    "quote",
    "verse",
    "poem",
    "gherkin",
    "feature",
    "mips",
    "ledger",
    "beancount",
    "brainfuck",
    "bf",
];

const CONSOLE: &[&str] = &["console", "shell-session", "shellsession", "sh-session", "bash-session", "session", "terminal", "term", "cli"];

const POWERSHELL: &[&str] = &["powershell", "pwsh", "ps1", "psm1", "psd1", "ps", "posh"];

/// What highlights a block of this language (lower case, `""` for none).
pub(super) fn find(name: &str) -> Option<Language> {
    // `ad-note` and its like are boxes of a plugin.
    if PLAIN.contains(&name) || name.starts_with("ad-") {
        return Some(Language::Plain);
    }
    if CONSOLE.contains(&name) {
        return Some(Language::Console);
    }
    if POWERSHELL.contains(&name) {
        return Some(Language::PowerShell);
    }
    if let Some((syntax, _)) = ALIASES.iter().find(|(_, names)| names.contains(&name)) {
        return Some(Language::Syntax(syntax));
    }
    // Not by content, and not by extensions that hold a dot or blank: `find_syntax_by_token` folds case and asks extensions, then names.
    let syntax = syntaxes().find_syntax_by_token(name)?;
    Some(if syntax.name == "Plain Text" { Language::Plain } else { Language::Syntax(&syntax.name) })
}

/// Every name that is known, for "did you mean". Sorted.
pub(super) fn names() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let mut names: BTreeSet<&'static str> = ALIASES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        names.extend(PLAIN.iter().chain(CONSOLE).chain(POWERSHELL).filter(|name| name.len() > 2));
        // Short extensions are near to anything.
        let extensions = syntaxes().syntaxes().iter().flat_map(|syntax| &syntax.file_extensions);
        names.extend(extensions.map(String::as_str).filter(|name| name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_lowercase())));
        for name in
            ["javascript", "typescript", "python", "rust", "kotlin", "swift", "ruby", "haskell", "markdown", "dockerfile", "java", "yaml"]
        {
            names.insert(name);
        }
        names.into_iter().collect()
    });
    &NAMES
}
