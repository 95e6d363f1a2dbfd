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
    keys: [["↑ ↓", "select"], ["↵", "open"], ["Esc", "close"]],
    found: (total) => (total === 1 ? "1 page" : `${total} pages`),
    none: (query) => `Nothing found for “${query}”.`,
    partial: (total) => `No page has all of these words. ${total === 1 ? "1 page has" : `${total} pages have`} some of them.`,
    more: "Show more pages",
    all: "See the list of all pages",
    top: "Home",
    faults: {
      refused: "Search cannot run here: the site's security policy does not allow WebAssembly.",
      unsupported: "Search cannot run here: this browser is too old for it.",
      missing: "A part of the search could not be loaded. Check the connection and type on to try again.",
      damaged: "A part of the search arrived damaged. Type on to try again.",
      outdated: "This page is older than the site. Please reload it to search.",
      unknown: "Search has failed. Please reload this page.",
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
    keys: [["↑ ↓", "选择"], ["↵", "打开"], ["Esc", "关闭"]],
    found: (total) => `共 ${total} 页`,
    none: (query) => `没有找到“${query}”。`,
    partial: (total) => `没有一页含有全部词语，以下 ${total} 页含有其中一部分。`,
    more: "显示更多页面",
    all: "查看全部页面",
    top: "首页",
    faults: {
      refused: "这里无法搜索：网站的安全策略不允许运行 WebAssembly。",
      unsupported: "这里无法搜索：浏览器版本太旧。",
      missing: "搜索所需的文件没有加载成功。请检查网络，继续输入即可重试。",
      damaged: "搜索所需的文件已损坏。继续输入即可重试。",
      outdated: "本页比网站旧，请重新载入后再搜索。",
      unknown: "搜索出错，请重新载入本页。",
    },
  };

  window.biji.parts.strings = window.biji.chinese ? chinese : english;
})();
