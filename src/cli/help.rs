//! The examples below the help of every command, and hints for who mistypes one. Text only: `arguments` shows it, the manual's page of commands repeats it.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Below the list of commands.
pub(super) const BIJI: &str = "Examples:
  biji build ~/vault        a vault or any folder of Markdown becomes a site, with no configuration
  biji serve                the site in the current folder, live while you write
  biji check --format short every fault of the notes, one a line
  biji search \"static pod\"  the search of the built site, in the terminal
  biji init wiki            a new site with a few linked notes

`biji COMMAND --help` shows the options of a command with examples of its own.
Exit codes: 0 clean, 1 the site has faults, 2 Biji could not do its work.";

/// Below `biji build --help`.
pub(super) const BUILD: &str = "Examples:
  biji build                              the site in the current folder, into its `public`
  biji build ~/vault --output /srv/www    a vault as it is, into another folder
  biji build --deny-warnings              publish nothing when anything is wrong: for CI
  biji build --drafts --timings           with drafts; how long each phase took";

/// Below `biji serve --help`.
pub(super) const SERVE: &str = "Examples:
  biji serve --open             the site in the current folder, and the browser on it
  biji serve ~/vault --drafts   a vault, unfinished notes included
  biji serve --host 0.0.0.0     for a telephone in the same network
  biji serve --poll             where no events of changed files arrive: network drives, containers";

/// Below `biji check --help`.
pub(super) const CHECK: &str = "Examples:
  biji check                            every fault of the site in the current folder
  biji check -v                         all of them, also when there are many of a kind
  biji check --format short             one a line, as editors read them
  biji check --format json | jq .code   one object a line, for programs
  biji check --deny-warnings            exit code 1 when anything is wrong: for CI
  biji check --format github            annotations in the lines of a pull request, in GitHub Actions
  biji check --audit                    what would be published where, and what is held back and why
  biji check --advice                   also notes that nobody links to, pictures without words and the like
  biji check --external                 also whether the addresses of other sites still answer";

/// Below `biji lsp --help`.
pub(super) const LSP: &str = "Examples:
  biji lsp            what an editor starts; the notes are the folder that it has open
  biji lsp ~/vault    the notes of this folder, whatever is open

The manual's page Editors has the settings for VS Code, Neovim, Helix, Emacs and Kate.";

/// Below `biji init --help`.
pub(super) const INIT: &str = "Examples:
  biji init wiki                 a site with a few linked notes, in your language
  biji init wiki --language zh   the same in Chinese
  biji init .                    a biji.toml for the notes that are there, which stay as they are
  biji init --from hugo ~/blog   what Hugo renders, rendered by Biji: the settings are read, the sources stay
  biji init --from ~/vault       the same of the tool that the folder tells";

/// Below `biji new --help`.
pub(super) const NEW: &str = "Examples:
  biji new \"静态 Pod\"                        content/静态 Pod.md, with title and date
  biji new \"Release notes\" --in team --draft  content/team/Release notes.md, not yet published
  biji new 周会 --kind meeting --pinyin         content/zhou-hui.md, made of archetypes/meeting.md
  $EDITOR \"$(biji new 'An idea')\"            the path is printed, so that it can be opened";

/// The query language in short, below `biji search --help`.
pub(super) const SEARCH: &str = "Queries:
  static pod        pages with both words, in any order; the last may be unfinished
  \"static pod\"      exactly this
  pod -daemonset    without a word
  pod OR node       one or the other
  title:pod  heading:pod  tag:k8s  path:k8s  lang:zh
                    only there; also \"-tag:k8s\"

Examples:
  biji search '\"static pod\" tag:k8s'      in the site of the current folder
  biji search 探针 --site public --limit 3  in a built site, wherever it came from
  biji search kubelet --json | jq -r '.hits[].source'
  $EDITOR \"$(biji search -i)\"             pick while typing";

/// Below `biji completions --help`.
pub(super) const COMPLETIONS: &str = "Examples:
  biji completions bash > ~/.local/share/bash-completion/completions/biji
  biji completions zsh > ~/.zfunc/_biji     (with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc)
  biji completions fish > ~/.config/fish/completions/biji.fish
  biji completions powershell >> $PROFILE
  biji completions elvish >> ~/.config/elvish/rc.elv";

/// Below `biji man --help`.
pub(super) const MAN: &str = "Examples:
  biji man | man -l -                          read it
  biji man check | man -l -                    the page of one command
  biji man --write ~/.local/share/man/man1     install all of them";

