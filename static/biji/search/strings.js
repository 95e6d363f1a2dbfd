// The words of the search: those of the page's language (`biji/search/words-….js`, made of templates/strings), as sentences.
"use strict";

(() => {
  const { biji } = window;

  /** @param {string} key */
  const say = (key) => biji.words?.[key] ?? "";
  /** @param {string} key @param {number} number */
  const count = (key, number) => biji.count(say(key), number);

  /** @type {Strings} */
  const strings = {
    search: say("search"),
    placeholder: say("search_placeholder"),
    close: say("search_close"),
    results: say("search_results"),
    loading: say("search_loading"),
    searching: say("search_searching"),
    help: say("search_help"),
    keys: [["↑ ↓", say("search_select")], ["↵", say("search_open")], ["Ctrl ↵", say("search_new_tab")], ["Esc", say("search_close")]],
    found: (total) => count("search_found", total),
    none: (query) => (query === "" ? say("search_none_chosen") : say("search_none").replace("{}", () => query)),
    narrow: say("search_narrow"),
    partial: (total) => count("search_partial", total),
    more: say("search_more"),
    all: say("search_use_index"),
    top: say("search_home"),
    retry: say("search_retry"),
    reload: say("search_reload"),
    page: say("search_as_page"),
    filter: say("search_filter"),
    filters: {
      folder: [say("search_folder"), say("search_all_folders")],
      tag: [say("search_tag"), say("search_all_tags")],
      language: [say("search_language"), say("search_all_languages")],
    },
    choice: (name, pages) => count("search_choice", pages).replace("{}", () => name),
    recent: say("search_recent"),
    forget: say("search_forget"),
    tags: say("tags"),
    folders: say("folders"),
    pages: (pages) => count("search_pages", pages),
    plain: say("search_plain"),
    faults: {
      refused: say("search_refused"),
      unsupported: say("search_unsupported"),
      missing: say("search_missing"),
      damaged: say("search_damaged"),
      outdated: say("search_outdated"),
      unknown: say("search_unknown"),
    },
  };

  biji.parts.strings = strings;
})();
