//! Mermaid blocks: every kind is drawn, what cannot be drawn stays code and is reported, and nothing hostile reaches a page.
#![allow(clippy::unwrap_used)]

mod whole;

use std::fmt::Write as _;

use biji::config::Config;
use biji::diagnostic::{Code, Diagnostic};

/// The page of one diagram, and what was reported.
fn page(diagram: &str) -> (String, Vec<Diagnostic>) {
    let note = format!("# Note\n\n~~~~~mermaid\n{diagram}\n~~~~~\n");
    let whole = whole::build(&whole::theme(true), Config::default(), &[("note.md", &note)]);
    (whole.page("note.html").unwrap().to_owned(), whole.diagnostics)
}

/// The drawing alone.
fn drawn(diagram: &str) -> String {
    let (page, faults) = page(diagram);
    assert_eq!(faults, [], "{diagram}");
    let start = page.find("<svg").unwrap_or_else(|| panic!("not drawn: {diagram}\n{page}"));
    page[start..page.find("</svg>").unwrap() + 6].to_owned()
}

/// What stands between the tags, references resolved.
fn text(svg: &str) -> String {
    let mut text = String::new();
    for piece in svg.split('<') {
        text.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

const KINDS: &[(&str, &str)] = &[
    ("flowchart LR\n  A[提交请求] -->|通过| B{准入}\n  B --> C[(etcd)]\n  subgraph 控制面\n    C\n  end", "提交请求"),
    ("graph TD; A-->B; B-->C;", "B"),
    (
        "sequenceDiagram\n  participant 用户\n  用户->>API: 创建 Pod\n  Note right of API: 校验\n  alt 好\n    API-->>用户: 201\n  end",
        "创建 Pod",
    ),
    ("classDiagram\n  class Animal {\n    +String name\n    +eat() void\n  }\n  Animal <|-- Duck : 继承", "Animal"),
    ("stateDiagram-v2\n  [*] --> Pending\n  Pending --> Running : 调度\n  Running --> [*]", "Pending"),
    ("stateDiagram-v2\n  [*] --> A\n  note right of A : 说明\n  state 复合 {\n    A --> B : 一\n  }", "说明"),
    ("erDiagram\n  CUSTOMER ||--o{ ORDER : places\n  CUSTOMER {\n    string name PK\n    int age\n  }", "CUSTOMER"),
    ("gantt\n  title 计划\n  dateFormat YYYY-MM-DD\n  section 一\n  设计 :a1, 2026-01-01, 10d\n  实现 :after a1, 20d", "设计"),
    ("pie title 资源\n  \"CPU\" : 40\n  \"内存\" : 60", "内存"),
    ("journey\n  title 一天\n  section 早\n    喝茶: 5: 我\n    写代码: 3: 我, 猫", "喝茶"),
    ("gitGraph\n  commit\n  branch dev\n  commit id: \"二\"\n  checkout main\n  merge dev", "dev"),
    ("mindmap\n  root((笔记))\n    读书\n      小说\n    写作", "小说"),
    ("timeline\n  title 历史\n  2014 : Kubernetes 发布\n  2015 : 1.0", "2014"),
    ("quadrantChart\n  title Q\n  x-axis 低 --> 高\n  y-axis 少 --> 多\n  A: [0.3, 0.6]", "A"),
    ("xychart-beta\n  title \"销量\"\n  x-axis [一月, 二月]\n  y-axis \"量\" 0 --> 10\n  bar [3, 7]", "销量"),
    ("requirementDiagram\n  requirement r1 {\n    id: 1\n    text: the test\n    risk: high\n    verifymethod: test\n  }", "r1"),
    ("C4Context\n  title 系统\n  Person(a, \"用户\", \"d\")\n  System(b, \"系统\", \"d\")\n  Rel(a, b, \"用\")", "用户"),
    ("sankey-beta\n\nA,B,10\nB,C,5", "A"),
    ("block-beta\n  columns 2\n  a[\"甲\"] b[\"乙\"]\n  a --> b", "甲"),
    ("packet-beta\n  0-15: \"Source Port\"\n  16-31: \"Destination\"", "Source Port"),
    ("kanban\n  todo[待办]\n    t1[写文档]", "写文档"),
];

#[test]
fn every_kind_is_drawn() {
    for (diagram, label) in KINDS {
        let svg = drawn(diagram);
        assert!(text(&svg).contains(label), "{diagram}\n{svg}");
        assert!(!svg.contains(" style=") && !svg.contains("<style") && !svg.contains("foreignObject"), "{svg}");
        assert!(!svg.contains("b1f1"), "a stand-in for a colour is left: {svg}");
        assert!(!svg.contains('\u{1}'), "{svg}");
        let addresses = svg.matches("http").count() - svg.matches("http://www.w3.org/").count();
        assert_eq!(addresses, 0, "{svg}");
    }
}

#[test]
fn tables_of_entities_have_types_names_and_keys() {
    let svg = text(&drawn("erDiagram\n  CUSTOMER {\n    string name PK \"注释\"\n    int age\n  }"));
    for part in ["string name", "注释", "PK", "int age"] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
}

#[test]
fn the_source_stays_and_is_searched() {
    let (page, _) = page("graph TD\n  A[\"甲 & 乙\"] --> B");
    assert!(page.contains("<details><summary>"), "{page}");
    assert!(page.contains("A[&quot;甲 &amp; 乙&quot;] --&gt; B"), "{page}");
    let note = "# N\n\n```mermaid\ngraph TD\n A[很特别] --> B\n```\n";
    let whole = whole::build(&whole::theme(true), Config::default(), &[("n.md", note)]);
    assert!(whole.site.pages[0].note.sections.iter().any(|section| section.text.contains("很特别")));
}

#[test]
fn the_same_diagram_is_drawn_the_same() {
    for (diagram, _) in KINDS {
        let first = drawn(diagram);
        for _ in 0..3 {
            assert_eq!(drawn(diagram), first, "{diagram}");
        }
    }
    // Maps of many names show their order soonest.
    let mut wide = String::from("flowchart TD\n  classDef red fill:#f00\n");
    for at in 0..30 {
        let _ = writeln!(wide, "  N{at}[节点 {at}]:::red --> M{}", at % 7);
    }
    let first = drawn(&wide);
    for _ in 0..5 {
        assert_eq!(drawn(&wide), first);
    }
}

#[test]
fn what_cannot_be_drawn_is_code_and_reported() {
    let many = |line: &dyn Fn(usize) -> String, count: usize| (0..count).map(line).collect::<Vec<_>>().join("\n");
    let deep = format!("graph TD\n{}\nA-->B\n{}", many(&|at| format!("subgraph S{at}"), 3000), "end\n".repeat(3000));
    let shallow = format!("graph TD\n{}\nA-->B\n{}", many(&|at| format!("subgraph S{at}"), 60), "end\n".repeat(60));
    for diagram in [
        String::new(),
        "this is no diagram".to_owned(),
        "flowchart LR\n   A[[[[ -->".to_owned(),
        "flowchart LR\n  A --> B\n  C[未闭合 --> D".to_owned(),
        "sequenceDiagram\n  A->>B: hi\n  A=>B: 丢失".to_owned(),
        "sequenceDiagram\n  A->>B: hi\n  nonsense here".to_owned(),
        "pie\n  foo".to_owned(),
        format!("graph TD\n{}", many(&|at| format!("N{at} --> N{}", at * 7 % 10_000), 10_000)),
        format!("graph TD\n{}", many(&|at| format!("N{at}-->M{at}"), 400)),
        format!("graph TD\n{}", (0..60).map(|at| format!("A{at}")).collect::<Vec<_>>().join(" & ") + " --> B & C & D & E"),
        format!("graph TD; {}", many(&|at| format!("A{at}-->B{at};"), 300).replace('\n', " ")),
        deep,
        shallow,
        format!("graph TD\nA[{}]", "长".repeat(30_000)),
    ] {
        let (page, faults) = page(&diagram);
        let codes: Vec<Code> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [Code::Diagram], "{}", &diagram[..diagram.floor_char_boundary(80)]);
        assert!(page.contains("<pre data-lang=\"mermaid\"><code>") && !page.contains("<svg"), "{}", &page[..page.floor_char_boundary(300)]);
    }
}

/// Labels whose words are written otherwise than they are drawn.
#[test]
fn labels_of_all_sorts_are_drawn() {
    for diagram in [
        "graph TD\n  A[\"<b>粗体</b> 与 <i>斜体</i><br/>第二行\"] --> B",
        "graph TD\n  A[\"`**bold** _text_`\"] --> B(fa:fa-car 汽车)",
        "graph TD\n  A[a #quot;quoted#quot; &amp; b] -- 文字 --> B{{六边}}\n  B -. 虚线 .-> C((圆))\n  C ==> D[/斜/]",
        "graph LR\n  A[\"一个很长很长的标签，它必须换行，因为没有哪个方框放得下这么多的字\"] --> B[A long label in Latin letters that must be wrapped somewhere]",
        "%% comment\nflowchart TD\n  classDef x fill:red\n  A:::x --> B\n  style B fill:#eee\n  linkStyle 0 stroke:red\n  subgraph one [标题]\n  direction LR\n  C\n  end",
        "sequenceDiagram\n  autonumber\n  participant A as 甲方\n  actor B as 乙方\n  A->>+B: 请求<br/>第二行\n  B-->>-A: 回答\n  Note over A,B: 说明 #35; 一\n  loop 每分钟\n    A-->>B: x\n  end",
    ] {
        drawn(diagram);
    }
}

#[test]
fn nothing_hostile_comes_through() {
    for diagram in [
        "graph TD\n  A[\"<script>alert(1)</script>\"] --> B[\"<img src=x onerror=alert(1)>\"]",
        "graph TD\n  A[\"&lt;script&gt;\"] --> B[\"&#60;script>alert(1)&#60;/script>\"]",
        "graph TD\n  A[\"</text></svg><script>alert(1)</script>\"] --> B",
        "graph TD\n  A --> B\n  click A href \"javascript:alert(1)\" \"tip\"",
        "graph TD\n  A --> B\n  click A call alert(1)",
        "graph TD\n  A --> B\n  click A href \"data:text/html,<script>alert(1)</script>\"",
        "graph TD\n  A --> B\n  style A fill:url(https://evil.example/x.svg#a),stroke:red",
        "graph TD\n  A --> B\n  style A fill:#f00\\\" onload=\\\"alert(1)",
        "graph TD\n  A --> B\n  classDef x fill:red,font-family:\"a\\\" onload=\\\"x\"\n  class A x",
        "%%{init: {\"themeCSS\": \"* { background: url(https://evil.example) }\"}}%%\ngraph TD\n  A --> B",
        "%%{init: {\"securityLevel\": \"loose\", \"htmlLabels\": true}}%%\ngraph TD\n  A[\"<b onclick=alert(1)>x</b>\"] --> B",
        "sequenceDiagram\n  A->>B: <script>alert(1)</script>\n  link A: x @ javascript:alert(1)",
        "C4Context\n  Person(a, \"<script>\", \"d\", $sprite=\"https://evil.example/x.png\", $link=\"javascript:alert(1)\")",
        "pie title <script>alert(1)</script>\n  \"<img src=x>\" : 1",
        "classDiagram\n  class A\n  link A \"javascript:alert(1)\" \"x\"",
        "gantt\n  title x\n  section s\n  a :a1, 2026-01-01, 1d\n  click a1 href \"javascript:alert(1)\"",
    ] {
        let (page, _) = page(diagram);
        let before = page.split("<details>").next().unwrap();
        for bad in
            ["<script", "<img", " onload=", " onerror=", " onclick=", "=\"javascript:", "=\"data:", "evil.example", " style=", "<style"]
        {
            // What is escaped is text.
            assert!(!tags(before).any(|tag| tag.contains(bad)), "{bad} of {diagram}\n{before}");
        }
    }
    let (page, faults) =
        page("graph TD\n  A --> B\n  click A href \"https://example.org/?a=1&b=2\" \"tip\"\n  click B href \"vbscript:x\"");
    assert!(page.contains("<a href=\"https://example.org/?a=1&amp;b=2\" rel=\"external noopener\">"), "{page}");
    assert!(faults.iter().any(|fault| fault.message.contains("vbscript:x")), "{faults:?}");
}

/// Everything between `<` and `>`.
fn tags(html: &str) -> impl Iterator<Item = String> {
    html.split('<').skip(1).map(|piece| format!("<{}", piece.split('>').next().unwrap_or("")))
}

#[test]
fn ids_are_unique_in_a_page_also_where_it_is_embedded() {
    let diagram = "```mermaid\nsequenceDiagram\n  A->>B: x\n```\n";
    let a = format!("# A\n\n{diagram}\n{diagram}\n![[b]]\n");
    let b = format!("# B\n\n{diagram}");
    let whole = whole::build(&whole::theme(true), Config::default(), &[("a.md", &a), ("b.md", &b)]);
    let page = whole.page("a.html").unwrap();
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "{ids:?}");
    assert!(ids.len() > 3, "{ids:?}");
    for reference in page.split("url(#").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(ids.contains(&reference), "{reference} in {ids:?}");
    }
}
