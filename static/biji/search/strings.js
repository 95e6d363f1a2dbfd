// The words of the search, in Chinese and English, by the language of the page.
"use strict";

(() => {
  /** @type {Strings} */
  const english = {
    search: "Search",
    placeholder: "Search all notes",
    close: "Close",
    results: "Results",
    loading: "Loading…",
    searching: "Searching…",
    help: "“exact words” · -without · title: · tag: · one OR other",
    keys: [["↑ ↓", "select"], ["↵", "open"], ["Ctrl ↵", "new tab"], ["Esc", "close"]],
    found: (total) => (total === 1 ? "1 page" : `${total} pages`),
    none: (query) => (query === "" ? "No page has all that was chosen." : `Nothing found for “${query}”.`),
    narrow: "Fewer filters may find more.",
    partial: (total) => `No page has all of these words. ${total === 1 ? "1 page has" : `${total} pages have`} some of them.`,
    more: "Show more pages",
    all: "Use the index instead",
    top: "Home",
    retry: "Try again",
    reload: "Reload",
    page: "Open as a page",
    filter: "Filter",
    filters: {
      folder: ["Folder", "All folders"],
      tag: ["Tag", "All tags"],
      language: ["Language", "All languages"],
    },
    choice: (name, pages) => `${name} (${pages})`,
    recent: "Recent searches",
    forget: "Forget recent searches",
    tags: "Tags",
    folders: "Folders",
    pages: (pages) => (pages === 1 ? "1 page" : `${pages} pages`),
    plain: "Only titles and headings are searched here: ",
    faults: {
      refused: "the site's security policy does not allow WebAssembly.",
      unsupported: "this browser is too old for more.",
      missing: "A part of the search could not be loaded. Check the connection.",
      damaged: "A part of the search arrived damaged.",
      outdated: "This page is older than the site.",
      unknown: "The search has failed.",
    },
  };

  /** @type {Strings} */
  const chinese = {
    search: "搜索",
    placeholder: "搜索全部笔记",
    close: "关闭",
    results: "结果",
    loading: "正在加载…",
    searching: "正在搜索…",
    help: "“完整语句” · -排除 · title: · tag: · 甲 OR 乙",
    keys: [["↑ ↓", "选择"], ["↵", "打开"], ["Ctrl ↵", "新标签页"], ["Esc", "关闭"]],
    found: (total) => `共 ${total} 页`,
    none: (query) => (query === "" ? "没有同时符合这些条件的页面。" : `没有找到“${query}”。`),
    narrow: "减少筛选条件也许能找到更多。",
    partial: (total) => `没有一页含有全部词语，以下 ${total} 页含有其中一部分。`,
    more: "显示更多页面",
    all: "改用索引页",
    top: "首页",
    retry: "重试",
    reload: "重新载入",
    page: "在单独页面打开",
    filter: "筛选",
    filters: {
      folder: ["文件夹", "全部文件夹"],
      tag: ["标签", "全部标签"],
      language: ["语言", "全部语言"],
    },
    choice: (name, pages) => `${name}（${pages}）`,
    recent: "最近搜索",
    forget: "清除最近搜索",
    tags: "标签",
    folders: "文件夹",
    pages: (pages) => `${pages} 页`,
    plain: "这里只能搜索标题和小标题：",
    faults: {
      refused: "网站的安全策略不允许运行 WebAssembly。",
      unsupported: "浏览器版本太旧。",
      missing: "搜索所需的文件没有加载成功，请检查网络。",
      damaged: "搜索所需的文件已损坏。",
      outdated: "本页比网站旧，请重新载入后再搜索。",
      unknown: "搜索出错。",
    },
  };

  window.biji.parts.strings = window.biji.chinese ? chinese : english;
})();
