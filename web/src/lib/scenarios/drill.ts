/** One step of a drill, as the interface has it. */
export type Step = { name: string; passed: boolean; note: string | null };

/** The steps that lines stand for: one that begins with `- ` failed, and what was seen stands
 * after its colon, Chinese or not. Empty lines are none. */
export function stepsOf(lines: string): Step[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const failed = /^[-－—]\s*/.exec(line);
      if (!failed) return { name: line, passed: true, note: null };
      const said = line.slice(failed[0].length);
      const colon = /[:：]/.exec(said);
      if (!colon) return { name: said, passed: false, note: null };
      const note = said.slice(colon.index + 1).trim();
      return { name: said.slice(0, colon.index).trim(), passed: false, note: note || null };
    });
}
