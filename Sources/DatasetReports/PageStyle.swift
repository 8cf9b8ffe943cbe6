/// The page's style sheet: one column on a telephone, several on a screen.
let pageStyle = """
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em; color: #222; }
  h1 { margin-bottom: 0; } h2 { margin-top: 1.6em; border-bottom: 1px solid #ddd; }
  table { border-collapse: collapse; } td, th { padding: 2px 12px 2px 0; text-align: left; }
  td.number { text-align: right; font-variant-numeric: tabular-nums; } td.wide { width: 40vw; max-width: 30em; }
  .bar { display: block; height: 0.9em; background: #3b6ea5; }
  .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 12px; }
  .digests { font: 12px/1.5 monospace; } .digests td { word-break: break-all; vertical-align: top; }
  img { max-width: 100%; }
  svg { width: 100%; background: #fafafa; font-size: 10px; } svg text { fill: #555; }
  svg .title { font-size: 12px; fill: #222; } .unit { fill: #999; }
  .bars { fill: #8fb3d9; } .prior { fill: none; stroke: #b3541e; stroke-width: 1.5; } .axis { stroke: #999; }
  .differs { outline: 2px solid #b3541e; }
  """
