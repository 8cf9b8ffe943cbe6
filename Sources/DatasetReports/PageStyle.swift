/// The page's style sheet: one column on a telephone, several on a screen; letters dark enough on their grounds to be read.
let pageStyle = """
  :root { color-scheme: light; }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em; color: #222; background: #fff; }
  h1 { margin-bottom: 0; } h2 { margin-top: 1.6em; border-bottom: 1px solid #ddd; }
  h1, p, td { overflow-wrap: anywhere; }
  table { border-collapse: collapse; } td, th { padding: 2px 12px 2px 0; text-align: left; }
  td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.wide { width: 40vw; max-width: 30em; }
  td.unit { white-space: nowrap; }
  .classes td { overflow-wrap: normal; }
  .bar { display: block; height: 0.9em; background: #3b6ea5; min-width: 1px; }
  .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 12px; align-items: start; }
  .digests { font: 12px/1.5 monospace; } .digests td { word-break: break-all; vertical-align: top; }
  .digests td:first-child { word-break: normal; }
  @media (max-width: 900px) { .digests td { display: block; } .digests td:first-child { margin-top: 0.5em; } }
  img { display: block; max-width: 100%; height: auto; }
  svg { width: 100%; height: auto; background: #fafafa; font-size: 10.5px; } svg text { fill: #444; }
  svg .title { fill: #222; } svg .unit { fill: #666; }
  .bars { fill: #8fb3d9; } .prior { fill: none; stroke: #b3541e; stroke-width: 1.5; } .axis { fill: none; stroke: #888; }
  .differs { outline: 2px solid #b3541e; }
  """
