// Names and explanations of settings by their path in the configuration file, in the order of the screen. A setting
// without a name here (a newer engine) shows the engine's own English words.
import { en } from './fields.en';
import { ru } from './fields.ru';

export interface FieldText {
  name: string;
  help?: string;
}

export const fields = { ru, en };
