// Settings and people of the invented contact centre.
import type { Answers } from '../../src/backend/fake';

export function settingsAnswers(_now: number): Answers {
  return {};
}
