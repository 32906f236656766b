// The English sentences in a Rust source that may reach the console: for tests of completeness only. Pure.

/** Calls whose texts are for logs and for those who write the program, and those that other tests look after. */
const ELSEWHERE =
  /^(tracing::\w+!|reason!|expect|assert\w*!|unreachable!|panic!|metrics::\w+!|write_str|cfg_attr|allow|deny|strum)$/;
/** Two words side by side. */
const SENTENCE = /[a-z]{2,},? [a-z(]{2,}|[a-z]{2,} a /;
/** Fields of texts that only descriptions of our own interface show. */
const OF_THE_INTERFACE = /\b(summary|description|about|title|example)\s*[:=]\s*$/;

/** A text as `format!` reads it, with `{}` for each value. */
const holes = (text: string): string =>
  text.replace(/\{\{|\}\}|\{[^{}]*\}/g, (part) => (part === '{{' ? '{' : part === '}}' ? '}' : '{}'));

function unescaped(raw: string): string {
  return raw
    .replace(/\\\r?\n\s*/g, '')
    .replaceAll(String.raw`\"`, '"')
    .replaceAll(String.raw`\n`, '\n')
    .replaceAll('\\\\', '\\');
}

/** Sentences of a source, each once, without those of its tests, comments and logs. */
export function proseOf(source: string): string[] {
  const text = source.split('#[cfg(test)]\nmod tests {')[0] ?? '';
  const found = new Set<string>();
  const calls: string[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at, at + 200);
    const skipped =
      /^\/\/[^\n]*/.exec(rest) ?? /^b?'(?:[^'\\\n]|\\(?:u\{[^}]*\}|x..|.))'/.exec(rest) ?? /^'\w+/.exec(rest);
    if (text.startsWith('//', at)) {
      at = text.indexOf('\n', at);
      if (at < 0) break;
      continue;
    }
    const raw = /^b?r(#*)"/.exec(rest);
    if (raw && !/\w/.test(text[at - 1] ?? ' ')) {
      const close = text.indexOf(`"${raw[1] ?? ''}`, at + raw[0].length);
      at = close < 0 ? text.length : close + 1 + (raw[1]?.length ?? 0);
      continue;
    }
    if (skipped) {
      at += skipped[0].length;
      continue;
    }
    const letter = text[at];
    if (letter === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      const words = unescaped(text.slice(at + 1, end));
      const told =
        SENTENCE.test(words.replace(/\{[^}]*\}/g, '')) &&
        !calls.some((call) => ELSEWHERE.test(call)) &&
        !OF_THE_INTERFACE.test(text.slice(Math.max(0, at - 40), at)) &&
        !/reason\s*=\s*$/.test(text.slice(Math.max(0, at - 12), at));
      if (told) found.add(holes(words));
      at = end + 1;
      continue;
    }
    if (letter === '(' || letter === '[' || letter === '{') {
      calls.push(/([\w:]+!?)\s*$/.exec(text.slice(Math.max(0, at - 60), at))?.[1] ?? '');
    } else if (letter === ')' || letter === ']' || letter === '}') {
      calls.pop();
    }
    at += 1;
  }
  return [...found];
}
