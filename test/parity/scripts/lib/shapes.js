/** Writes of every metric its type, kind and the keys of its values, which the exported summary does not tell. */
export function handleSummary(data) {
  const shapes = {};
  for (const name of Object.keys(data.metrics).sort()) {
    const { type, contains, values, thresholds } = data.metrics[name];
    // In k6 they come in any order: a map of Go.
    const held = thresholds && Object.fromEntries(Object.entries(thresholds).sort());
    shapes[name] = { type, contains, values: Object.keys(values).sort(), thresholds: held };
  }
  return { 'shapes.json': JSON.stringify(shapes, null, 1) };
}
