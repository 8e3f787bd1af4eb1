/// The look of the HTML report.
enum ReportStyle {
  static let css = """
    :root {
      color-scheme: light dark;
      --page: #fbfbfa; --card: #fff; --rule: #e4e3df; --grid: #eeede9; --axis: #c9c8c2;
      --ink: #1b1b1a; --soft: #65645f; --alarm: #b3261e; --alarm-card: #fdf0ee;
      --s0: #2a6fc9; --s1: #13855f; --s2: #b46a00; --s3: #6a4bb5;
      --d0: #174e96; --d1: #5d9be3; --d2: #bcd7f5; --d3: #b9b8b2;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #161616; --card: #1e1e1d; --rule: #343432; --grid: #2a2a29; --axis: #4d4c49;
        --ink: #ebeae6; --soft: #a09f98; --alarm: #ff8a80; --alarm-card: #33201e;
        --s0: #6aa5ee; --s1: #3fb98c; --s2: #dd9a3c; --s3: #a58de6;
        --d0: #8dbcf5; --d1: #3f7fcf; --d2: #24466f; --d3: #5a5955;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 78rem;
      background: var(--page); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", sans-serif;
      font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
      -webkit-text-size-adjust: 100%;
    }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
    h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
    h3 { font-size: .9rem; margin: 0; font-weight: 600; }
    p { margin: .25rem 0 0; max-width: 62rem; }
    header p, .note, .aside, dt, small { color: var(--soft); }
    .note { font-size: .85rem; margin: .4rem 0 .8rem; }
    code, pre, .facts dd {
      font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      font-size: .83rem;
    }
    dl, dd, figure { margin: 0; }
    .tiles, .charts { display: grid; gap: 1rem; }
    .tiles { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin-top: 1.5rem; }
    .tiles div, figure {
      background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
      padding: .8rem 1rem;
    }
    .tiles dt { font-size: .85rem; }
    .tiles dd { font-size: 1.5rem; font-weight: 600; line-height: 1.3; }
    .tiles small { display: block; font-size: .8rem; font-weight: 400; }
    .charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
    figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
    figcaption b { font-size: .9rem; }
    .legend { display: flex; flex-wrap: wrap; gap: 0 1rem; min-height: 1.5em; font-size: .8rem;
      color: var(--soft); }
    .legend b { color: var(--ink); font-weight: 600; }
    .legend i { display: inline-block; width: .7em; height: .7em; margin-right: .4em;
      border-radius: 2px; }
    .empty { color: var(--soft); padding: 3rem 0; text-align: center; }
    svg { display: block; width: 100%; height: auto; margin-top: .25rem; }
    svg text { font-size: 10.5px; fill: var(--soft); }
    svg .x { text-anchor: middle; }
    svg .y { text-anchor: end; }
    .grid { stroke: var(--grid); }
    .axis { stroke: var(--axis); }
    polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    polyline.s0 { stroke: var(--s0); } polyline.s1 { stroke: var(--s1); }
    polyline.s2 { stroke: var(--s2); } polyline.s3 { stroke: var(--s3); }
    circle { stroke: var(--card); stroke-width: 1.5; }
    circle.s0, rect.s0 { fill: var(--s0); } circle.s1 { fill: var(--s1); }
    circle.s2 { fill: var(--s2); } circle.s3 { fill: var(--s3); }
    rect.d0 { fill: var(--d0); } rect.d1 { fill: var(--d1); }
    rect.d2 { fill: var(--d2); } rect.d3 { fill: var(--d3); }
    i.s0 { background: var(--s0); } i.s1 { background: var(--s1); }
    i.s2 { background: var(--s2); } i.s3 { background: var(--s3); }
    i.d0 { background: var(--d0); } i.d1 { background: var(--d1); }
    i.d2 { background: var(--d2); } i.d3 { background: var(--d3); }
    polygon.band { fill: var(--s0); opacity: .15; }
    i.band { background: var(--s0); opacity: .25; }
    .theorem { border-top: 1px solid var(--rule); padding: .45rem 0; }
    .theorem:last-of-type { border-bottom: 1px solid var(--rule); }
    .theorem > summary, div.theorem {
      display: grid; grid-template-columns: 4.5rem 1fr 9rem; gap: .25rem 1rem;
      align-items: baseline;
    }
    summary { cursor: pointer; list-style: none; }
    summary::-webkit-details-marker { display: none; }
    .score { text-align: right; font-weight: 600; }
    .score::before { content: "▸"; float: left; color: var(--soft); font-weight: 400; }
    [open] > summary .score::before { content: "▾"; }
    div.theorem .score::before { content: none; }
    summary:hover code { color: var(--s0); }
    .aside { font-size: .83rem; text-align: right; }
    pre { margin: .6rem 0 .4rem 5.5rem; padding: .8rem 1rem; background: var(--card);
      border: 1px solid var(--rule); border-radius: 6px; line-height: 1.55;
      white-space: pre-wrap; max-height: 32rem; overflow: auto; }
    section > h3 { margin-top: 1.5rem; }
    .scroll { overflow-x: auto; margin-top: .5rem; }
    table { border-collapse: collapse; font-size: .85rem; white-space: nowrap; }
    th, td { padding: .22rem .5rem; text-align: right; font-weight: 400; }
    th.start, td.start { padding-left: 1.6rem; }
    thead th, tbody th { color: var(--soft); }
    .groups th { text-align: left; padding-left: 1.6rem; }
    .groups th, .groups td { padding-bottom: 0; }
    thead tr:last-child th { border-bottom: 1px solid var(--axis); }
    tbody tr + tr > * { border-top: 1px solid var(--grid); }
    tbody tr:hover { background: var(--grid); }
    .facts { columns: 20rem auto; column-gap: 2.5rem; }
    .facts div { display: flex; gap: 1rem; break-inside: avoid; padding: .15rem 0; }
    .facts dt { flex: 0 0 9.5rem; font-size: .85rem; }
    .alarm { background: var(--alarm-card); border: 1px solid var(--alarm); border-radius: 8px;
      padding: 1rem 1.25rem; margin-top: 1.5rem; }
    .alarm h2 { margin: 0; color: var(--alarm); }
    .alarm ul { padding-left: 1.1rem; margin: .6rem 0 0; }
    .alarm code { display: block; }
    .alarm span { color: var(--soft); }
    @media (max-width: 40rem) {
      body { padding-top: 1.25rem; }
      .theorem > summary, div.theorem { grid-template-columns: 4.5rem 1fr; }
      .theorem code { grid-column: 1 / -1; grid-row: 2; }
      pre { margin-left: 0; }
      .tiles { grid-template-columns: 1fr 1fr; gap: .6rem; }
      .tiles div:last-child:nth-child(odd) { grid-column: 1 / -1; }
    }
    @media print { .theorem { break-inside: avoid; } body { background: none; } }
    """
}