/// `biji notes/` for `biji build notes/`: a folder where a command should be.
pub(super) fn folder_for_command(error: &clap::Error, is_folder: impl Fn(&str) -> bool) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(given)) if is_folder(given) => {
            Some(format!("  help: `{given}` is a folder; build it with `biji build {given}`, or look at it with `biji serve {given}`"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command, CommandFactory};

    use crate::cli::arguments::Arguments;

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/content/manual/commands.md");

    /// Usage, examples and a table of the arguments: what a section of the page must have.
    fn generated(command: &Command, global: bool) -> String {
        let mut text = String::new();
        if !global {
            let usage = command.clone().render_usage().to_string();
            let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            text = format!("```text\n{}\n\n{}\n```\n\n", usage.trim_start_matches("Usage: "), examples.trim());
        }
        text.push_str("| argument | meaning |\n|---|---|\n");
        let wanted =
            |arg: &&Arg| arg.is_global_set() == global && !matches!(arg.get_id().as_str(), "help" | "version") && !arg.is_hide_set();
        for arg in command.get_arguments().filter(wanted) {
            text.push_str(&format!("| {} | {} |\n", name(arg), meaning(arg)));
        }
        text
    }

    /// `-q`, `--quiet`, `--output DIR` or `ROOT`.
    fn name(arg: &Arg) -> String {
        let values: Vec<String> = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
        let takes = arg.get_action().takes_values() && !values.is_empty();
        let value = if takes { format!(" {}", values.join(" ")) } else { String::new() };
        let forms = [arg.get_short().map(|letter| format!("`-{letter}`")), arg.get_long().map(|name| format!("`--{name}{value}`"))];
        let forms: Vec<String> = forms.into_iter().flatten().collect();
        if forms.is_empty() { format!("`{}`", values.join(" ")) } else { forms.join(", ") }
    }

    fn meaning(arg: &Arg) -> String {
        let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let possible: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
        if arg.get_action().takes_values() && !possible.is_empty() {
            text.push_str(&format!(": {}", possible.join(", ")));
        }
        let defaults: Vec<String> = arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
        if arg.get_action().takes_values() && !defaults.is_empty() {
            text.push_str(&format!(" [default: {}]", defaults.join(", ")));
        }
        text.replace('|', "\\|").replace('[', "(").replace(']', ")")
    }

    /// `BIJI_UPDATE=1` writes the generated parts into the page; the text around them stays.
    #[test]
    fn the_manual_has_every_command_and_option() {
        let page = std::fs::read_to_string(PAGE).expect("the page is there");
        let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
        let mut root = Arguments::command();
        root.build();
        let commands = root.get_subcommands().filter(|command| command.get_name() != "help");
        let mut sections: Vec<(String, String)> =
            commands.map(|command| (format!("## `biji {}`", command.get_name()), generated(command, false))).collect();
        sections.push(("## Options of every command".into(), generated(&root, true)));
        let headings: Vec<&String> = lines.iter().filter(|line| line.starts_with("## `biji ") || line.starts_with("## Options")).collect();
        assert_eq!(headings, sections.iter().map(|(heading, _)| heading).collect::<Vec<_>>(), "a section a command, in their order");
        let mut wrong = Vec::new();
        for (heading, text) in sections.iter().rev() {
            let start = lines.iter().position(|line| line == heading).expect("it is there");
            let end = lines[start + 1..].iter().position(|line| line.starts_with("## ")).map_or(lines.len(), |at| start + 1 + at);
            let is_start = |line: &String| line.starts_with("```text") || line.starts_with("| argument |");
            let first = lines[start..end].iter().position(is_start).map_or(end, |at| start + at);
            let table = lines[first..end].iter().position(|line| line.starts_with('|')).map_or(first, |at| first + at);
            let last = lines[table..end].iter().position(|line| !line.starts_with('|')).map_or(end, |at| table + at);
            let wanted: Vec<String> = text.lines().map(str::to_owned).collect();
            if lines[first..last] != wanted {
                wrong.push(format!("{heading}\n\n{text}"));
                lines.splice(first..last, wanted);
            }
        }
        if std::env::var_os("BIJI_UPDATE").is_some() {
            std::fs::write(PAGE, lines.join("\n") + "\n").expect("the page can be written");
        } else {
            wrong.reverse();
            assert!(wrong.is_empty(), "content/manual/commands.md should say:\n{}", wrong.join("\n"));
        }
    }

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
